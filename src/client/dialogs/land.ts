import {safeLine} from '../../base/text.ts'
import {haltLook, haltReason} from '../../model/landing/halt.ts'
import type {LandPlan} from '../../protocol/daemon.ts'
import type {CommandContext} from '../commands/binding.ts'
import {markedForLanding} from '../panels/lists.ts'
import type {ClientState} from '../state/state.ts'
import {changeDialog, closeDialog, marksCleared, openDialog} from '../state/update.ts'
import type {Line} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'
import type {DialogOf, DialogSpec} from './dialog-spec.ts'
import {loadedHeight, numbered} from './lines.ts'

/** What boards the train now and what happens then; asks before it lands. */
export const LAND: DialogSpec<DialogOf<'land'>> = {
  context: 'dialog',
  height: ({plan}, width) =>
    loadedHeight(plan, width, value => {
      const boards = value.board.length
      return (boards === 0 ? 1 : boards + 1) + landLines(value, width).length
    }),
  loaded: ({plan}) => plan,
  confirm(context, dialog) {
    if (dialog.plan.state === 'loading') return
    context.store.apply(closeDialog)
    void land(context, dialog)
  },
}

export async function openLand({store, operations, now}: CommandContext): Promise<void> {
  const only = markedTickets(store.getState())
  store.apply(openDialog({kind: 'land', plan: {state: 'loading', since: now()}, only}))
  const found = await operations.load(daemon => daemon.call('landPlan', {}))
  const plan = found.state === 'ready' ? {...found, value: planOf(found.value, only)} : found
  store.apply(changeDialog('land', dialog => ({...dialog, plan})))
}

/** The tickets that are marked in the focused list, or null. */
function markedTickets(state: ClientState): number[] | null {
  const {focus} = state.ui
  const tickets = focus.place === 'panel' ? markedForLanding(state, focus.panel) : []
  return tickets.length === 0 ? null : tickets
}

/** A plan for some of its tickets only: the others are put off, and the dialog says so. */
function planOf(plan: LandPlan, only: readonly number[] | null): LandPlan {
  if (only === null) return plan
  const isMeant = ({ticket}: {ticket: number}) => only.includes(ticket)
  const others = plan.board.filter(entry => !isMeant(entry))
  return {
    ...plan,
    board: plan.board.filter(isMeant),
    putOff: [...others.map(({ticket, title}) => ({ticket, title, reason: 'not marked'})), ...plan.putOff],
  }
}

/** Lands exactly the tickets that the dialog showed: what boarded since then waits for the next train. */
async function land({store, operations}: CommandContext, {plan}: DialogOf<'land'>): Promise<void> {
  if (plan.state !== 'ready' || !canLand(plan.value)) return
  const {board, halt} = plan.value
  const tickets = board.map(({ticket}) => ticket)
  const lift = halt === null ? {} : {lift: halt}
  const landed = await operations.ask('sending the train', daemon => daemon.call('land', {tickets, ...lift}))
  if (!landed) return
  for (const panel of ['issues', 'pulls'] as const) store.apply(marksCleared(panel))
  const landing = landed.landing.map(ticket => ` #${ticket}`).join('')
  const lifted = halt === null ? [] : ['the halt is lifted']
  operations.notify({level: 'info', text: [...lifted, ...(landing === '' ? [] : [`landing${landing}`])].join(', ')})
}

/** Whether there is something to confirm: tickets that board, or a halt to lift. */
export function canLand({board, halt}: LandPlan): boolean {
  return board.length > 0 || halt !== null
}

/** The lines below the board of a plan: what is put off and why, and what will happen, if anything, step by step. */
export function landLines({board, putOff, steps, halt}: LandPlan, width: number): Line[] {
  const halted =
    halt === null
      ? []
      : [haltReason(halt), haltLook(halt)].flatMap((text, index) =>
          wrapLine([{text: safeLine(text), ...(index === 0 && {tone: 'attention' as const})}], width, {
            first: [{text: index === 0 ? 'halted  ' : '        ', tone: 'attention'}],
          }),
        )
  const away = putOff.flatMap(({ticket, title, reason}) =>
    wrapLine([{text: `#${ticket} ${safeLine(title)}: `, tone: 'muted'}, {text: safeLine(reason)}], width, {
      first: [{text: 'put off  ', tone: 'muted'}],
    }),
  )
  const will = board.length > 0 ? steps : steps.slice(0, halt === null ? 0 : 1)
  return [...withGap(halted), ...withGap(away), ...withGap(numbered(will, width))]
}

function withGap(lines: Line[]): Line[] {
  return lines.length === 0 ? [] : [[], ...lines]
}

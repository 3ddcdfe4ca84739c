import {safeLine} from '../../base/text.ts'
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
  if (plan.state !== 'ready' || plan.value.board.length === 0) return
  const tickets = plan.value.board.map(({ticket}) => ticket)
  const landed = await operations.ask('sending the train', daemon => daemon.call('land', {tickets}))
  if (!landed) return
  for (const panel of ['issues', 'pulls'] as const) store.apply(marksCleared(panel))
  operations.notify({level: 'info', text: `landing ${landed.landing.map(ticket => `#${ticket}`).join(' ')}`})
}

/** The lines below the board of a plan: what is put off and why, and what will happen, if anything, step by step. */
export function landLines({board, putOff, steps}: LandPlan, width: number): Line[] {
  const away = putOff.flatMap(({ticket, title, reason}) =>
    wrapLine([{text: `#${ticket} ${safeLine(title)}: `, tone: 'muted'}, {text: safeLine(reason)}], width, {
      first: [{text: 'put off  ', tone: 'muted'}],
    }),
  )
  return [...withGap(away), ...withGap(numbered(board.length === 0 ? [] : steps, width))]
}

function withGap(lines: Line[]): Line[] {
  return lines.length === 0 ? [] : [[], ...lines]
}

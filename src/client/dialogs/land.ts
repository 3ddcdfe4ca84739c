import {safeLine} from '../../base/text.ts'
import {haltLook, haltReason} from '../../model/landing/halt.ts'
import type {LandPlan} from '../../protocol/daemon.ts'
import type {CommandContext} from '../commands/binding.ts'
import {gateLines} from '../detail/gate.ts'
import {markedForLanding} from '../panels/lists.ts'
import type {ClientState} from '../state/state.ts'
import {changeDialog, closeDialog, marksCleared, openDialog} from '../state/update.ts'
import {type Line, splitLine} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'
import {clamp, type DialogOf, type DialogSpec} from './dialog-spec.ts'
import {choiceLines, movedInTrain} from './edit-train.ts'
import {loadedHeight, numbered} from './lines.ts'

type LandDialog = DialogOf<'land'>
/** What the lines of a plan depend on. */
type Chosen = Pick<LandDialog, 'only' | 'edit'>

/** What boards the train now and what happens then; asks before it lands. */
export const LAND: DialogSpec<LandDialog> = {
  context: ({edit}) => (edit === null ? 'land' : 'train'),
  height: (dialog, width) =>
    loadedHeight(dialog.plan, width, plan => rowsHeight(dialog, plan) + landLines(dialog, plan, width).length),
  loaded: ({plan}) => plan,
  scrolled(dialog, rows, {content}) {
    if (dialog.plan.state !== 'ready') return dialog
    const {lines, below} = landLayout(dialog, dialog.plan.value, content)
    const last = lines.length - below
    return dialog.edit === null
      ? {...dialog, top: clamp(dialog.top + rows, last)}
      : movedInTrain(dialog, rows, {choices: dialog.plan.value.choices.length, below: last})
  },
  confirm(context, dialog) {
    if (dialog.plan.state === 'loading') return
    if (dialog.pending) {
      return context.operations.notify({level: 'info', text: 'the forecast of the last change is still being made'})
    }
    context.store.apply(closeDialog)
    void land(context, dialog)
  },
  /** First ends the editing, which keeps what was chosen, then closes. */
  cancel({store}, dialog) {
    store.apply(dialog.edit === null ? closeDialog : changeDialog('land', open => ({...open, edit: null, top: 0})))
  },
}

export async function openLand({store, operations, now}: CommandContext): Promise<void> {
  const only = markedTickets(store.getState())
  const loading = {state: 'loading', since: now()} as const
  store.apply(openDialog({kind: 'land', plan: loading, only, edit: null, pending: false, top: 0}))
  const plan = await operations.load(daemon => daemon.call('landPlan', only === null ? {} : {tickets: only}))
  store.apply(changeDialog('land', dialog => ({...dialog, plan})))
}

/** The tickets that are marked in the focused list, or null. */
function markedTickets(state: ClientState): number[] | null {
  const {focus} = state.ui
  const tickets = focus.place === 'panel' ? markedForLanding(state, focus.panel) : []
  return tickets.length === 0 ? null : tickets
}

/** Lands exactly the tickets that the dialog showed: what boarded since then waits for the next train. */
async function land({store, operations}: CommandContext, {plan}: LandDialog): Promise<void> {
  if (plan.state !== 'ready' || !canLand(plan.value)) return
  const {board, again, halt} = plan.value
  const tickets = [...board, ...again].map(({ticket, claim}) => ({ticket, claim}))
  const lift = halt === null ? {} : {lift: halt}
  const landed = await operations.ask('sending the train', daemon => daemon.call('land', {tickets, ...lift}))
  if (!landed) return
  for (const panel of ['issues', 'pulls'] as const) store.apply(marksCleared(panel))
  const landing = landed.landing.map(ticket => ` #${ticket}`).join('')
  const lifted = halt === null ? [] : ['the halt is lifted']
  operations.notify({level: 'info', text: [...lifted, ...(landing === '' ? [] : [`landing${landing}`])].join(', ')})
}

/** Whether there is something to confirm: tickets that board or are looked at again, or a halt to lift. */
export function canLand({board, again, halt, train}: LandPlan): boolean {
  return board.length + again.length > 0 || halt !== null || train.paused !== null
}

/** The board's rows with their headings, or one line that says that there are none; while it is edited, all choices. */
function rowsHeight({edit}: Chosen, {board, choices}: LandPlan): number {
  if (edit !== null) return choices.length
  return board.length === 0 ? 1 : board.length + 1
}

/**
 * Shares the dialog's height between the board and the lines below it. Where both do not fit, the board keeps at least
 * a third, the choices half, and the lines below scroll.
 */
export function landLayout(
  dialog: Chosen,
  plan: LandPlan,
  {width, height}: {width: number; height: number},
): {board: number; lines: Line[]; below: number} {
  const lines = landLines(dialog, plan, width)
  const least = Math.ceil(height / (dialog.edit === null ? 3 : 2))
  const board = Math.min(rowsHeight(dialog, plan), Math.max(least, height - lines.length))
  return {board, lines, below: Math.max(0, Math.min(lines.length, height - board))}
}

/**
 * The lines below the board of a plan: why nothing lands, what is put off and why, what will happen step by step, and
 * what the merge gate says of each pull request.
 */
function landLines(dialog: Chosen, plan: LandPlan, width: number): Line[] {
  const {board, putOff, again, steps, halt, gates, train} = plan
  const halted =
    halt === null
      ? []
      : [haltReason(halt), haltLook(halt)].flatMap((text, index) =>
          wrapLine([{text: safeLine(text), ...(index === 0 && {tone: 'attention' as const})}], width, {
            first: [{text: index === 0 ? 'halted  ' : '        ', tone: 'attention'}],
          }),
        )
  const told = (word: string, entries: LandPlan['putOff']) =>
    entries.flatMap(({ticket, title, reason}) =>
      wrapLine([{text: `#${ticket} ${safeLine(title)}: `, tone: 'muted'}, {text: safeLine(reason)}], width, {
        first: [{text: `${word}  `, tone: 'muted'}],
      }),
    )
  const alone = board.flatMap(({alone: reason, ...entry}) => (reason === null ? [] : [{...entry, reason}]))
  const isEdited = dialog.edit !== null
  const away = [
    ...told('looked at again', again),
    ...told('alone', alone),
    ...(isEdited ? [] : told('put off', putOff)),
  ]
  const under = [
    ['under way', train.text],
    ['paused', train.paused],
  ].flatMap(([word, text]) =>
    text == null ? [] : wrapLine([{text: safeLine(text)}], width, {first: [{text: `${word}  `, tone: 'muted'}]}),
  )
  const will = board.length > 0 ? steps : steps.slice(0, halt === null ? 0 : 1)
  const answers = gates.flatMap(({ticket, title, pull, gate}) => [
    [],
    splitLine(
      [{text: `#${ticket} ${safeLine(title)}`, bold: true}],
      [{text: `pull request #${pull}`, tone: 'muted'}],
      width,
    ),
    ...gateLines(gate, width),
  ])
  if (isEdited) {
    return [
      ...withGap(choiceLines(dialog, plan, width)),
      ...withGap(halted),
      ...withGap(under),
      ...withGap(numbered(will, width)),
    ]
  }
  return [...withGap(halted), ...withGap(under), ...withGap(away), ...withGap(numbered(will, width)), ...answers]
}

function withGap(lines: Line[]): Line[] {
  return lines.length === 0 ? [] : [[], ...lines]
}

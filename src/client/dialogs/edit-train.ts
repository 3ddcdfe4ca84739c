import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {LandPlan} from '../../protocol/daemon.ts'
import type {Binding, CommandContext} from '../commands/binding.ts'
import type {ClientState} from '../state/state.ts'
import {changeDialog} from '../state/update.ts'
import type {Line} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'
import {clamp, type DialogOf} from './dialog-spec.ts'
import {diffInFocus, openDiff} from './review/diff.ts'

type LandDialog = DialogOf<'land'>
type Choices = LandPlan['choices']

export const TRAIN_KEYS = [
  {
    command: 'land.diff',
    keys: ['d'],
    help: 'review the bundle that is tested',
    group: 'dialog',
    where: ['land'],
    needs: 'daemon',
    disabled: state => (diffInFocus(state) === undefined ? 'no bundle is being tested' : null),
    run: context => void openDiff(context),
  },
  {
    command: 'land.edit',
    keys: ['e'],
    help: 'edit the train: put tickets on and take them off',
    group: 'dialog',
    where: ['land'],
    disabled: noChoice,
    run: ({store}) => store.apply(changeDialog('land', dialog => ({...dialog, edit: 0, top: 0}))),
  },
  {
    command: 'land.toggle',
    keys: ['space'],
    help: 'put the ticket on the train, or take it off',
    group: 'dialog',
    where: ['train'],
    needs: 'daemon',
    run: context => void toggle(context),
  },
] as const satisfies readonly Binding[]

function landDialog({ui}: ClientState): LandDialog | undefined {
  const dialog = ui.dialogs.at(-1)
  return dialog?.kind === 'land' ? dialog : undefined
}

function choicesIn(dialog: LandDialog | undefined): Choices {
  return dialog?.plan.state === 'ready' ? dialog.plan.value.choices : []
}

function noChoice(state: ClientState): string | null {
  return choicesIn(landDialog(state)).length > 0 ? null : 'nothing is bottled'
}

/** The tickets that are on the train, also while its forecast is being made. */
export function chosenIn({only}: Pick<LandDialog, 'only'>, choices: Choices): number[] {
  return choices
    .filter(({ticket, chosen}) => (only === null ? chosen : only.includes(ticket)))
    .map(({ticket}) => ticket)
}

/** Puts a ticket on the train or takes it off; what that means for the others is the daemon's to say. */
async function toggle({store, operations}: CommandContext): Promise<void> {
  const dialog = landDialog(store.getState())
  const choices = choicesIn(dialog)
  const choice = choices[dialog?.edit ?? -1]
  if (!dialog || !choice) return
  const chosen = chosenIn(dialog, choices)
  const isOn = chosen.includes(choice.ticket)
  if (!isOn && choice.cannot !== null) {
    return operations.notify({level: 'info', text: `#${choice.ticket} cannot board: ${choice.cannot}`})
  }
  const only = isOn ? chosen.filter(ticket => ticket !== choice.ticket) : [...chosen, choice.ticket]
  store.apply(changeDialog('land', open => ({...open, only, pending: true})))
  const plan = await operations.load(daemon => daemon.call('landPlan', {tickets: only}))
  // The answer to an earlier change would show a train that is not the chosen one.
  store.apply(changeDialog('land', open => (open.only === only ? {...open, plan, pending: false} : open)))
}

/** The dialog after moving: through the tickets, and past the last one through the lines below. */
export function movedInTrain(dialog: LandDialog, rows: number, room: {choices: number; below: number}): LandDialog {
  const index = dialog.edit ?? 0
  if (rows < 0) {
    const up = Math.min(-rows, dialog.top)
    return {...dialog, top: dialog.top - up, edit: clamp(index + rows + up, room.choices - 1)}
  }
  const down = Math.min(rows, room.choices - 1 - index)
  return {...dialog, edit: index + down, top: clamp(dialog.top + rows - down, room.below)}
}

/** What is to be said of the ticket at the cursor, in one sentence. */
export function choiceLines(
  dialog: Pick<LandDialog, 'only' | 'edit'>,
  {choices, board}: LandPlan,
  width: number,
): Line[] {
  const choice = choices[dialog.edit ?? -1]
  if (!choice) return []
  const {ticket, title} = choice
  const entry = board.find(found => found.ticket === ticket)
  const isOn = chosenIn(dialog, choices).includes(ticket)
  const said = isOn
    ? entry === undefined
      ? 'is looked at again'
      : entry.alone === null
        ? `boards the bundle, ${count(entry.commits, 'commit')} +${entry.added} -${entry.removed}`
        : `lands alone: ${entry.alone}`
    : choice.cannot === null
      ? 'stays for the next train'
      : `cannot board: ${choice.cannot}`
  return wrapLine([{text: `${safeLine(title)}: `, tone: 'muted'}, {text: safeLine(said)}], width, {
    first: [{text: `#${ticket} `, tone: 'accent'}],
  })
}

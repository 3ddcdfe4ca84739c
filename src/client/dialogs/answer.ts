import {safeLine} from '../../base/text.ts'
import {shortAgent} from '../../model/data/ids.ts'
import {meantBy} from '../../model/hub/meant.ts'
import type {Answer} from '../../protocol/daemon.ts'
import type {Binding, CommandContext} from '../commands/binding.ts'
import {agentInFocus} from '../commands/in-focus.ts'
import type {ClientState} from '../state/state.ts'
import {changeDialog, closeDialog, openDialog} from '../state/update.ts'
import {answerLines} from './answer-lines.ts'
import {clamp, type DialogOf, type DialogSpec} from './dialog-spec.ts'
import {putBack} from './put-back.ts'

type AnswerDialog = DialogOf<'answer'>

/** What an agent asks, and the keys that answer it: only ever the request that the dialog shows. */
export const ANSWER: DialogSpec<AnswerDialog> = {
  context: ({word}) => (word === null ? 'answer' : 'text'),
  height: (dialog, width) => answerLines(dialog, width).length + (dialog.word === null ? 0 : 2),
  scrolled: (dialog, rows, {content: {width, height}}) => ({
    ...dialog,
    top: clamp(dialog.top + rows, answerLines(dialog, width).length - height),
  }),
  edited: (dialog, change) => ({...dialog, word: dialog.word === null ? null : change(dialog.word)}),
  /** Sends the denial with its word or, where several options may be chosen, the chosen ones. */
  confirm(context, dialog) {
    if (!shown(context)) return
    if (dialog.word !== null) {
      const message = safeLine(dialog.word)
      void send(context, dialog, message === '' ? {kind: 'deny'} : {kind: 'deny', message})
      return
    }
    const chosen = dialog.choices[dialog.question] ?? []
    if (chosen.length > 0) next(context, dialog, chosen)
  },
  /** Drops the word of a denial, or closes the dialog and leaves the agent waiting. */
  cancel({store}, dialog) {
    if (dialog.word === null) store.apply(closeDialog)
    else store.apply(changeDialog('answer', open => ({...open, word: null})))
  },
}

export const ANSWER_KEYS = [
  {
    command: 'answer.allow',
    keys: ['y'],
    help: 'allow what the agent asks, this once',
    group: 'dialog',
    where: ['answer'],
    needs: 'daemon',
    writes: true,
    disabled: asksQuestion,
    run: context => allow(context, 'allow'),
  },
  {
    command: 'answer.always',
    keys: ['Y'],
    help: 'allow it from now on for this ticket, as the dialog says',
    group: 'dialog',
    where: ['answer'],
    needs: 'daemon',
    writes: true,
    disabled: asksQuestion,
    run: context => allow(context, 'always'),
  },
  {
    command: 'answer.deny',
    keys: ['N'],
    help: 'deny it, with a message to the agent',
    group: 'dialog',
    where: ['answer'],
    needs: 'daemon',
    writes: true,
    run: context => deny(context),
  },
  {
    command: 'answer.choose',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    help: "choose an option of the agent's question",
    group: 'dialog',
    where: ['answer'],
    needs: 'daemon',
    writes: true,
    run: (context, key) => choose(context, Number(key?.name)),
  },
] as const satisfies readonly Binding[]

export function openAnswer({store}: CommandContext): void {
  const row = agentInFocus(store.getState())
  if (!row?.asks) return
  const {agent, ticket, claim, title, asks} = row
  const choices = asks.questions.map(() => [])
  store.apply(openDialog({kind: 'answer', agent, ticket, claim, title, asks, top: 0, question: 0, choices, word: null}))
}

/** Whether the agent no longer asks what the dialog shows; its keys do nothing then. */
export function isStale({agents}: Pick<ClientState, 'agents'>, {agent, asks}: AnswerDialog): boolean {
  return agents.find(row => row.agent === agent)?.asks?.id !== asks.id
}

function asksQuestion({ui}: ClientState): string | null {
  const dialog = ui.dialogs.at(-1)
  return dialog?.kind === 'answer' && dialog.asks.kind === 'question'
    ? 'it asks a question: choose by a number, or deny'
    : null
}

/** The dialog on top, if the agent still asks what it shows. */
function shown({store}: CommandContext): AnswerDialog | undefined {
  const state = store.getState()
  const dialog = state.ui.dialogs.at(-1)
  return dialog?.kind === 'answer' && !isStale(state, dialog) ? dialog : undefined
}

function allow(context: CommandContext, kind: 'allow' | 'always'): void {
  const dialog = shown(context)
  if (dialog?.asks.kind === 'permission') void send(context, dialog, {kind})
}

function deny(context: CommandContext): void {
  if (shown(context)) context.store.apply(changeDialog('answer', open => ({...open, word: ''})))
}

function choose(context: CommandContext, number: number): void {
  const dialog = shown(context)
  const question = dialog?.asks.questions[dialog.question]
  if (!dialog || !question || number > question.options.length) return
  if (!question.multiSelect) return next(context, dialog, [number])
  const old = dialog.choices[dialog.question] ?? []
  const chosen = old.includes(number) ? old.filter(other => other !== number) : [...old, number].sort((a, b) => a - b)
  context.store.apply(changeDialog('answer', open => ({...open, choices: open.choices.with(open.question, chosen)})))
}

/** Shows the next question; after the last one, sends all answers. */
function next(context: CommandContext, dialog: AnswerDialog, chosen: readonly number[]): void {
  const choices = dialog.choices.with(dialog.question, chosen)
  if (dialog.question + 1 === choices.length) return void send(context, dialog, {kind: 'choose', choices})
  context.store.apply(changeDialog('answer', open => ({...open, choices, question: open.question + 1, top: 0})))
}

async function send(context: CommandContext, dialog: AnswerDialog, answer: Answer): Promise<void> {
  const {store, operations} = context
  const {agent, asks} = dialog
  store.apply(closeDialog)
  const name = shortAgent(agent)
  const label = `answering ${name}`
  const given = await operations.ask(label, daemon =>
    daemon.call('answerAgent', {agent, id: asks.id, answer, ...meantBy(dialog)}),
  )
  if (given) operations.notify({level: 'info', text: `${name}: ${safeLine(given.did)}`})
  else if (dialog.word) putBack(context, dialog)
}

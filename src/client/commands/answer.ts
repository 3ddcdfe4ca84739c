import {safeLine} from '../../base/text.ts'
import {shortAgent} from '../../model/data/ids.ts'
import type {Answer} from '../../protocol/daemon.ts'
import type {Operations} from '../connection/operations.ts'
import type {Dialog} from '../state/dialog.ts'
import type {ClientState} from '../state/state.ts'
import type {ClientStore} from '../state/store.ts'
import type {Key} from '../state/types.ts'
import {changeDialog, closeDialog, openDialog} from '../state/update.ts'
import type {CommandId} from './bindings.ts'
import {agentInFocus} from './in-focus.ts'

type AnswerCommand = Extract<CommandId, 'agent.answer' | `answer.${string}`>
export type AnswerDialog = Extract<Dialog, {kind: 'answer'}>

export type Answering = Record<AnswerCommand, (key?: Key) => void> & {
  /** Enter: sends the denial with its word, or what was chosen where several options may be. */
  confirm(dialog: AnswerDialog): void
  /** Esc: the word is not sent, or all is left as it is. */
  cancel(dialog: AnswerDialog): void
}

/** Answers to what an agent asks: only ever to the request that the dialog shows. */
export function createAnswering(context: {store: ClientStore; operations: Operations}): Answering {
  const {store, operations} = context

  /** The dialog on top, if what it shows is still asked. */
  function shown(): AnswerDialog | undefined {
    const state = store.getState()
    const dialog = state.ui.dialogs.at(-1)
    return dialog?.kind === 'answer' && !isStale(state, dialog) ? dialog : undefined
  }

  async function send({agent, asks}: AnswerDialog, answer: Answer): Promise<void> {
    store.apply(closeDialog)
    const name = shortAgent(agent)
    const label = `answering ${name}`
    const given = await operations.ask(label, daemon => daemon.call('answerAgent', {agent, id: asks.id, answer}))
    if (given) operations.tell({level: 'info', text: `${name}: ${safeLine(given.did)}`})
  }

  function choose(number: number): void {
    const dialog = shown()
    const question = dialog?.asks.questions[dialog.question]
    if (!dialog || !question || number > question.options.length) return
    if (!question.multiSelect) return next(dialog, [number])
    const old = dialog.choices[dialog.question] ?? []
    const chosen = old.includes(number) ? old.filter(other => other !== number) : [...old, number].sort((a, b) => a - b)
    store.apply(changeDialog('answer', open => ({...open, choices: open.choices.with(open.question, chosen)})))
  }

  /** On to the next question; after the last one everything is sent. */
  function next(dialog: AnswerDialog, chosen: readonly number[]): void {
    const choices = dialog.choices.with(dialog.question, chosen)
    if (dialog.question + 1 === choices.length) return void send(dialog, {kind: 'choose', choices})
    store.apply(changeDialog('answer', open => ({...open, choices, question: open.question + 1, top: 0})))
  }

  function allow(kind: 'allow' | 'always'): void {
    const dialog = shown()
    if (dialog?.asks.kind === 'permission') void send(dialog, {kind})
  }

  return {
    'agent.answer': () => {
      const row = agentInFocus(store.getState())
      if (!row?.asks) return
      const {agent, ticket, title, asks} = row
      const choices = asks.questions.map(() => [])
      store.apply(openDialog({kind: 'answer', agent, ticket, title, asks, top: 0, question: 0, choices, word: null}))
    },
    'answer.allow': () => allow('allow'),
    'answer.always': () => allow('always'),
    'answer.deny': () => {
      if (shown()) store.apply(changeDialog('answer', open => ({...open, word: ''})))
    },
    'answer.choose': key => choose(Number(key?.name)),
    confirm(dialog) {
      if (!shown()) return
      if (dialog.word !== null) {
        const message = safeLine(dialog.word)
        void send(dialog, message === '' ? {kind: 'deny'} : {kind: 'deny', message})
        return
      }
      const chosen = dialog.choices[dialog.question] ?? []
      if (chosen.length > 0) next(dialog, chosen)
    },
    cancel(dialog) {
      if (dialog.word === null) store.apply(closeDialog)
      else store.apply(changeDialog('answer', open => ({...open, word: null})))
    },
  }
}

/** The agent asks something else by now, or nothing: the dialog shows what was, and its keys do nothing. */
export function isStale({agents}: Pick<ClientState, 'agents'>, {agent, asks}: AnswerDialog): boolean {
  return agents.find(row => row.agent === agent)?.asks?.id !== asks.id
}

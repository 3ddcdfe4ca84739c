import type {Draft} from '../../core/draft.ts'
import type {State} from '../../core/state.ts'
import type {NewEvent} from '../../data/event.ts'
import {stepTrain, type TrainEvent} from '../../landing/train/machine.ts'
import type {TrainPause} from '../../landing/train/pause.ts'

/** An event without the time, which the draft knows. */
type Timeless<E extends {at: number}> = E extends unknown ? Omit<E, 'at'> : never

/** Moves the train and collects its effects. */
export function moveTrain(draft: Draft, event: Timeless<TrainEvent>): void {
  const {train} = draft.state
  const stepped = stepTrain(train.now, {...event, at: draft.at} as TrainEvent)
  if (!stepped.moved) return
  draft.state = {...draft.state, train: {...train, now: stepped.state}}
  draft.effects.push(...stepped.output)
}

/** The pause between two looks at the checks. */
export function lookMs({config}: State): number {
  return config.polling.checks_seconds * 1000
}

/** Lets no train depart for now, and shows it to a person. */
export function pauseTrain(draft: Draft, pause: TrainPause): void {
  draft.state = {...draft.state, train: {...draft.state.train, paused: pause}}
  draft.effects.push({
    name: 'notify',
    level: 'warning',
    text: `The train is paused: ${pause.reason}`,
    kept: 'bottled work waits with its claims',
    next: 'clambake land, or L on the screen, once that is fixed',
  })
  record(draft, {severity: 'warning', message: `the train is paused: ${pause.reason}`})
}

/** Appends what became of an attempt to land. */
export function recordAttempt(draft: Draft, verdict: string): void {
  const {state, at} = draft
  const {branch, members, base, trials, departedAt, round} = state.train.now.context
  record(draft, {
    type: 'landing_attempted',
    message: `${branch} ${verdict}`,
    metadata: {
      members: members.map(({ticket}) => ticket),
      base: base ?? '',
      tip: trials.at(-1)?.commit ?? '',
      pulls: trials.map(({pull}) => pull),
      round,
      verdict,
      seconds: Math.round((at - departedAt) / 1000),
    },
  })
}

/** Appends an event of the train. */
export function record(
  draft: Draft,
  event: {
    type?: 'status_update' | 'landing_attempted'
    message: string
    ticket?: number
    severity?: 'warning'
    metadata?: NonNullable<NewEvent['metadata']>
  },
): void {
  draft.effects.push({name: 'record', event: {type: 'status_update', ...event}})
}

import {count} from '../../../base/words.ts'
import type {State} from '../../core/state.ts'

/** What people see of the train. */
export type ShownTrain = {
  /** What is under way; null: no train is. */
  stage: 'boarding' | 'building' | 'testing' | 'landing' | null
  /** Tickets aboard, in order. */
  aboard: readonly number[]
  /** Pull requests that are tested. */
  pulls: readonly number[]
  /** One line: who is aboard, and what it waits for; null: no train is under way. */
  text: string | null
  /** Since when, epoch milliseconds. */
  since: number
  /** Why no train departs; null: it may. */
  paused: string | null
  stayed: readonly {ticket: number; why: string}[]
}

/** The train as the screen and the commands show it. */
export function shownTrain({train}: State): ShownTrain {
  const {value, context} = train.now
  const {members, trials, reason, round, sizes} = context
  const named = members.map(({ticket}) => `#${ticket}`).join(' ')
  const pulls = trials.map(({pull}) => `#${pull}`).join(', ')
  const parts = round > 0 && sizes.length > 0 ? `, ${count(sizes.length, 'part')}` : ''
  const through = pulls === '' ? '' : ` through ${pulls}`
  return {
    stage: value === 'waiting' ? null : value,
    aboard: members.map(({ticket}) => ticket),
    pulls: trials.map(({pull}) => pull),
    text: value === 'waiting' ? null : `${value} ${named}${parts}${through}${reason === null ? '' : `: ${reason}`}`,
    since: context.departedAt,
    paused: train.paused?.reason ?? null,
    stayed: train.stayed,
  }
}

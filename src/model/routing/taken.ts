import type {State} from '../core/state.ts'
import {circumstancesOf, type Hold, holdsOn} from './holds.ts'

/** Each kind of what holds an issue back, in two or three words after a number: `3 wait for others`. */
export const HOLD_WORDS: Readonly<Record<Hold['kind'], string>> = {
  human: 'for a person',
  blocked: 'blocked',
  label: 'without the label',
  author: 'of strangers',
  circle: 'in a circle',
  waits: 'wait for others',
  ticket: 'at work',
  claimed: 'claimed elsewhere',
  budget: 'over budget',
  profile: 'without their program',
  disk: 'over the disk limit',
  limit: 'at a usage limit',
  refused: 'refused a moment ago',
  overlap: 'likely conflict',
  hours: 'outside working hours',
  skill: 'for no free agent',
}

/** Kinds and how many there are of each, the most frequent first: `3 wait for others, 1 for a person`. */
export function holdCounts(kinds: readonly Hold['kind'][]): string {
  const counts = new Map<Hold['kind'], number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([kind, count]) => `${count} ${HOLD_WORDS[kind]}`)
    .join(', ')
}

/**
 * Why an issue is the next one to be claimed: its place in the order, what puts it there, and what holds back those
 * before it. Pure.
 */
export function whyTaken(state: State, number: number, at: number): string | null {
  const isFree = (issue: number) => !state.tickets[issue] && !state.foreign[issue]
  const place = state.queue.findIndex(({issue}) => issue.number === number)
  const candidate = state.queue[place]
  if (!candidate) return null
  const around = circumstancesOf(state, at)
  const before = state.queue.slice(0, place).filter(({issue}) => isFree(issue.number))
  const waiting = state.queue.filter(({issue}) => issue.number === number || isFree(issue.number)).length
  const kinds = before.flatMap(other => holdsOn(other, state, around).next().value?.kind ?? [])
  const reasons = candidate.reasons.join(', ')
  const rank = before.length + 1
  const passed = kinds.length > 0 ? `; before it ${holdCounts(kinds)}` : ''
  return `${rank} of ${waiting} in order: ${reasons}${passed}`
}

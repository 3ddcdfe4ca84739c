import type {Config} from '../data/config.ts'

type Strategy = Config['integration']['merge_strategy']

/**
 * Who acts on a refusal. `passing`: it ends by itself, and the next look at the pull request may say more. `agent`: the
 * commits themselves are wrong. `person`: anything else, so that an unknown rule is never tried for ever.
 */
export type RefusalSays = 'passing' | 'agent' | 'person'

/** Rules about the content of commits, which whoever made them can mend. */
const MENDABLE: readonly RegExp[] = [
  /cannot contain secrets|push protection|secret scanning/i,
  /file size|large files? detected|exceeds? .*(?:size|limit)|too large/i,
  /file (?:and folder )?paths?\b|path length|file extensions?\b/i,
  /\bGH00[17]\b/,
]
/** A rule about the message of commits; of a squash it is the pull request's title, which is not the agent's. */
const MESSAGES = /commit messages?\b/i

/** What GitHub says of a merge that may work a moment later, or once checks have ended. */
const PASSING: readonly RegExp[] = [
  /\b(?:base|head) (?:branch|sha) was modified/i,
  /\bthe (?:head|branch) moved\b/i,
  /\bnot mergeable\b|\bmergeab|\bmerge conflicts?\b/i,
  /\bout[- ]of[- ]date\b/i,
  /\bstatus checks?\b|\bcode scanning\b|\bdeployments?\b/i,
]
/** What only people give; said beside a passing reason, it counts first. */
const PEOPLE =
  /\bapproving\b|\bapprovals?\b|\bowner review\b|\breview (?:is )?required\b|\bchanges (?:\w+ ){0,2}requested\b|\bconversations?\b|\bmust be resolved\b|\bdraft\b/i

/** Judges what the server says of a merge, in its own words. */
export function judgeMergeRefusal(words: string, strategy: Strategy): RefusalSays {
  if (PEOPLE.test(words)) return 'person'
  if (isMendable(words) || (MESSAGES.test(words) && strategy !== 'squash')) return 'agent'
  return PASSING.some(pattern => pattern.test(words)) ? 'passing' : 'person'
}

/** Judges what the server says of a push that it declined. One that may pass is tried again before this is asked. */
export function judgePushRefusal(words: string): Exclude<RefusalSays, 'passing'> {
  return isMendable(words) || MESSAGES.test(words) ? 'agent' : 'person'
}

function isMendable(words: string): boolean {
  return MENDABLE.some(pattern => pattern.test(words))
}

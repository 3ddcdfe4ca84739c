/** The version of Claude Code with which Clambake's facts about it were observed; `npm run test:claude` runs on it. */
export const PINNED_CLIENT = '2.1.329'

/**
 * Versions on which `npm run test:claude` held, oldest first; `npm run test:claude:all` runs it on the first and the last
 * again. 2.1.300 did not hold: it loads plugins of a branch, and gives the model a prompt without the mark of a paste.
 */
export const TRIED_CLIENTS = [PINNED_CLIENT, '2.1.332'] as const

export const OLDEST_CLIENT = TRIED_CLIENTS[0]
export const NEWEST_CLIENT = TRIED_CLIENTS.at(-1)!

/** The last version that is known to load plugins which a branch brings, whatever sources of settings it is given. */
export const UNSAFE_CLIENT = '2.1.300'
/** The last version that is known to refuse what Clambake gives it: it does not know all of our hooks. */
export const REFUSING_CLIENT = '2.1.50'

/** What is known of a version: it was run, or lies between two that were, or beyond all of them, or cannot be used. */
export type ClientStanding = 'tried' | 'between' | 'newer' | 'older' | 'unsafe' | 'refusing'

/** What the table says of a version as the client prints it; null: there is no version in the text. */
export function clientStanding(text: string): ClientStanding | null {
  const version = partsOf(text)
  if (version === null) return null
  const is = (other: string) => compare(version, partsOf(other)!)
  if (TRIED_CLIENTS.some(tried => is(tried) === 0)) return 'tried'
  if (is(REFUSING_CLIENT) <= 0) return 'refusing'
  if (is(UNSAFE_CLIENT) <= 0) return 'unsafe'
  if (is(OLDEST_CLIENT) < 0) return 'older'
  return is(NEWEST_CLIENT) > 0 ? 'newer' : 'between'
}

function partsOf(text: string): number[] | null {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text)
  return found?.slice(1).map(part => Number(part ?? 0)) ?? null
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((part, index) => part !== other[index])
  return at < 0 ? 0 : one[at]! - other[at]!
}

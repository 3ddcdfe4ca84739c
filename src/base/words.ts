import {figure} from './text.ts'

/** `1 commit`, `1,200 commits`. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${figure(amount)} ${amount === 1 ? noun : plural}`
}

/** The first seven digits of a commit's SHA. */
export function shortSha(sha: string): string {
  return sha.slice(0, 7)
}

import {appendFileSync, existsSync, rmSync} from 'node:fs'
import {textOrNull, writePrivateFile} from '../../base/files.ts'
import type {RunningProcess} from '../../base/processes/process-id.ts'
import {GUARD_FORMAT} from './script.ts'

/**
 * The file by which a tool call knows without asking anybody that nothing of it is held: its first line names the watcher
 * that keeps it up to date, each other line a word. A call whose text holds none of the words touches nothing that is held.
 * It may have words too many, never too few: who cannot keep it so removes it.
 */
export type Guard = {pid: number; start: string; words: readonly string[]}

/** Stands for any text, where there would be too many words to look for. */
export const ANY = '*'
/** More words than this are looked for by the program. */
const MAX_WORDS = 100

/** A process's start as the script can read it: the clock ticks of Linux; elsewhere it looks only at the number. */
export function startWord(start: string): string {
  return /^[0-9a-f]{8}:(\d+)$/.exec(start)?.[1] ?? '-'
}

export function guardText({pid, start, words}: Guard): string {
  const known = [...new Set(words.map(word => (isPlain(word) ? word : ANY)))].sort()
  const shown = known.length > MAX_WORDS || known.includes(ANY) ? [ANY] : known
  return `${[`${GUARD_FORMAT} ${pid} ${start}`, ...shown].join('\n')}\n`
}

/** A word that is in the text of a hook's JSON as it is: none of what JSON writes in another way. */
function isPlain(word: string): boolean {
  return word !== '' && word.trim() === word && !/["\\\p{Cc}\p{Cs}\u2028\u2029]/u.test(word)
}

/** null: there is none, or one that this program cannot read. */
export function readGuard(file: string): Guard | null {
  const [head = '', ...words] = (textOrNull(file) ?? '').trimEnd().split('\n')
  const found = new RegExp(`^${GUARD_FORMAT} (\\d+) (\\S+)$`).exec(head)
  return found ? {pid: Number(found[1]), start: found[2]!, words} : null
}

/** Whether this process is the watcher that a guard names. */
export function isWatchedBy(guard: Guard, process: RunningProcess | null): boolean {
  return process !== null && startWord(process.start) === guard.start
}

/** Writes a guard whole, or leaves none: without one, each call asks the program. Throws where neither can be done. */
export function writeGuard(file: string, guard: Guard): void {
  const text = guardText(guard)
  try {
    if (textOrNull(file) !== text) writePrivateFile(file, text)
  } catch (error) {
    rmSync(file, {force: true})
    throw error
  }
}

/** Adds words to a guard, if there is one, before what they stand for becomes visible to others. */
export function addToGuard(file: string, words: readonly string[]): void {
  if (!existsSync(file)) return
  const shown = words.map(word => (isPlain(word) ? word : ANY))
  try {
    appendFileSync(file, shown.map(word => `${word}\n`).join(''))
  } catch {
    removeGuard(file)
  }
}

/** Removes a guard: a full disk lets that be done. Where it cannot be, its watcher cannot write it and ends. */
export function removeGuard(file: string): void {
  try {
    rmSync(file, {force: true})
  } catch {
    // See above.
  }
}

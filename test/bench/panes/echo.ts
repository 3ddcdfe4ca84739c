import {sleep} from '../../../src/base/clock.ts'
import type {OuterTerminal} from '../outer.ts'

/** Letters that no busy pane and no escape sequence contains. */
const FIRST_LETTER = 0x0430
const LETTERS = 32
const LIMIT_MS = 10_000

/**
 * Milliseconds from each of many key presses until the terminal is given the key's letter. Rejects when one never is.
 */
export async function echoTimes(terminal: OuterTerminal, keys: number): Promise<number[]> {
  // Parsing what twelve panes draw would make the stopwatch late.
  using _quiet = terminal.bytesOnly()
  const times: number[] = []
  for (let press = 0; press < keys; press++) {
    times.push(await echoMs(terminal, String.fromCodePoint(FIRST_LETTER + (press % LETTERS))))
    // People type neither at once nor in step with a frame's time.
    await sleep(15 + ((press * 7) % 20))
  }
  return times
}

async function echoMs(terminal: OuterTerminal, letter: string): Promise<number> {
  const shown = Promise.withResolvers<number>()
  const limit = setTimeout(() => shown.reject(new Error(`the letter ${letter} was never shown`)), LIMIT_MS)
  using _listening = terminal.onBytes(data => {
    if (data.includes(letter)) shown.resolve(performance.now())
  })
  const start = performance.now()
  terminal.write(letter)
  const end = await shown.promise
  clearTimeout(limit)
  return end - start
}

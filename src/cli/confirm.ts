import {createInterface} from 'node:readline/promises'
import {ClambakeError} from '../base/errors.ts'

/** Asks the person a question in the terminal; anything but a yes is a no. */
export type Yes = (question: string) => Promise<boolean>

type Asking = {next: string; input?: NodeJS.ReadableStream; output?: NodeJS.WritableStream}

/** Runs `task`, which asks the person yes-or-no questions in the terminal; otherwise as `inTerminal`. */
export function askPerson<T>(task: (yes: Yes) => Promise<T>, asking: Asking): Promise<T> {
  return inTerminal(
    line => task(async question => /^y(?:es)?$/i.test((await line(`${question} [y/N] `)).trim())),
    asking,
  )
}

/**
 * Runs `task`, which asks the person in the terminal for lines. Ctrl-C and the end of the input throw `interrupted` with
 * this `next`, so that the task does nothing without an answer.
 */
export async function inTerminal<T>(
  task: (line: (prompt: string) => Promise<string>) => Promise<T>,
  {next, input = process.stdin, output = process.stdout}: Asking,
): Promise<T> {
  const terminal = createInterface({input, output})
  const gone = new AbortController()
  terminal.once('SIGINT', () => gone.abort()).once('close', () => gone.abort())
  try {
    return await task(prompt => terminal.question(prompt, {signal: gone.signal}))
  } catch (error) {
    if (!gone.signal.aborted) throw error
    throw new ClambakeError({
      code: 'interrupted',
      message: 'The question was not answered',
      kept: 'everything as it is',
      next,
    })
  } finally {
    terminal.close()
  }
}

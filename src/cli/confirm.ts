import {createInterface} from 'node:readline/promises'
import {ClambakeError, EXIT} from '../base/errors.ts'

/** Asks a person in the terminal y or N; anything but a yes is a no. */
export type Yes = (question: string) => Promise<boolean>

type Asking = {next: string; input?: NodeJS.ReadableStream; output?: NodeJS.WritableStream}

/** As `inTerminal`, for questions of which each is answered by y or N. */
export function askPerson<T>(task: (yes: Yes) => Promise<T>, asking: Asking): Promise<T> {
  return inTerminal(
    line => task(async question => /^y(?:es)?$/i.test((await line(`${question} [y/N] `)).trim())),
    asking,
  )
}

/**
 * Runs `task`, which asks a person in the terminal for lines. Ctrl-C and the end of the input are no answer: they throw
 * `interrupted`, with this `next`, so that nothing is done that was asked for.
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
      message: 'Nobody answered',
      kept: 'everything as it was',
      next,
      exitCode: EXIT.interrupted,
    })
  } finally {
    terminal.close()
  }
}

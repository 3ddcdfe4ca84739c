import {createInterface} from 'node:readline/promises'
import {ClambakeError, EXIT} from '../base/errors.ts'

/** Asks a person in the terminal y or N; anything but a yes is a no. */
export type Yes = (question: string) => Promise<boolean>

/**
 * Runs `task`, which asks a person in the terminal. Ctrl-C and the end of the input are no answer: they throw
 * `interrupted`, with this `next`, so that nothing is done that was asked for.
 */
export async function askPerson<T>(
  task: (yes: Yes) => Promise<T>,
  {
    next,
    input = process.stdin,
    output = process.stdout,
  }: {next: string; input?: NodeJS.ReadableStream; output?: NodeJS.WritableStream},
): Promise<T> {
  const terminal = createInterface({input, output})
  const gone = new AbortController()
  terminal.once('SIGINT', () => gone.abort()).once('close', () => gone.abort())
  try {
    return await task(async question => {
      const said = await terminal.question(`${question} [y/N] `, {signal: gone.signal})
      return /^y(?:es)?$/i.test(said.trim())
    })
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

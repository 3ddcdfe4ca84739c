import {createInterface} from 'node:readline/promises'
import type {Errand as Command} from '../client/types.ts'

/** A command that the screen was left for, with the folder and the environment of the repository that it is for. */
export type Errand = {run: Command; cwd: string; env: NodeJS.ProcessEnv}

/** Shows the screen, and again after each command that it is left for. */
export async function untilLeft(show: (first: boolean) => Promise<Errand | null>): Promise<void> {
  for (let first = true; ; first = false) {
    const errand = await show(first)
    if (errand === null) return
    const {runErrand} = await import('./run.ts')
    await runErrand(errand)
    if (!(await askToGoOn())) return
  }
}

/** Whether the person, having read what the command said, goes back to the screen; Ctrl-C and Ctrl-D leave. */
async function askToGoOn(
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stdout,
): Promise<boolean> {
  const terminal = createInterface({input, output})
  const gone = new AbortController()
  terminal.once('SIGINT', () => gone.abort()).once('close', () => gone.abort())
  try {
    await terminal.question('\n⏎ back to the screen, Ctrl-C leaves ', {signal: gone.signal})
    return true
  } catch (error) {
    if (!gone.signal.aborted) throw error
    output.write('\n')
    return false
  } finally {
    terminal.close()
  }
}

import {ClambakeError} from '../base/errors.ts'
import type {Errand as Command} from '../client/state/types.ts'
import {inTerminal} from './confirm.ts'

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
async function askToGoOn(): Promise<boolean> {
  try {
    await inTerminal(line => line('\n⏎ back to the screen, Ctrl-C leaves '), {next: 'clambake opens the screen again'})
    return true
  } catch (error) {
    if (!(error instanceof ClambakeError && error.code === 'interrupted')) throw error
    process.stdout.write('\n')
    return false
  }
}

import {EXIT, hasCode} from '../../base/errors.ts'
import type {Errand as Command} from '../../client/state/types.ts'
import {inTerminal} from '../confirm.ts'
import type {CreateProgram} from '../context.ts'
import {printError} from '../print-error.ts'

/** A command for which the person left the screen, with the folder and the environment of its repository. */
export type Errand = {run: Command; cwd: string; env: NodeJS.ProcessEnv}

/** Shows the screen, and shows it again after each command for which the person left it. */
export async function showUntilLeft(
  show: (first: boolean) => Promise<Errand | null>,
  createProgram: CreateProgram,
): Promise<void> {
  for (let first = true; ; first = false) {
    const errand = await show(first)
    if (errand === null) return
    await runErrand(errand, createProgram)
    if (!(await askToReturn())) return
  }
}

/** Runs a command in the terminal that the screen gave back, and prints its error if it fails. */
async function runErrand({run, cwd, env}: Errand, createProgram: CreateProgram): Promise<void> {
  process.stdout.write(`\n$ clambake ${run}\n`)
  try {
    await createProgram({cwd, env}).parseAsync([run], {from: 'user'})
  } catch (error) {
    printError(error, [run])
  }
  // The command's exit code was shown; the screen ends with a code of its own.
  process.exitCode = EXIT.good
}

/** Waits until the person has read the command's output. True: back to the screen; Ctrl-C and Ctrl-D leave. */
async function askToReturn(): Promise<boolean> {
  try {
    await inTerminal(line => line('\n⏎ back to the screen, Ctrl-C leaves '), {next: 'clambake opens the screen again'})
    return true
  } catch (error) {
    if (!hasCode(error, 'interrupted')) throw error
    process.stdout.write('\n')
    return false
  }
}

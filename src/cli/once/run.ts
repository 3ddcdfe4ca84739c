import type {PassReport} from '../../protocol/daemon.ts'
import type {CommandContext} from '../context.ts'
import {createEventPrinter} from '../output/events.ts'
import type {OnceInput} from './pass-in-process.ts'

/** Does one pass: the running daemon does it, or else this process with a terminal host of its own. */
export async function runOnce(input: OnceInput, context: CommandContext): Promise<PassReport> {
  const daemon = await context.runningDaemon()
  if (!daemon) {
    const {passInProcess} = await import('./pass-in-process.ts')
    return passInProcess(input, context)
  }
  context.say('The daemon that runs here does the pass.')
  const {events: before} = await daemon.call('state', {})
  const printNew = createEventPrinter(context.say, before)
  using _following = daemon.on('state', ({events}) => events && printNew(events))
  return daemon.call('pass', input, {timeoutMs: null})
}

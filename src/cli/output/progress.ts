import {fit, safeLine} from '../../base/text.ts'
import type {CommandContext, DaemonConnection} from '../context.ts'

/** A line that is drawn over stays on one row of any terminal. */
const WIDTH = 78
const LOOK_MS = 300

/** Shows what a scan is at, on a terminal's error output, until the task ends. */
export async function whileScanning<T>(
  {json}: CommandContext,
  daemon: DaemonConnection,
  task: () => Promise<T>,
): Promise<T> {
  if (json || process.stderr.isTTY !== true) return task()
  const started = Date.now()
  let ended = false
  // In the last column a terminal may break the line.
  const width = Math.min(WIDTH, (process.stderr.columns || WIDTH + 1) - 1)
  const draw = (text: string) => process.stderr.write(`\r${fit(safeLine(text), width)}`)
  async function look(): Promise<void> {
    while (!ended) {
      await new Promise(resolve => setTimeout(resolve, LOOK_MS))
      const step = ended ? null : await daemon.call('scanStep', {}).catch(() => null)
      if (ended || step === null) continue
      const seconds = Math.round((Date.now() - started) / 1000)
      draw(
        `${step.step}${step.count > 0 ? `: ${step.count} pieces of work` : ''} (${seconds}s; Ctrl-C leaves all as it is)`,
      )
    }
  }
  const looking = look()
  try {
    return await task()
  } finally {
    ended = true
    await looking
    process.stderr.write(`\r${' '.repeat(width)}\r`)
  }
}

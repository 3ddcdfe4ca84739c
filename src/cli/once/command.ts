import {usageError} from '../../base/errors.ts'
import type {CommandContext} from '../context.ts'
import {duration} from '../inputs.ts'
import {onceExit, onceText} from './report.ts'
import {runOnce} from './run.ts'

type OnceOptions = {agents: boolean; readOnly: boolean; timeout: string | undefined}

/** `clambake --once`: does one pass, prints its report and sets the exit code. */
export async function onceCommand(options: OnceOptions, context: CommandContext): Promise<void> {
  const timeoutMs = timeoutOf(options.timeout)
  const report = options.readOnly
    ? await (await import('../read-only.ts')).readOnlyPass(context)
    : await runOnce({agents: options.agents, timeoutMs}, context)
  context.print(report, () => onceText(report))
  context.setExit(onceExit(report))
}

/** Milliseconds of `--timeout`; null: none. */
function timeoutOf(timeout: string | undefined): number | null {
  if (timeout === undefined) return null
  const parsed = duration.safeParse(timeout)
  if (parsed.success) return parsed.data
  throw usageError({
    code: 'bad-usage',
    message: `--timeout ${timeout} ${parsed.error.issues[0]?.message}`,
    next: 'clambake --once --timeout 30m',
  })
}

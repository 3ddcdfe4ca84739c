import {toErrorData} from '../base/errors.ts'
import {safeJson, safeText} from '../base/text.ts'
import {asksForJson} from './define.ts'

/**
 * Prints what happened, what was kept and what to do next, as text or JSON, and sets the exit code. For a bug it also
 * says how to get details.
 */
export function printError(cause: unknown, args: readonly string[]): void {
  const error = toErrorData(cause)
  process.exitCode = error.exitCode
  if (asksForJson(args)) {
    process.stdout.write(`${safeJson({error})}\n`)
    return
  }
  const lines = [`clambake: ${error.message}`]
  if (error.kept) lines.push(`  kept: ${error.kept}`)
  if (error.next) lines.push(`  next: ${error.next}`)
  if (error.code === 'internal') {
    lines.push('  this is a bug in clambake; please report it, with the details that CLAMBAKE_DEBUG=1 prints')
    if (process.env.CLAMBAKE_DEBUG && cause instanceof Error) lines.push(cause.stack ?? '')
  }
  process.stderr.write(`${safeText(lines.join('\n'))}\n`)
}

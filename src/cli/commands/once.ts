import {z} from 'zod'
import {EXIT, type ExitCode} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import type {PassReport} from '../../protocol/daemon.ts'
import type {CommandContext} from '../context.ts'
import {count, list} from '../text.ts'

export const onceSchema = z.object({agents: z.boolean(), timeoutMs: z.number().nullable()})

/** One pass: by the daemon that runs, else here, with a terminal host of its own. */
export async function runOnce(input: z.output<typeof onceSchema>, context: CommandContext): Promise<PassReport> {
  const daemon = await context.runningDaemon()
  if (!daemon) {
    const {passHere} = await import('../pass-here.ts')
    return passHere(input, context)
  }
  context.say('The daemon that runs here does the pass.')
  let last = (await daemon.call('state', {})).events[0]?.seq ?? 0
  using _told = daemon.on('state', ({events}) => {
    for (const event of [...(events ?? [])].reverse()) {
      if (event.seq <= last) continue
      last = event.seq
      context.say(progressLine(event))
    }
  })
  return daemon.call('pass', input, {timeoutMs: null})
}

export function progressLine(event: {at: number; message: string; severity?: string | undefined}): string {
  const time = new Date(event.at).toTimeString().slice(0, 8)
  return `${time}  ${event.severity ? '✗' : '·'} ${safeLine(event.message)}`
}

/** Exit code 1 when a person is needed. */
export function onceExit(report: PassReport): ExitCode {
  return report.needsHuman.length > 0 || report.lost.length > 0 ? EXIT.needsHuman : EXIT.good
}

export function onceText(report: PassReport): string {
  const {merged, skipped, needsHuman, agents, lost, apiCalls, durationMs} = report
  return [
    '',
    merged.length > 0 ? `✓ ${count(merged.length, 'ticket')} landed on main: ${list(merged)}` : 'Nothing landed.',
    ...skipped.map(({number, reason}) => `◇ #${number} skipped: ${reason}`),
    ...needsHuman.map(({number, reason}) => `✗ #${number} needs a person: ${reason}`),
    lost.length > 0
      ? `✗ ${count(lost.length, 'commit')} in no ref: ${lost.map(sha => sha.slice(0, 7)).join(', ')}; git gc would delete them`
      : '✓ no commit lost',
    `${count(agents, 'agent')}, ${count(apiCalls, 'API call')}, ${Math.round(durationMs / 1000)} s`,
  ].join('\n')
}

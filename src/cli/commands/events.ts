import {z} from 'zod'
import type {StoredEvent} from '../../model/data/event.ts'
import type {CommandContext, DaemonConnection} from '../context.ts'
import {defineCommand} from '../define.ts'
import {positiveInteger} from '../inputs.ts'
import {untilInterrupted} from '../interrupted.ts'
import {eventLine} from '../tables.ts'

const SHOWN = 30

export const events = defineCommand({
  name: 'events',
  summary: 'print what happened, newest first; with -f as it happens',
  options: {
    follow: {flags: '-f, --follow', description: 'go on printing until Ctrl-C, oldest first'},
    limit: {flags: '--limit <n>', description: `how many (default ${SHOWN})`},
  },
  schema: z.object({follow: z.boolean().default(false), limit: positiveInteger.default(SHOWN)}),
  examples: [
    ['clambake events --limit 5', 'the last five'],
    ['clambake events -f --json', 'one JSON object a line, for a script'],
  ],
  async run({follow, limit}, context): Promise<{events: StoredEvent[]}> {
    const daemon = await context.daemon()
    const found = await daemon.call('events', {limit})
    if (!follow) return {events: found}
    await followEvents(daemon, found, context)
    return {events: []}
  },
  text: ({events: found}) => found.map(eventLine).join('\n'),
})

async function followEvents(
  daemon: DaemonConnection,
  before: readonly StoredEvent[],
  context: CommandContext,
): Promise<void> {
  let last = 0
  const tell = (newest: readonly StoredEvent[]) => {
    for (const event of newest.toReversed()) {
      if (event.seq <= last) continue
      last = event.seq
      process.stdout.write(`${context.json ? JSON.stringify(event) : eventLine(event)}\n`)
    }
  }
  tell(before)
  using _told = daemon.on('state', ({events: newest}) => newest && tell(newest))
  await untilInterrupted(daemon.closed)
}

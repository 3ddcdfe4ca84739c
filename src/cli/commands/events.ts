import * as z from 'zod'
import {safeJson} from '../../base/text.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import type {CommandContext, DaemonConnection} from '../context.ts'
import {defineCommand} from '../define.ts'
import {positiveInteger} from '../inputs.ts'
import {untilInterrupted} from '../interrupted.ts'
import {createEventPrinter, eventLine} from '../output/events.ts'

const SHOWN = 30

export const events = defineCommand({
  name: 'events',
  summary: 'print events, newest first; -f follows new ones',
  does: 'reads',
  options: {
    follow: {flags: '-f, --follow', description: 'keep printing new events until Ctrl-C, oldest first'},
    limit: {flags: '-n, --limit <n>', description: `number of events (default ${SHOWN})`},
  },
  schema: () => z.object({follow: z.boolean().default(false), limit: positiveInteger.default(SHOWN)}),
  examples: [
    ['clambake events --limit 5', 'the last five'],
    ['clambake events -f --json', 'one JSON object per line, for a script'],
  ],
  async run({follow, limit}, context): Promise<{events: StoredEvent[]} | undefined> {
    const daemon = await context.daemon()
    const found = await daemon.call('events', {limit})
    if (!follow) return {events: found}
    await followEvents(daemon, found, context)
    return undefined
  },
  text: ({events: found}) => found.map(eventLine).join('\n'),
})

async function followEvents(
  daemon: DaemonConnection,
  before: readonly StoredEvent[],
  context: CommandContext,
): Promise<void> {
  const printNew = createEventPrinter(
    line => void process.stdout.write(`${line}\n`),
    [],
    context.json ? event => safeJson(event) : eventLine,
  )
  printNew(before)
  using _following = daemon.on('state', ({events: newest}) => newest && printNew(newest))
  await untilInterrupted(daemon.closed)
}

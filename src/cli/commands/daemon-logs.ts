import {join} from 'node:path'
import * as z from 'zod'
import {textOrNull} from '../../base/files.ts'
import {safeJson, safeLine} from '../../base/text.ts'
import {defineCommand} from '../define.ts'
import {positiveInteger} from '../inputs.ts'
import {untilInterrupted} from '../interrupted.ts'
import {logLine, newLines} from '../output/log-lines.ts'

const LINES = 50
/** How often `-f` looks for new lines. */
const LOOK_MS = 500

type Logged = {
  file: string
  /** As they are in the file. */
  lines: readonly string[]
  /** For people. */
  text: readonly string[]
}

export const daemonLogs = defineCommand({
  name: 'daemon logs',
  summary: 'print what the daemon logged; -f follows it',
  does: 'reads',
  options: {
    lines: {flags: '-n, --lines <n>', description: `number of lines (default ${LINES})`},
    follow: {flags: '-f, --follow', description: 'keep printing new lines until Ctrl-C'},
    printed: {flags: '--printed', description: 'what its process printed instead, as at a crash'},
  },
  schema: () =>
    z.object({
      lines: positiveInteger.default(LINES),
      follow: z.boolean().default(false),
      printed: z.boolean().default(false),
    }),
  examples: [
    ['clambake daemon logs', 'the last lines, also when the daemon does not run'],
    ['clambake daemon logs -f', 'follow it'],
    ['clambake daemon logs --printed --lines 200', 'what it printed before it crashed'],
  ],
  async run({lines, follow, printed}, context): Promise<Logged | undefined> {
    const {daemon, folder} = (await context.place()).paths
    const file = printed ? daemon.log : join(folder, 'daemon.jsonl')
    const read = () => (textOrNull(file) ?? '').split('\n').slice(0, -1)
    const shown = (line: string) => (printed ? safeLine(line) : logLine(line))
    let seen = read()
    // A log that was just rotated continues in its older half.
    const older = seen.length < lines ? (textOrNull(`${file}.1`) ?? '').split('\n').slice(0, -1) : []
    const last = [...older, ...seen].slice(-lines)
    if (!follow) return {file, lines: last, text: last.map(shown)}
    const asData = (line: string) => (printed ? safeJson({line}) : line)
    const say = (line: string) => process.stdout.write(`${context.json ? asData(line) : shown(line)}\n`)
    last.forEach(say)
    const look = () => {
      const now = read()
      newLines(seen, now).forEach(say)
      seen = now
      timer = context.clock.after(LOOK_MS, look)
    }
    let timer = context.clock.after(LOOK_MS, look)
    await untilInterrupted(new Promise(() => {}))
    timer[Symbol.dispose]()
    return undefined
  },
  json: ({file, lines}) => ({file, lines}),
  text: ({file, text}) => (text.length === 0 ? `Nothing is logged in ${file}` : text.join('\n')),
})

import * as z from 'zod'
import {ClambakeError, EXIT} from '../../base/errors.ts'
import {safeText} from '../../base/text.ts'
import type {DaemonState} from '../../protocol/daemon.ts'
import type {CommandContext} from '../context.ts'
import {defineCommand} from '../define.ts'
import {type Check, checkHealth, healthText} from '../health.ts'
import {attention, statusText} from '../output/status.ts'
import {watchState} from '../output/watch.ts'
import {type InPlace, inPlace, noDaemon} from './daemon.ts'

type Read = Pick<Status, 'state' | 'unread'>

type Status = InPlace & {
  running: boolean
  state: DaemonState | null
  /** Why GitHub could not be read; null: it was, or a daemon runs. */
  unread: string | null
  health: Check[] | null
  agentsOnly: boolean
  /** For whom the hub is off; null: it is on. */
  hubOff: 'user' | 'project' | null
}

export const status = defineCommand({
  name: 'status',
  summary: 'show agents, queue, pull requests, train and what needs a person',
  does: 'reads',
  options: {
    agentsOnly: {flags: '--agents-only', description: 'show only the table of agents'},
    healthCheck: {
      flags: '--health-check',
      description:
        'check daemon, host, GitHub, hub, landing, tickets, configuration and disk; exit code 1 at a problem',
    },
    watch: {flags: '--watch', description: 'update with every change until Ctrl-C, then exit code 0'},
  },
  schema: () =>
    z.object({
      agentsOnly: z.boolean().default(false),
      healthCheck: z.boolean().default(false),
      watch: z.boolean().default(false),
    }),
  apart: [
    ['healthCheck', 'watch'],
    ['healthCheck', 'agentsOnly'],
  ],
  examples: [
    ['clambake status', 'the whole state as text; without a daemon, what GitHub and the claims say'],
    ['clambake status --json', 'everything that the daemon knows'],
    ['clambake status --watch --agents-only', 'a live table of agents, for a small pane'],
    ['clambake status --health-check', 'for a monitor: exit code 1 if something has a problem'],
  ],
  async run({agentsOnly, healthCheck, watch}, context): Promise<Status | undefined> {
    const daemon = await context.runningDaemon()
    const instead = daemon ? {} : await inPlace(context)
    if (watch && !daemon) throw notWatched(instead)
    const read = daemon ? {state: await daemon.call('state', {}), unread: null} : await readState(context)
    const {state} = read
    const hubOff = await (await import('../hub/off.ts')).offHere(context)
    const found = {running: daemon !== undefined, ...instead, ...read, agentsOnly, hubOff}
    if (healthCheck) return {...found, health: await checkHealth(context, daemon, read)}
    if (watch && daemon && state) {
      await watchState(daemon, state, context, {
        part: shown => ({...found, state: shown, health: null}),
        text: (shown, now) => statusText(shown.state, {agentsOnly, now, running: true}),
      })
      return undefined
    }
    return {...found, health: null}
  },
  text({running, pass, elsewhere, state, unread, health, agentsOnly, hubOff}, context) {
    if (health) return healthText(health)
    const without = running
      ? []
      : [
          noDaemon({pass, elsewhere}) +
            ((pass ?? elsewhere) ? '' : ': nothing is claimed and nothing lands until clambake daemon start'),
          ...(unread === null ? [] : [safeText(`GitHub was not read: ${unread}`)]),
        ]
    const shown = state && statusText(state, {agentsOnly, now: context.clock.now(), running})
    const off = hubOff === null ? [] : ['', `The hub is off: clambake on${hubOff === 'user' ? '' : ' --project'}`]
    return [...without, ...(shown ? (without.length > 0 ? ['', shown] : [shown]) : []), ...off].join('\n')
  },
  exit({state, unread, health}) {
    if (unread !== null && !health) return EXIT.needsHuman
    if (health) return health.every(({ok}) => ok) ? EXIT.good : EXIT.needsHuman
    return state && (state.header.halted !== null || attention(state).length > 0) ? EXIT.needsHuman : EXIT.good
  },
})

/** What GitHub, the claims and the running agents say, read by this process; without them only why not. */
async function readState(context: CommandContext): Promise<Read> {
  await using stack = new AsyncDisposableStack()
  try {
    const {readOnlyDaemon} = await import('../read-only.ts')
    const link = await readOnlyDaemon(context, stack)
    // It answers only after it has looked at GitHub.
    await link.call('peek', {limit: 1})
    return {state: await link.call('state', {}), unread: null}
  } catch (error) {
    if (!(error instanceof ClambakeError) || error.code === 'wrong-config') throw error
    return {state: null, unread: [error.message, error.next].filter(Boolean).join('; ')}
  }
}

function notWatched(instead: InPlace): ClambakeError {
  return new ClambakeError({
    code: 'not-running',
    message: `${noDaemon(instead)}, so nothing changes that could be watched`,
    next: 'clambake daemon start; clambake status, without --watch, reads GitHub once',
  })
}

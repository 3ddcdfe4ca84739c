import {z} from 'zod'
import {EXIT} from '../../base/errors.ts'
import {figure, safeLine} from '../../base/text.ts'
import {count, shortSha} from '../../base/words.ts'
import {AGENT_STATES} from '../../model/agent/states.ts'
import {shortAgent} from '../../model/data/ids.ts'
import {money} from '../../model/data/usage.ts'
import type {DaemonState} from '../../protocol/daemon.ts'
import {defineCommand} from '../define.ts'
import {type Check, checkHealth, healthText} from '../health.ts'
import {agentTable} from '../output/tables.ts'
import {age} from '../output/text.ts'
import {watchState} from '../output/watch.ts'
import {noDaemon} from './daemon.ts'

type Status = {
  running: boolean
  /** Pid of a `--once` that runs in the daemon's place. */
  pass?: number | undefined
  state: DaemonState | null
  health: Check[] | null
  agentsOnly: boolean
}

export const status = defineCommand({
  name: 'status',
  summary: 'show agents, tickets and what needs a person',
  options: {
    agentsOnly: {flags: '--agents-only', description: 'show only the table of agents'},
    healthCheck: {
      flags: '--health-check',
      description: 'check daemon, host, GitHub and hub; exit code 1 if one has a problem',
    },
    watch: {flags: '--watch', description: 'update with every change until Ctrl-C, then exit code 0'},
  },
  schema: z.object({
    agentsOnly: z.boolean().default(false),
    healthCheck: z.boolean().default(false),
    watch: z.boolean().default(false),
  }),
  apart: [
    ['healthCheck', 'watch'],
    ['healthCheck', 'agentsOnly'],
  ],
  examples: [
    ['clambake status', 'a table for people'],
    ['clambake status --json', 'everything that the daemon knows'],
    ['clambake status --watch --agents-only', 'a live table of agents, for a small pane'],
    ['clambake status --health-check', 'for a monitor: exit code 1 if something has a problem'],
  ],
  async run({agentsOnly, healthCheck, watch}, context): Promise<Status | undefined> {
    const daemon = await context.runningDaemon()
    const state = daemon ? await daemon.call('state', {}) : null
    const pass = daemon ? undefined : await context.runningPass()
    const found = {running: daemon !== undefined, pass, state, agentsOnly}
    if (healthCheck) return {...found, health: await checkHealth(context, daemon, state)}
    if (watch && daemon && state) {
      await watchState(daemon, state, context, {
        part: shown => ({...found, state: shown, health: null}),
        text: (shown, now) => describe(shown.state, {agentsOnly, now}),
      })
      return undefined
    }
    return {...found, health: null}
  },
  text: ({running, pass, state, health, agentsOnly}, context) => {
    if (health) return healthText(health)
    if (!running) return `${noDaemon(pass)}${pass === undefined ? '. Start one: clambake daemon start' : ''}`
    return state ? describe(state, {agentsOnly, now: context.clock.now()}) : ''
  },
  exit: ({state, health}) => {
    if (health) return health.every(({ok}) => ok) ? EXIT.good : EXIT.needsHuman
    return state && (state.header.halted !== null || attention(state).length > 0) ? EXIT.needsHuman : EXIT.good
  },
})

async function describe(state: DaemonState, {agentsOnly, now}: {agentsOnly: boolean; now: number}): Promise<string> {
  const {header, agents} = state
  const table = await agentTable(agents, now)
  if (agentsOnly) return table
  const train = header.nextTrain === null ? 'no train' : `train in ${age(header.nextTrain - now)}`
  const api = header.api ? `  api ${figure(header.api.remaining)} of ${figure(header.api.limit)}` : ''
  const cost = header.costToday === null ? '' : `  ${money(header.costToday)} today`
  const waiting = attention(state)
  return [
    `${header.repository}  main ${header.main ? shortSha(header.main) : 'not seen yet'}  ${train}, ${header.aboard} aboard${api}${cost}`,
    '',
    table,
    ...(header.halted === null ? [] : ['', header.halted]),
    ...(header.troubles.length > 0 ? ['', ...header.troubles] : []),
    ...(waiting.length > 0
      ? ['', `${count(waiting.length, 'ticket')} need${waiting.length === 1 ? 's' : ''} you:`, ...waiting]
      : []),
  ].join('\n')
}

function attention({agents, tickets}: DaemonState): string[] {
  const waiting = agents.filter(row => AGENT_STATES[row.state].needsPerson)
  return [
    ...waiting.map(row => {
      const how = row.asks
        ? `clambake agents answer ${shortAgent(row.agent)}`
        : `clambake attach ${shortAgent(row.agent)}`
      return `#${row.ticket} ${safeLine([row.activity, row.doing].filter(Boolean).join(' '))}: ${how}`
    }),
    ...tickets
      .filter(row => row.attention && !waiting.some(agent => agent.ticket === row.number))
      .map(row => `#${row.number} ${safeLine(row.attention ?? '')}: ${row.next ?? `clambake why ${row.number}`}`),
  ]
}

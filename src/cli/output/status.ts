import {figure, safeLine} from '../../base/text.ts'
import {count, shortSha} from '../../base/words.ts'
import {AGENT_STATES} from '../../model/agent/states.ts'
import {shortAgent} from '../../model/data/ids.ts'
import {money} from '../../model/data/usage.ts'
import type {DaemonState, PullRow, TicketRow} from '../../protocol/daemon.ts'
import {eventLine} from './events.ts'
import {agentTable} from './tables.ts'
import {age, columns, list, type Paper, paperOf, type Tone, toned} from './text.ts'

/** Rows of the queue and of the pull requests, and events. More are counted. */
const SHOWN = 5

type How = {agentsOnly: boolean; now: number; running: boolean; paper?: Paper}

/** The state for people: agents, queue, pull requests, train, what landed today, what happened, and who needs them. */
export function statusText(state: DaemonState, how: How): string {
  const {agentsOnly, now, running, paper = paperOf()} = how
  const {header, agents} = state
  const table = agentTable(agents, now, paper)
  if (agentsOnly) return table
  const waiting = attention(state)
  const line = (text: string, tone?: Tone | 'heading') => toned(text, tone, paper)
  return [
    headerLine(state, {now, running}),
    ...(running ? ['', table] : []),
    '',
    ...queueLines(state, paper),
    ...pullLines(state, now, paper),
    ...trainLines(state),
    landedLine(state, now),
    ...recentLines(state),
    ...(header.halted === null ? [] : ['', line(header.halted, 'error')]),
    ...(header.troubles.length > 0 ? ['', ...header.troubles.map(text => line(text, 'error'))] : []),
    ...(waiting.length > 0
      ? [
          '',
          line(`${count(waiting.length, 'ticket')} need${waiting.length === 1 ? 's' : ''} you:`, 'heading'),
          ...waiting.map(text => line(text, 'warning')),
        ]
      : []),
  ].join('\n')
}

function headerLine({header}: DaemonState, {now, running}: {now: number; running: boolean}): string {
  const train =
    header.nextTrain === null || !running
      ? 'no train'
      : `train in ${age(header.nextTrain - now)}, ${header.aboard} aboard`
  const api = header.api ? `  api ${figure(header.api.remaining)} of ${figure(header.api.limit)}` : ''
  const cost = header.costToday === null ? '' : `  ${money(header.costToday)} today`
  return `${safeLine(header.repository)}  main ${header.main ? shortSha(header.main) : 'not seen yet'}  ${train}${api}${cost}`
}

function queueLines({tickets}: DaemonState, paper: Paper): string[] {
  const waiting = tickets.filter(({phase, foreignOwner}) => phase === 'ready' && foreignOwner === null)
  const ready = waiting.filter(({gate}) => gate === null)
  const held = waiting.length - ready.length
  const head = `Queue: ${ready.length} ready${held > 0 ? `, ${held} held back` : ''}`
  if (ready.length === 0) return [`${head}${held > 0 ? ' (clambake peek says why)' : ''}`]
  const table = columns(
    [{title: 'ISSUE', align: 'right'}, {title: 'TITLE'}, {title: 'PRIORITY'}],
    ready.slice(0, SHOWN).map(({number, title, priority}: TicketRow) => [`#${number}`, title, priority]),
    {paper},
  )
  return [toned(head, 'heading', paper), table, ...more(ready, 'clambake peek'), '']
}

function pullLines({pulls}: DaemonState, now: number, paper: Paper): string[] {
  const open = pulls.filter(({state}) => state === 'open')
  if (open.length === 0) return ['Pull requests: none open']
  const table = columns(
    [
      {title: 'PULL', align: 'right'},
      {title: 'TITLE'},
      {title: 'CHECKS'},
      {title: 'REVIEW'},
      {title: 'MERGE'},
      {title: 'SINCE', align: 'right'},
    ],
    open
      .slice(0, SHOWN)
      .map(row => [
        `#${row.number}`,
        row.title,
        checksText(row),
        row.draft ? 'draft' : row.review,
        row.landing ? 'landing' : row.mergeable,
        age(now - row.since),
      ]),
    {paper, tones: open.slice(0, SHOWN).map(toneOf)},
  )
  return [
    toned(`Pull requests: ${open.length} open`, 'heading', paper),
    table,
    ...more(open, 'clambake status --json'),
    '',
  ]
}

function toneOf({checks, mergeable, attention: asks}: PullRow): Tone | undefined {
  if (asks !== null) return 'warning'
  return checks.state === 'failed' || mergeable === 'conflict' ? 'error' : undefined
}

function checksText({checks: {state, done, total}}: PullRow): string {
  return state === 'pending' ? `${done} of ${total}` : state
}

function trainLines({header: {train, aboard}}: DaemonState): string[] {
  const waits = aboard === 0 ? 'nothing waits for it' : `${count(aboard, 'ticket')} aboard`
  return [
    `Train: ${train.text === null ? waits : safeLine(train.text)}`,
    ...(train.paused === null ? [] : [`The train is paused: ${safeLine(train.paused)}`]),
  ]
}

/** Tickets that landed since midnight here, as far as the state and its events go back. */
function landedLine({tickets, events}: DaemonState, now: number): string {
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  const landed = new Set([
    ...events.flatMap(({type, ticket, at}) => (type === 'pr_merged' && at >= midnight && ticket ? [ticket] : [])),
    ...tickets.flatMap(({phase, since, number}) => (phase === 'merged' && since >= midnight ? [number] : [])),
  ])
  return `Landed today: ${landed.size === 0 ? 'nothing' : list([...landed].toSorted((one, other) => one - other))}`
}

function recentLines({events}: DaemonState): string[] {
  return events.length === 0 ? [] : ['', ...events.slice(0, SHOWN).toReversed().map(eventLine)]
}

function more(rows: readonly unknown[], how: string): string[] {
  return rows.length > SHOWN ? [`… and ${rows.length - SHOWN} more: ${how}`] : []
}

/** Who needs a person, and what to do about each. */
export function attention({agents, tickets}: DaemonState): string[] {
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

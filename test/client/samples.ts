import type {AgentId} from '../../src/model/data/ids.ts'
import type {ShownTrain} from '../../src/model/decide/train/shown.ts'
import type {ConflictSide} from '../../src/model/radar/conflict.ts'
import type {AgentRow, Asks, DaemonState, HeaderState, PeerRow, PullRow, TicketRow} from '../../src/protocol/daemon.ts'

/** 2026-11-21 09:47:00 of no zone: tests that show times of day read it back as the machine does. */
export const NOW = new Date(2026, 10, 21, 9, 47, 0).getTime()

const LIMIT: ConflictSide = {key: '#131', label: '#131', ticket: 131, agent: 'agent002', branch: 'agent002/131-limit'}
const TOTALS: ConflictSide = {key: '#140', label: '#140', ticket: 140, agent: 'agent004', branch: 'agent004/140-totals'}
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

export function ticket(change: Partial<TicketRow> & {number: number}): TicketRow {
  return {
    title: `Issue ${change.number}`,
    phase: 'ready',
    detail: null,
    priority: 'none',
    agent: null,
    claim: change.agent == null ? null : `claim of #${change.number}`,
    foreignOwner: null,
    gate: null,
    attention: null,
    next: null,
    branch: null,
    pull: null,
    createdAt: NOW - 5 * DAY,
    since: NOW - 5 * DAY,
    ...change,
  }
}

export function agent(index: number, change: Partial<AgentRow> = {}): AgentRow {
  const id = `agent00${index}` as AgentId
  return {
    agent: id,
    state: 'working',
    activity: 'Edit',
    doing: '',
    asks: null,
    since: NOW - 11 * MINUTE,
    ticket: null,
    claim: change.ticket == null ? null : `claim of #${change.ticket}`,
    title: null,
    ticketCost: null,
    pane: `pane-${index}`,
    said: [],
    ...change,
  }
}

/** What the first agent of the shop asks. */
export const asks: Asks = {
  id: 7001,
  kind: 'permission',
  tool: 'Bash',
  input: 'command: npm install cookie@1.0.2\ndescription: Install the cookie package',
  directory: '/work/shop/.clambake/worktrees/issue-123',
  since: NOW - 3 * MINUTE,
  rule: 'Bash(npm install:*)',
  questions: [],
}

export const question: Asks = {
  ...asks,
  id: 7002,
  kind: 'question',
  tool: 'AskUserQuestion',
  input: '',
  rule: null,
  questions: [
    {
      question: 'Which store should sessions use?',
      multiSelect: false,
      options: [
        {label: 'Memory', description: 'gone with the process'},
        {label: 'Redis', description: ''},
      ],
    },
    {
      question: 'What else?',
      multiSelect: true,
      options: [
        {label: 'Log', description: ''},
        {label: 'Test', description: ''},
        {label: 'Both', description: ''},
      ],
    },
  ],
}

export function pull(change: Partial<PullRow> & {number: number}): PullRow {
  return {
    title: `Pull ${change.number}`,
    ticket: null,
    state: 'open',
    checks: {state: 'pending', done: 4, total: 6},
    mergeable: 'clean',
    review: 'none',
    draft: false,
    landing: false,
    attention: null,
    since: NOW - 2 * MINUTE,
    ...change,
  }
}

export function peer(change: Partial<PeerRow> & {id: string}): PeerRow {
  return {
    name: change.id,
    project: 'acme/web',
    directory: '/work/web',
    task: '',
    model: 'claude',
    host: 'laptop',
    status: 'busy',
    standing: 'active',
    agent: null,
    claim: null,
    supervised: false,
    registeredAt: NOW - 40 * MINUTE,
    heartbeatAt: NOW,
    holds: [],
    reserves: [],
    overdue: 0,
    ...change,
  }
}

/** No train is under way or paused. */
export const NO_TRAIN: ShownTrain = {
  stage: null,
  aboard: [],
  pulls: [],
  text: null,
  since: 0,
  paused: null,
  stayed: [],
}

export const header: HeaderState = {
  repository: 'acme/shop',
  root: '/work/shop',
  main: '4f2c9d1a07b3c5d6e7f8091a2b3c4d5e6f708192',
  nextTrain: NOW + 4 * MINUTE + 12_000,
  aboard: 2,
  train: NO_TRAIN,
  api: {limit: 5000, remaining: 4812, resetAt: NOW, calls: 188, graphql: null},
  costToday: 3.41,
  routing: 'by hand',
  routingLabel: 'route:ready',
  readOnly: false,
  halted: null,
  troubles: [],
}

/** The reference drawing's state. */
export const shop: DaemonState = {
  header,
  agents: [
    agent(1, {
      state: 'waiting',
      activity: 'asks',
      doing: 'Bash npm install cookie@1.0.2',
      asks,
      since: NOW - 3 * MINUTE,
      ticket: 123,
      title: 'Fix login redirect after signup',
      ticketCost: 0.42,
    }),
    agent(2, {doing: 'src/search/limit.ts', ticket: 131, title: 'Add rate limit to /search'}),
    agent(3, {activity: 'Bash', since: NOW - 24 * MINUTE, ticket: 118, title: 'Drop moment.js'}),
    agent(4, {activity: 'Read', since: NOW - MINUTE, ticket: 140, title: 'Cart: round totals'}),
  ],
  tickets: [
    ticket({number: 127, title: 'Search index stalls', priority: 'high', createdAt: NOW - 2 * DAY}),
    ticket({number: 140, title: 'Cart: round totals', phase: 'working', agent: 'agent004', since: NOW - MINUTE}),
    ticket({number: 133, title: 'Docs: webhook retries'}),
    ticket({number: 118, title: 'Drop moment.js', phase: 'working', agent: 'agent003', since: NOW - 24 * MINUTE}),
    ticket({number: 136, title: 'Typo in checkout', createdAt: NOW - 6 * DAY}),
    ticket({
      number: 123,
      title: 'Fix login redirect after signup',
      phase: 'working',
      agent: 'agent001',
      attention: 'asks: run npm install',
      since: NOW - 3 * MINUTE,
    }),
    ticket({
      number: 129,
      title: 'Split cart service',
      gate: {kind: 'waits', text: 'waits for #127'},
      createdAt: NOW - 9 * DAY,
    }),
    ticket({
      number: 131,
      title: 'Add rate limit to /search',
      phase: 'working',
      agent: 'agent002',
      since: NOW - 11 * MINUTE,
    }),
    ticket({
      number: 101,
      title: 'Choose a tax provider',
      gate: {kind: 'human', text: 'human-only'},
      createdAt: NOW - 21 * DAY,
    }),
  ],
  pulls: [
    pull({number: 214, title: 'bundle 09:40 · 3 tickets', landing: true}),
    pull({
      number: 212,
      title: 'Cache product list',
      checks: {state: 'passed', done: 6, total: 6},
      since: NOW - 8 * MINUTE,
    }),
    pull({
      number: 209,
      title: 'Retry payment webhooks',
      checks: {state: 'failed', done: 6, total: 6},
      since: NOW - 31 * MINUTE,
    }),
  ],
  conflicts: [
    {
      one: LIMIT,
      other: TOTALS,
      files: [
        {path: 'src/cart/total.ts', kind: 'contents'},
        {path: 'src/a.ts', kind: 'modify/delete'},
      ],
      committed: true,
      since: NOW - 6 * MINUTE,
    },
  ],
  sides: [{key: '#123', label: '#123', ticket: 123, agent: 'agent001', branch: 'agent001/123-redirect'}, LIMIT, TOTALS],
  events: [
    {seq: 1, at: NOW - 9 * MINUTE, repository: 'acme/shop', type: 'pr_merged', message: '#108 landed · 14m · $0.61'},
    {seq: 2, at: NOW - 3 * MINUTE, repository: 'acme/shop', type: 'issue_assigned', message: '#140 claimed by a004'},
    {
      seq: 3,
      at: NOW - MINUTE,
      repository: 'acme/shop',
      type: 'status_update',
      message: 'a001 asks: run npm install',
      severity: 'warning',
    },
  ],
  hub: {
    link: {is: 'here'},
    peers: [
      peer({
        id: 'agent001@/work/shop',
        name: 'a001',
        project: 'acme/shop',
        task: '#123 Fix login redirect after signup',
        agent: 'agent001' as AgentId,
        supervised: true,
        status: 'idle',
      }),
      peer({
        id: 'docs-77b1',
        project: 'acme/docs',
        task: 'webhook guide',
        reserves: ['docs/**'],
        status: 'idle',
        heartbeatAt: NOW - 4 * MINUTE,
      }),
      peer({id: 'web-3f2a', task: 'moves the compose file', holds: ['docker']}),
      peer({id: 'api-9c0d', project: 'acme/api', task: '', standing: 'stale', heartbeatAt: NOW - 41 * MINUTE}),
      peer({id: 'cart-1a2b', project: 'acme/cart', task: 'totals', overdue: 1, heartbeatAt: NOW - 2 * MINUTE}),
    ],
    more: 0,
    blockers: [
      {
        id: 12,
        from: 'web-3f2a',
        instance: 'web-3f2a',
        to: '@all',
        text: 'the compose file moves; wait for my done',
        at: NOW - 4 * MINUTE,
        expiresAt: NOW + 26 * MINUTE,
        resource: 'docker',
      },
    ],
    unread: 2,
    overdue: 1,
    reservations: [],
    mailMark: 'a',
  },
}

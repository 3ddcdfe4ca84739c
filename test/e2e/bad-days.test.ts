import {afterAll, beforeAll, expect, it} from 'vitest'
import type {StepInput} from '../../fixtures/agent/script.ts'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import type {Call} from '../../fixtures/github/server.ts'
import {poll} from '../../src/base/clock.ts'
import {run} from '../../src/base/run.ts'
import type {DaemonState, TicketRow} from '../../src/protocol/daemon.ts'
import {refusalData} from './refusals.ts'
import {openPlay, type Play} from './stage.ts'

const LONG_MS = 60_000

function issue(title: string, turns: StepInput[]): DemoIssue {
  return {title, body: 'As the title says.', labels: ['route:ready'], turns: [turns]}
}

const [SLOW, WAITING, DELETED] = [1, 2, 3]

let play: Play
let daemon: Awaited<ReturnType<Play['daemon']>>
beforeAll(async () => {
  play = await openPlay({
    agents: 2,
    issues: [
      issue('Is labelled late', [{do: 'sleep', ms: 600_000}]),
      issue('Waits for its turn', []),
      issue('Goes away', [
        {do: 'sleep', ms: 1500},
        {do: 'edit', file: 'done.txt', content: 'done\n'},
        {do: 'commit', message: 'Write done.txt'},
      ]),
    ],
  })
  await play.command(['daemon', 'start'])
  daemon = await play.daemon()
})
afterAll(async () => {
  await daemon[Symbol.asyncDispose]()
  await play[Symbol.asyncDispose]()
})

async function until<T>(probe: (state: DaemonState) => T | undefined | false, what: string): Promise<T> {
  const found = await poll(async () => probe(await daemon.call('state', {})) || undefined, {
    ...{everyMs: 100, timeoutMs: LONG_MS},
  })
  if (found !== undefined) return found
  throw new Error(`never: ${what}\n${JSON.stringify(await daemon.call('state', {}))}`)
}

const row = (number: number, holds: (row: TicketRow) => boolean) => (state: DaemonState) =>
  state.tickets.find(ticket => ticket.number === number && holds(ticket))
const git = async (...args: string[]) => (await run('git', {args, cwd: play.checkout, env: play.env})).stdout.trim()
const look = () => daemon.call('refresh', {}).catch(() => undefined)
const wellAgain = () => until(({header}) => header.troubles.length === 0, 'it is well again')

/** A write that GitHub took. */
function isWrite({method, path, status}: Call): boolean {
  return method !== 'GET' && !path.endsWith('/graphql') && (status ?? 0) < 400
}

it('a token that may only read is shown as a trouble, and all is written once it may write', {
  timeout: 120_000,
}, async () => {
  const message = 'Resource not accessible by personal access token'
  {
    using _noWrites = play.github.fault({
      ...{kind: 'status', status: 403, message, times: 1_000_000},
      match: {method: 'POST', path: /\/issues\//},
    })
    await daemon.call('pop', {issue: SLOW}, {timeoutMs: LONG_MS})
    const told = await until(({header}) => header.troubles.find(text => text.includes(message)), 'the trouble is shown')
    expect(told).toMatch(/may not add labels/)
    expect(play.repository.issue(SLOW).labels).not.toContain('agent:in-progress')
  }
  await wellAgain()
  await until(() => play.repository.issue(SLOW).labels.includes('agent:in-progress'), 'the labels are there')
})

it('an answer with status 200 from another server is shown as a trouble, loses nothing, and heals', {
  timeout: 120_000,
}, async () => {
  {
    using _page = play.github.fault({
      ...{kind: 'status', status: 200, message: 'Welcome to the network of this hotel', times: 1_000_000},
      match: {path: /graphql$/},
    })
    await look()
    await until(({header}) => header.troubles.some(text => /not understood/.test(text)), 'the trouble is shown')
    const {tickets} = await daemon.call('state', {})
    expect(tickets.map(({number}) => number)).toEqual(expect.arrayContaining([SLOW, WAITING, DELETED]))
  }
  await look()
  await wellAgain()
})

it.each([
  // GitHub's own mishap, which a server error by REST is, too.
  [undefined, 'Something went wrong while executing your query', /answers 500/],
  ['SERVICE_UNAVAILABLE', 'labels timed out', /labels timed out/],
  ['FORBIDDEN', 'Resource not accessible by personal access token', /may not .*Resource not accessible/],
])(
  'an answer with status 200 and an error in it (%s) is shown as a trouble, loses nothing, and heals',
  {
    timeout: 120_000,
  },
  async (type, message, told) => {
    const before = play.github.calls.length
    {
      using _errors = play.github.fault({
        ...{kind: 'graphql-error', message, ...(type && {type}), times: 1_000_000},
        match: {path: /graphql$/},
      })
      await look()
      await until(({header}) => header.troubles.some(text => told.test(text)), 'the trouble is shown')
      const {tickets} = await daemon.call('state', {})
      expect(tickets.map(({number}) => number)).toEqual(expect.arrayContaining([SLOW, WAITING, DELETED]))
      expect(tickets.find(({number}) => number === SLOW)).toMatchObject({phase: 'working'})
    }
    await look()
    await wellAgain()
    expect(play.github.calls.slice(before).filter(isWrite)).toEqual([])
  },
)

it('a routing label that was renamed takes issues out of the queue with the reason, and brings them back', {
  timeout: 120_000,
}, async () => {
  await until(
    row(WAITING, ({gate}) => gate === null),
    'it is in the queue',
  )
  play.repository.renameLabel('route:ready', 'ready')
  await look()
  const held = await until(
    row(WAITING, ({gate}) => gate !== null),
    'it is held back',
  )
  expect(held.gate).toMatchObject({kind: 'label', text: 'no label route:ready'})
  // Work continues, and the renamed label is not created a second time.
  expect(play.repository.issue(WAITING).labels).toEqual(['ready'])
  play.repository.renameLabel('ready', 'route:ready')
  await look()
  await until(
    row(WAITING, ({gate}) => gate === null),
    'it is in the queue again',
  )
})

it('issues that are turned off are shown as a trouble, stop no work, are not written to, and come back', {
  timeout: 120_000,
}, async () => {
  await until(
    row(SLOW, ({phase}) => phase === 'working'),
    'it is worked on',
  )
  play.repository.turnIssues(false)
  const before = play.github.calls.length
  await look()
  await until(
    ({header}) => header.troubles.some(text => /Issues are turned off in acme\/shop/.test(text)),
    'it is shown',
  )
  const {tickets} = await daemon.call('state', {})
  expect(tickets.map(({number}) => number)).toEqual(expect.arrayContaining([SLOW, WAITING, DELETED]))
  expect(tickets.find(({number}) => number === SLOW)).toMatchObject({phase: 'working', attention: null})
  expect((await refusalData(play, ['pop', '99'])).message).toMatch(/Issues are turned off/)
  expect(play.github.calls.slice(before).filter(isWrite)).toEqual([])
  play.repository.turnIssues(true)
  await look()
  await wellAgain()
  await until(
    row(SLOW, ({phase}) => phase === 'working'),
    'it is still worked on',
  )
})

it('an issue that is transferred while its agent works, and has the same number there, is named as gone, costs no work, and is not written to', {
  timeout: 120_000,
}, async () => {
  await daemon.call('pop', {issue: DELETED}, {timeoutMs: LONG_MS})
  await until(
    row(DELETED, ({phase}) => phase === 'working'),
    'it is worked on',
  )
  const other = await play.github.createRepository({name: 'elsewhere'})
  for (let taken = 1; taken < DELETED; taken++) other.openIssue({title: 'Theirs'})
  const before = play.github.calls.length
  expect(play.repository.transferIssue(DELETED, other)).toBe(DELETED)
  // Whether its agent is done before that is seen or is ended by it: both end in the same place.
  await look()
  const {attention, branch} = await until(
    row(DELETED, ({phase}) => phase === 'blocked'),
    'it has a named state',
  )
  expect(attention).toBe('its issue is gone from this repository: it was deleted or transferred')
  expect((await daemon.call('why', {subject: String(DELETED)})).facts[0]?.text).toContain(attention)
  expect(await git('rev-parse', '--verify', `refs/heads/${branch}`)).toMatch(/^[0-9a-f]{40}$/)
  expect(await git('worktree', 'list')).toContain(branch)
  await until(({agents}) => agents.every(({ticket}) => ticket !== DELETED), 'its agent is free')
  await look()
  await wellAgain()
  expect((await daemon.call('state', {})).tickets.filter(({number}) => number === DELETED)).toHaveLength(1)
  const written = play.github.calls
    .slice(before)
    .filter(call => isWrite(call) && /\/(issues\/3|pulls)\b/.test(call.path))
  expect(written).toEqual([])
  expect(other.issue(DELETED)).toMatchObject({state: 'open', comments: []})
})

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {project, type ScreenData} from '../../src/daemon/project.ts'
import {NO_HUB} from '../../src/protocol/daemon/hub.ts'
import type {TicketRow} from '../../src/protocol/daemon.ts'
import {aConfig, aPull} from '../model/builders.ts'
import {diligent, memoryWorld} from './memory.ts'

const around: ScreenData = {
  repository: 'acme/widgets',
  root: '/repo',
  readOnly: false,
  nextTrain: 5,
  api: null,
  events: [],
  hub: NO_HUB,
  troubles: ['GitHub answers 503'],
  reviews: new Map(),
  asks: () => null,
  claimOf: () => ({}),
  said: () => [],
  jobs: [],
  at: 0,
}

/** A day's end: one landed, one in progress, one bottled, one blocked, one waiting, one held by another daemon. */
async function aDay() {
  const world = memoryWorld({routing: {max_agents: 2}})
  const {github, git, host} = world
  for (const number of [1, 2, 3, 4, 5, 6]) github.openIssue(number)
  github.openIssue(7, {labels: ['route:ready', 'route:blocked', 'route:priority-high']})
  host.play = (info, text) => {
    if (info.meta.ticket === '2') return
    if (info.meta.ticket === '4') host.say(info.pane, 'Stop')
    else diligent(world)(info, text)
  }
  const daemon = await world.start()
  await daemon.api.pop({issue: 1})
  await world.until(() => daemon.state().header.aboard === 1, '#1 is bottled')
  await daemon.api.land({})
  await world.until(() => github.issues.get(1)?.state === 'closed', '#1 landed')
  for (const issue of [4, 3, 2]) {
    await world.until(() => daemon.state().agents.some(({state}) => state === 'available'), 'a slot is free')
    await daemon.api.pop({issue})
  }
  await world.until(() => daemon.state().tickets.some(({phase}) => phase === 'blocked'), '#4 is blocked')
  await world.until(() => daemon.state().header.aboard === 1, '#3 is bottled')
  await git.claim({...git.claimRefs.get(2)!.record, issue: 6, owner: 'other', host: 'elsewhere', branch: 'x', pull: 9})
  await daemon.api.refresh({})
  await world.until(() => host.prompts.some(({ticket}) => ticket === 2), '#2 is worked on')
  daemon.kill()
  return {state: daemon.engine.state(), shown: daemon.state()}
}

describe('the projected state', () => {
  it('has every issue once, in the order of the queue, with its phase and what it needs', async () => {
    const {shown, state} = await aDay()
    const row = (number: number) => shown.tickets.find(ticket => ticket.number === number)
    expect(shown.tickets.map(({number}) => number)).toEqual([7, 2, 3, 4, 5, 6, 1])
    expect(row(1)).toMatchObject({phase: 'merged', pull: 101})
    expect(row(2)).toMatchObject({phase: 'working', agent: 'agent002', branch: 'agent002/2-issue-2', attention: null})
    const asking = project(
      {...state, agents: {...state.agents, agent002: {...state.agents.agent002!, value: 'waiting'}}},
      around,
    )
    expect(asking.tickets.find(({number}) => number === 2)?.attention).toBe(asking.agents[1]?.activity)
    expect(row(3)).toMatchObject({phase: 'review', detail: 'bottled', gate: null})
    expect(row(4)).toMatchObject({phase: 'blocked', attention: 'the agent made no commit after 2 reminders'})
    expect(row(5)).toMatchObject({phase: 'ready', agent: null, foreignOwner: null})
    expect(row(6)).toMatchObject({phase: 'claimed', foreignOwner: 'elsewhere', branch: 'x', pull: 9})
    expect(row(7)).toMatchObject({phase: 'blocked', priority: 'high', gate: {kind: 'blocked'}})
    expect(shown.agents).toMatchObject([
      {agent: 'agent001', state: 'available', ticket: null, title: null, pane: null},
      {agent: 'agent002', state: 'working', ticket: 2, title: 'Issue 2', pane: expect.any(String)},
    ])
    expect(shown.header).toMatchObject({aboard: 1, routing: 'by hand', troubles: []})
  })

  it('shows the commands of a worktree in the place of its agent, before it starts and after it has ended', async () => {
    const {state} = await aDay()
    const command = {command: 'npm ci', since: 5}
    const shown = (kind: 'setup' | 'teardown', ticket: number, agents = state.agents) =>
      project({...state, agents}, {...around, jobs: [{...command, kind, ticket, pane: 'a job'}]}).agents
    const starting = {...state.agents.agent002!, value: 'assigned' as const}
    const before = {...state.agents, agent002: {...starting, context: {...starting.context, pane: null}}}
    expect(shown('setup', 2, before)[1]).toMatchObject({pane: 'a job', activity: 'sets up', doing: 'npm ci', since: 5})
    expect(shown('teardown', 1)[0]).toMatchObject({pane: 'a job', activity: 'tears down', state: 'available'})
    // One that works shows its own terminal.
    expect(shown('setup', 2)[1]).toMatchObject({pane: state.agents.agent002!.context.pane})
  })

  it('names a green ticket as needing a person where people merge', async () => {
    const {state} = await aDay()
    const ticket = state.tickets[3]!
    const tickets = {3: {value: 'mergeable' as const, context: {...ticket.context, pull: 8}}}
    const attention = (auto_merge: boolean) => {
      const config = aConfig({integration: {auto_merge}})
      return project({...state, config, tickets}, around).tickets.find(({number}) => number === 3)?.attention
    }
    expect(attention(true)).toBeNull()
    expect(attention(false)).toContain('merge #8 on GitHub')
  })

  it('is the same whatever order issues and tickets came in', async () => {
    const {state} = await aDay()
    const before = project(state, around)
    const byNumber = (rows: readonly TicketRow[]) => rows.toSorted((a, b) => a.number - b.number)
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...state.queue], {minLength: state.queue.length}),
        fc.shuffledSubarray(Object.entries(state.tickets), {minLength: Object.keys(state.tickets).length}),
        (queue, tickets) => {
          const after = project({...state, queue, tickets: Object.fromEntries(tickets)}, around)
          expect(byNumber(after.tickets)).toEqual(byNumber(before.tickets))
          expect({...after, tickets: []}).toEqual({...before, tickets: []})
        },
      ),
      {numRuns: 20},
    )
  })

  it('of a pull request has the ticket, its checks and whether it lands', async () => {
    const {state} = await aDay()
    const ticket = state.tickets[3]!
    const landing = {
      ...ticket,
      value: 'checking' as const,
      context: {...ticket.context, pull: 8, checks: {done: 1, total: 3}},
    }
    const pulls = [aPull(8, {checks: null}), aPull(9, {mergeable: 'conflict'}), aPull(10, {checks: null})]
    const {pulls: rows} = project({...state, pulls, tickets: {...state.tickets, 3: landing}}, around)
    expect(rows).toMatchObject([
      {number: 8, ticket: 3, landing: true, attention: null, checks: {state: 'pending', done: 1, total: 3}},
      {number: 9, ticket: null, landing: false, mergeable: 'conflict', checks: {state: 'passed'}},
      {number: 10, ticket: null, checks: {state: 'unknown', done: 0, total: 0}},
    ])
    // The list of pull requests is older than the last look at one that waits for its checks.
    const [newer] = project({...state, pulls: [aPull(8)], tickets: {...state.tickets, 3: landing}}, around).pulls
    expect(newer?.checks).toEqual({state: 'pending', done: 1, total: 3})
    const held = {...landing, value: 'held' as const, context: {...landing.context, reason: '0 of 1 approvals'}}
    const [waiting] = project({...state, pulls: [aPull(8)], tickets: {...state.tickets, 3: held}}, around).pulls
    expect(waiting).toMatchObject({landing: true, attention: '0 of 1 approvals'})
    const green = {...landing, value: 'mergeable' as const}
    const [older] = project({...state, pulls: [aPull(8)], tickets: {...state.tickets, 3: green}}, around).pulls
    expect(older?.checks).toEqual({state: 'passed', done: 1, total: 1})
  })

  it('of a conflict has the files until it is repaired', async () => {
    const {state} = await aDay()
    const ticket = state.tickets[2]!
    const assignment = {kind: 'repair', repair: {kind: 'conflict', paths: ['a.ts']}} as const
    const at = (value: 'working' | 'checking') => {
      const tickets = {2: {value, context: {...ticket.context, assignment}}}
      return project({...state, tickets}, around).conflicts
    }
    expect(at('working')).toMatchObject([
      {one: {ticket: 2, branch: 'agent002/2-issue-2'}, other: null, files: [{path: 'a.ts'}]},
    ])
    expect(at('checking')).toEqual([])
  })

  it('begins empty', async () => {
    const daemon = await memoryWorld({routing: {max_agents: 1}}).start()
    expect(project(daemon.engine.state(), around)).toMatchObject({
      header: {repository: 'acme/widgets', main: null, nextTrain: 5, aboard: 0, troubles: ['GitHub answers 503']},
      agents: [{agent: 'agent001', state: 'available'}],
      tickets: [],
      pulls: [],
    })
    daemon.kill()
  })
})

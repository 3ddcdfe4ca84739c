import {randomUUID} from 'node:crypto'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {restoredTickets} from '../../src/daemon/start/restore.ts'
import {newState} from '../../src/model/core/state.ts'
import {type Claim, type ClaimRecord, claimPhase} from '../../src/model/data/claim.ts'
import type {MailItem, PaneInfo} from '../../src/model/data/pane.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {claimOf} from '../git/claim-of.ts'
import {aConfig, anIssue} from '../model/builders.ts'
import {shaOf} from './memory-git.ts'

const config = aConfig()

type Found = {
  issue?: number
  phase?: ClaimRecord['phase']
  attempts?: number
  starts?: number[]
  repairs?: number
  conflicts?: number
  reviews?: number
  pull?: number | null
  head?: string | null
  live?: boolean
  prompted?: boolean
  owner?: string
  agent?: string
}

function aClaim({issue = 7, owner = 'me', agent = 'agent001', phase = 'working', ...found}: Found): Claim {
  const {attempts = 1, repairs = 0, pull = null, head = shaOf('head')} = found
  const starts = found.starts && {starts: found.starts}
  const {conflicts, reviews} = found
  const free = {...(conflicts && {conflicts}), ...(reviews && {reviews})}
  const record = claimOf(issue, shaOf('base'), {owner, agent, phase, attempts, ...starts, repairs, ...free, pull, head})
  return {oid: shaOf(`claim ${issue}`), record: {...record, version: 1, fence: 1, nonce: randomUUID()}}
}

function aPane({issue = 7, agent = 'agent001', live = false}: Found): PaneInfo {
  const meta = {agent, ticket: String(issue)}
  const exit = live ? null : {code: 0, signal: null, at: 0}
  return {pane: `p${issue}`, title: agent, session: '', meta, cwd: '/', cols: 1, rows: 1, pid: 1, startedAt: 0, exit}
}

/** What a daemon finds when it starts, and the tickets that it restores from it. */
function restore(...found: Found[]) {
  const mail = found.flatMap(({issue = 7, prompted}, seq): MailItem[] =>
    prompted ? [{seq, pane: `p${issue}`, at: 0, kind: 'UserPromptSubmit', body: {}, reply: false}] : [],
  )
  const claims = found.map(aClaim)
  const panes = found.map(aPane)
  const worktreeOf = (issue: number) => `/w/${issue}`
  return restoredTickets({claims, owner: 'me', panes, mail, config, worktreeOf, at: 5})
}

/** The same after the decision: the next state, and the effects. */
function takeUp(...found: Found[]) {
  const mode = {routing: 'auto', landing: 'by hand'} as const
  const start = newState({config, mode, at: 0})
  const restored = decide(start, {type: 'restored', tickets: restore(...found)}, 5)
  const issues = found.map(({issue = 7}) => anIssue(issue))
  const claims = decide(restored.state, {type: 'claimsSeen', claims: found.map(aClaim), dead: []}, 5)
  const seen = decide(claims.state, {type: 'githubSeen', issues, pulls: [], main: shaOf('main')}, 5)
  const effects = [...restored.effects, ...seen.effects].filter(({name}) => name !== 'showTicket')
  return {state: seen.state, effects, names: effects.map(({name}) => name)}
}

describe('a restored ticket', () => {
  it.each<[ClaimRecord['phase'], boolean, string, string[]]>([
    ['claimed', false, 'preparing', ['prepareWorktree']],
    ['claimed', true, 'working', []],
    ['working', false, 'preparing', ['prepareWorktree']],
    ['working', true, 'working', []],
    ['review', false, 'bottled', []],
    ['review', true, 'bottled', ['stopAgent']],
    ['landing', false, 'opening', ['openPull']],
    ['landing', true, 'opening', ['stopAgent', 'openPull']],
    ['repair', false, 'opening', ['openPull']],
    ['repair', true, 'opening', ['stopAgent', 'openPull']],
    ['merged', false, 'opening', ['openPull']],
    ['merged', true, 'opening', ['stopAgent', 'openPull']],
    ['blocked', false, 'blocked', []],
    ['blocked', true, 'blocked', ['stopAgent']],
  ])('of a claim that is %s, its agent alive: %s', (phase, live, value, effects) => {
    const {state, names} = takeUp({phase, live, prompted: live})
    expect(state.tickets[7]?.value).toBe(value)
    expect(names).toEqual(effects)
    expect(state.agents.agent001?.context.ticket).toBe(live || value === 'preparing' ? 7 : null)
  })

  it('gives a live agent its task if it has none yet: the first time, or to continue', () => {
    const [first] = takeUp({phase: 'working', live: true, prompted: false}).effects
    expect(first).toMatchObject({name: 'promptAgent', assignment: {kind: 'first'}})
    const [again] = takeUp({phase: 'working', live: true, prompted: false, attempts: 2}).effects
    expect(again).toMatchObject({name: 'promptAgent', assignment: {kind: 'repair', repair: {kind: 'resume'}}})
  })

  it('resumes the conversation of a dead agent, and begins one that never began', () => {
    expect(restore({phase: 'working', attempts: 1})[0]?.ticket.context.assignment).toMatchObject({kind: 'repair'})
    expect(restore({phase: 'claimed', attempts: 0})[0]?.ticket.context.assignment).toEqual({kind: 'first'})
  })

  it('keeps how many of its repairs do not count, but for one that is asked for again', () => {
    const counted = (found: Found) => {
      const {repairs, conflicts, reviews} = restore(found)[0]!.ticket.context
      return {repairs, conflicts, reviews}
    }
    const made = {repairs: 4, conflicts: 2, reviews: 1}
    expect(counted({phase: 'working', ...made})).toEqual(made)
    expect(counted({phase: 'repair', ...made})).toEqual({repairs: 3, conflicts: 2, reviews: 1})
    expect(counted({phase: 'repair', repairs: 2, conflicts: 1, reviews: 1})).toEqual({
      repairs: 1,
      conflicts: 0,
      reviews: 1,
    })
    // Of an older daemon.
    expect(counted({phase: 'working', repairs: 2})).toEqual({repairs: 2, conflicts: 0, reviews: 0})
  })

  it('does not skip the restart back-off of an agent that died, nor its limit', () => {
    const died = takeUp({phase: 'working', starts: [2, 3, 4]})
    expect(died.effects).toEqual([{name: 'timer', ticket: 7, epoch: 0, ms: 16_000}])
    expect(decide(died.state, {type: 'timeout', ticket: 7, epoch: 0}, 5).effects).toContainEqual(
      expect.objectContaining({name: 'prepareWorktree'}),
    )
    const often = takeUp({phase: 'working', starts: [1, 2, 3, 4, 5]})
    expect(often.names).toEqual(['timer'])
    const {state, effects} = decide(often.state, {type: 'timeout', ticket: 7, epoch: 0}, 5)
    expect(state.tickets[7]).toMatchObject({value: 'blocked', context: {reason: expect.stringContaining('5 times')}})
    expect(effects.map(({name}) => name)).toContain('blockTicket')
    const [live] = restore({phase: 'working', live: true, prompted: true, starts: [1, 2, 3, 4, 5]})
    expect(live?.ticket).toMatchObject({value: 'working', context: {paused: false, starts: [1, 2, 3, 4, 5]}})
  })

  it('gives a repair whose work was never pushed to its agent, as there is nothing to look at on GitHub', () => {
    expect(restore({phase: 'repair', repairs: 1, head: null})[0]?.ticket.value).toBe('queued')
  })

  it('does not count a repair twice: its reason is read again', () => {
    expect(restore({phase: 'repair', repairs: 2})[0]?.ticket.context.repairs).toBe(1)
    expect(restore({phase: 'working', repairs: 2})[0]?.ticket.context.repairs).toBe(2)
  })

  it('boards again if it was aboard, and only then', () => {
    const boarded = (found: Found) => restore(found)[0]?.ticket.context.boarded
    expect(boarded({phase: 'review'})).toBe(false)
    expect(boarded({phase: 'working'})).toBe(false)
    expect(boarded({phase: 'working', pull: 9})).toBe(true)
    expect(boarded({phase: 'landing'})).toBe(true)
  })

  it('takes the slot that runs it, even beyond the configured ones', () => {
    const {state, names} = takeUp({live: true, prompted: true, agent: 'agent009'})
    expect(state.agents.agent009).toMatchObject({value: 'working', context: {ticket: 7, pane: 'p7'}})
    expect(names).toEqual([])
  })

  it('is none for a claim of another owner', () => {
    const {state, names} = takeUp({owner: 'other', live: true})
    expect(state.tickets).toEqual({})
    expect(names).not.toContain('stopAgent')
  })
})

describe('a daemon that starts', () => {
  const found = (issue: number): fc.Arbitrary<Found> =>
    fc.record({
      issue: fc.constant(issue),
      phase: fc.constantFrom(...claimPhase.options),
      attempts: fc.nat(5),
      repairs: fc.nat(3),
      pull: fc.constantFrom(null, 100 + issue),
      live: fc.boolean(),
      prompted: fc.boolean(),
      owner: fc.constantFrom('me', 'me', 'other'),
      agent: fc.constant(`agent00${issue}`),
    })

  it('keeps every ticket of its own, claims none again, and starts no second agent', () => {
    fc.assert(
      fc.property(fc.tuple(found(1), found(2), found(3)), all => {
        const {state, effects} = takeUp(...all)
        const own = all.filter(({owner}) => owner === 'me')
        expect(Object.values(state.tickets).map(({context}) => context.issue)).toEqual(
          expect.arrayContaining(own.map(({issue}) => issue)),
        )
        for (const {issue, live} of own) {
          const asked = effects.filter(effect => 'ticket' in effect && effect.ticket === issue).map(({name}) => name)
          expect(asked).not.toContain('claimTicket')
          if (live) expect(asked).not.toContain('prepareWorktree')
          expect(asked.filter(name => name === 'prepareWorktree' || name === 'promptAgent').length).toBeLessThan(2)
        }
        const busy = Object.values(state.agents).flatMap(({context}) => context.ticket ?? [])
        expect(new Set(busy).size).toBe(busy.length)
      }),
    )
  })
})

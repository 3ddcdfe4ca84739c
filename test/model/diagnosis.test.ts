import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState, type State} from '../../src/model/core/state.ts'
import type {Effect} from '../../src/model/data/effects.ts'
import type {Issue} from '../../src/model/data/issue.ts'
import type {PaneInfo} from '../../src/model/data/pane.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {diagnose} from '../../src/model/recovery/diagnosis.ts'
import {type Found, findingsAbout, type Pattern} from '../../src/model/recovery/finding.ts'
import {claimOf} from '../git/claim-of.ts'
import {aConfig, anIssue, anOrphan, aPull, aReading} from './builders.ts'

const MINUTE = 60_000
const sha = (n: number) => n.toString(16).padStart(40, '0')
const GONE = new Set(['gone'])

/** A supervisor whose agents work on `issues`, each with its labels, and found as it is. */
function atWork(issues: readonly number[], change: Partial<Found> = {}): Found {
  let state = newState({config: aConfig(), mode: {routing: 'auto', landing: 'train'}, at: 0})
  const tell = (fact: Fact) => {
    state = decide(state, fact, 0).state
  }
  tell({type: 'githubSeen', issues: issues.map(number => anIssue(number)), pulls: [], main: sha(1)})
  for (const ticket of issues) {
    const {agent} = state.tickets[ticket]!.context
    tell({type: 'ticketClaimed', ticket, base: sha(1), session: 's'})
    tell({type: 'worktreePrepared', ticket, worktree: `/w/issue-${ticket}`})
    tell({type: 'agentStarted', ticket, agent, pane: `pane-${ticket}`})
  }
  const labelled = issues.map(number =>
    anIssue(number, {labels: [state.tickets[number]!.context.agent, 'agent:in-progress']}),
  )
  tell({type: 'githubSeen', issues: labelled, pulls: [], main: sha(1)})
  return {
    state,
    at: MINUTE,
    dead: new Set(),
    orphans: [],
    panes: issues.map(ticket => pane(ticket, state.tickets[ticket]!.context.agent)),
    landing: null,
    closed: new Set(),
    merged: new Set(),
    lastChanges: new Map(),
    left: [],
    underWay: new Set(issues),
    ...change,
  }
}

function pane(ticket: number, agent: string, change: Partial<PaneInfo> = {}): PaneInfo {
  const meta = {agent, ticket: String(ticket)}
  const size = {cols: 80, rows: 24, pid: 1, startedAt: 0, exit: null}
  return {pane: `pane-${ticket}`, title: agent, session: 's', meta, cwd: `/w/issue-${ticket}`, ...size, ...change}
}

function withIssue(found: Found, issue: Issue): Found {
  return {...found, state: {...found.state, issues: [...found.state.issues, issue]}}
}

function withTicket(found: Found, issue: number, change: object, value = 'blocked'): Found {
  const ticket = found.state.tickets[issue]!
  const moved = {value, context: {...ticket.context, ...change}} as typeof ticket
  return {...found, state: {...found.state, tickets: {...found.state.tickets, [issue]: moved}}}
}

function foreign(found: Found, phase: 'review' | 'blocked'): Found {
  const record = {
    ...claimOf(9, sha(1), {owner: 'gone', phase, head: sha(2)}),
    version: 1,
    fence: 1,
    nonce: 'n',
  } as const
  return {...found, dead: GONE, state: {...found.state, foreign: {9: {oid: sha(3), record}}}}
}

/** One contradiction each, put into a world in order, and who is to deal with it. */
const PLANTED: readonly [Pattern, (found: Found) => Found, string][] = [
  ['label-without-claim', found => withIssue(found, anIssue(9, {labels: ['agent003']})), 'command'],
  ['label-without-claim', found => withIssue(found, anIssue(9, {labels: ['Agent:In-Progress']})), 'command'],
  [
    'claim-without-label',
    found => ({...found, state: {...found.state, issues: [anIssue(1, {labels: []}), ...found.state.issues.slice(1)]}}),
    'itself',
  ],
  ['claim-without-owner', found => foreign(found, 'review'), 'itself'],
  ['claim-without-owner', found => foreign(found, 'blocked'), 'person'],
  ['claim-unreadable', found => ({...found, orphans: [anOrphan({kind: 'claim', proposal: 'leave'})]}), 'person'],
  ['branch-without-claim', found => ({...found, orphans: [anOrphan({})]}), 'command'],
  [
    'worktree-without-claim',
    found => ({...found, orphans: [anOrphan({kind: 'worktree', name: '/w/issue-9'})]}),
    'command',
  ],
  [
    'worktree-without-claim',
    found => ({...found, orphans: [anOrphan({kind: 'worktree', commits: 0, proposal: 'leave'})]}),
    'person',
  ],
  ['second-branch', found => ({...found, orphans: [anOrphan({issue: 1})]}), 'person'],
  ['working-without-process', found => ({...found, at: 2 * MINUTE, panes: found.panes!.slice(1)}), 'command'],
  [
    'nothing-under-way',
    found => ({...withTicket(found, 1, {}, 'settingUp'), at: 2 * MINUTE, underWay: new Set(), panes: null}),
    'person',
  ],
  ['working-without-commits', found => ({...found, at: 30 * MINUTE, lastChanges: new Map([[1, null]])}), 'person'],
  [
    'working-without-commits',
    found => ({...found, at: 60 * MINUTE, lastChanges: new Map([[1, 30 * MINUTE]])}),
    'person',
  ],
  ['landed-not-freed', found => withTicket(freed(found), 1, {pull: 101}), 'command'],
  ['closed-while-claimed', found => ({...found, closed: new Set([1])}), 'command'],
  ['slot-held', found => ({...withTicket(found, 1, {}), at: 2 * MINUTE}), 'command'],
  ['pane-without-ticket', found => ({...found, panes: [...(found.panes ?? []), pane(9, 'agent003')]}), 'command'],
  [
    'left-behind',
    found => ({
      ...found,
      left: [{issue: 1, worktree: '/w/issue-1', processes: [{pid: 12, command: 'node server.js'}]}],
    }),
    'command',
  ],
  ['lock-without-owner', found => ({...found, landing: 'gone', dead: GONE}), 'itself'],
]

/** Agent 1's slot is free, and its pull request is merged. */
function freed(found: Found): Found {
  const {agent001} = found.state.agents
  const free = {...agent001!, value: 'available', context: {...agent001!.context, ticket: null, pane: null}} as const
  const agents = {...found.state.agents, agent001: free}
  return {...found, panes: (found.panes ?? []).slice(1), merged: new Set([101]), state: {...found.state, agents}}
}

const patternsOf = (found: Found) => diagnose(found).map(({pattern}) => pattern)
const teams = fc.subarray([1, 2, 3, 4], {minLength: 1}).map(rest => [...new Set([1, ...rest])])

describe('a diagnosis', () => {
  it('finds nothing where all agree, whichever daemon works, and nothing on what was not read', () => {
    fc.assert(
      fc.property(teams, fc.boolean(), (issues, isRead) => {
        const found = atWork(issues, isRead ? {} : {orphans: null, panes: null})
        expect(diagnose(found)).toEqual([])
      }),
    )
  })

  it('finds what is planted, that alone, and nothing of it once it is gone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLANTED), teams, ([pattern, plant, by], issues) => {
        const sane = atWork(issues)
        const findings = diagnose(plant(sane))
        expect(findings.map(finding => [finding.pattern, finding.cure.by])).toEqual([[pattern, by]])
        expect(findings[0]?.what).not.toMatch(/undefined|null|NaN|\n/)
        expect(patternsOf(sane)).toEqual([])
      }),
    )
  })

  it('finds several at once, and those of one agent or issue when asked', () => {
    const found = withIssue(
      {...atWork([1, 2]), at: 30 * MINUTE, lastChanges: new Map([[2, null]])},
      anIssue(9, {labels: ['agent001']}),
    )
    const findings = diagnose(found)
    expect(findings.map(({subject}) => subject)).toEqual(['#9', '#2'])
    expect(findingsAbout(findings, {agent: 'agent002'})).toMatchObject([{subject: '#2'}])
    expect(findingsAbout(findings, {issue: 9})).toMatchObject([{pattern: 'label-without-claim'}])
    expect(findingsAbout(findings, {})).toHaveLength(2)
  })

  it('leaves labels on work that waits to be recovered, and a branch that main has to cleanup', () => {
    const labelled = withIssue(atWork([1]), anIssue(9, {labels: ['agent002']}))
    expect(patternsOf({...labelled, orphans: [anOrphan({})]})).toEqual(['branch-without-claim'])
    expect(patternsOf({...labelled, orphans: [anOrphan({commits: 0})]})).toEqual(['label-without-claim'])
    expect(patternsOf({...labelled, orphans: [anOrphan({landed: 'files'})]})).toEqual(['label-without-claim'])
  })

  it('leaves a branch alone that is before people in a pull request', () => {
    const found = {...atWork([1]), orphans: [anOrphan({})]}
    const pulls = [aPull(101, {head: {branch: 'agent002/9-x', sha: sha(5)}})]
    expect(patternsOf({...found, state: {...found.state, pulls}})).toEqual([])
  })

  it('never says that a stranger’s issue would be made ready', () => {
    const found = withIssue(atWork([1]), anIssue(9, {labels: ['agent002'], association: 'NONE'}))
    expect(diagnose(found)[0]?.cure).toMatchObject({will: expect.stringContaining('only you label it ready again')})
  })
})

describe('what is safe', () => {
  const run = (start: State) => {
    let state = start
    return (issues: readonly Issue[], at = 5 * MINUTE): Effect[] => {
      const decision = decide(state, {type: 'githubSeen', issues, pulls: [aPull(5)], main: sha(1)}, at)
      state = decision.state
      return decision.effects.filter(({name}) => ['clearLabels', 'stopAgent', 'watchPull'].includes(name))
    }
  }

  it('is done by itself at the second look that shows it, once, and again when it comes back', () => {
    const look = run(newState({config: aConfig(), mode: {routing: 'by hand', landing: 'train'}, at: 0}))
    const stale = [anIssue(9, {labels: ['agent003', 'bug']})]
    expect(look(stale)).toEqual([])
    expect(look(stale)).toEqual([{name: 'clearLabels', ticket: 9, remove: ['agent003'], by: 'by itself'}])
    expect(look(stale)).toEqual([])
    expect(look([anIssue(9)])).toEqual([])
    expect(look(stale)).toEqual([])
    expect(look(stale)).toHaveLength(1)
  })

  it('is not done while the issue is claimed, and is retried after a failure', () => {
    const state = newState({config: aConfig(), mode: {routing: 'by hand', landing: 'train'}, at: 0})
    const stale = [anIssue(9, {labels: ['agent003']})]
    const held = run(foreign({...atWork([1]), state}, 'review').state)
    for (let looks = 0; looks < 3; looks++) expect(held(stale)).toEqual([])
    const seen: Fact = {type: 'githubSeen', issues: stale, pulls: [], main: sha(1)}
    const once = decide(state, seen, 1)
    const twice = decide(once.state, seen, 1)
    const effect = twice.effects.find(({name}) => name === 'clearLabels')!
    const error = {code: 'internal', message: 'x', exitCode: 1} as const
    const failed = decide(twice.state, {type: 'effectFailed', effect, error, lost: false}, 1)
    const look = run(failed.state)
    expect(look(stale)).toEqual([])
    expect(look(stale)).toEqual([effect])
  })

  it('frees a held slot, and finishes a blocked ticket that a person merged', () => {
    const {state} = withTicket(atWork([1]), 1, {pull: 101, head: sha(2)})
    const look = run(state)
    expect(look(state.issues)).toEqual([])
    expect(look(state.issues).sort((one, other) => (one.name < other.name ? -1 : 1))).toEqual([
      {name: 'stopAgent', ticket: 1, agent: 'agent001'},
      {name: 'watchPull', ticket: 1, pull: 101},
    ])
    expect(look(state.issues)).toEqual([])
    const pull = aPull(101, {state: 'merged', mergeCommit: sha(7)})
    const merged = decide(state, {type: 'pullSeen', ticket: 1, reading: aReading(pull)}, 1)
    expect(merged.effects).toContainEqual(expect.objectContaining({name: 'finishTicket', mergeCommit: sha(7)}))
    const closed = decide(state, {type: 'pullSeen', ticket: 1, reading: aReading({...pull, state: 'closed'})}, 1)
    expect(closed.state.tickets[1]?.value).toBe('blocked')
  })
})

it('gives commands that a shell takes as they are meant, whatever a branch is named', () => {
  const name = "agent002/9-$(reboot);it's"
  const nextOf = (issue: number) =>
    diagnose(atWork([1], {orphans: [anOrphan({name, issue})]})).map(({cure}) => ('next' in cure ? cure.next : ''))
  expect(nextOf(9)).toEqual([`clambake recover 'agent002/9-$(reboot);it'\\''s'`])
  expect(nextOf(1)).toEqual([`git log main..'agent002/9-$(reboot);it'\\''s'`])
})

describe('what has landed and is not cleaned up', () => {
  it('is named with the reason, and is a person’s', () => {
    const found = atWork([7])
    const ticket = found.state.tickets[7]!
    const context = {...ticket.context, reason: 'scratch/ref is a repository'}
    const state = {...found.state, tickets: {7: {value: 'uncleaned' as const, context}}}
    const findings = diagnose({...found, state}).filter(({pattern}) => pattern === 'landed-not-freed')
    expect(findings).toMatchObject([
      {
        issue: 7,
        what: expect.stringContaining('scratch/ref is a repository'),
        cure: {by: 'person', next: expect.stringContaining('clambake land')},
      },
    ])
  })
})

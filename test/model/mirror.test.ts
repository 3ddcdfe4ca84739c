import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {lastWrittenOf} from '../../src/daemon/start/last-written.ts'
import {restoredTickets} from '../../src/daemon/start/restore.ts'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState, type State} from '../../src/model/core/state.ts'
import type {Claim} from '../../src/model/data/claim.ts'
import type {Config} from '../../src/model/data/config.ts'
import type {Effect} from '../../src/model/data/effects.ts'
import type {StoredEvent} from '../../src/model/data/event.ts'
import {BOARD_COLUMNS, STRATEGIES, type Strategy} from '../../src/model/data/show.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {judge} from '../../src/model/mirror/manual-changes.ts'
import {showOf, strayLabels} from '../../src/model/mirror/show.ts'
import {holdsSlot} from '../../src/model/ticket/states.ts'
import {claimOf} from '../git/claim-of.ts'
import {aConfig, anIssue, aPull, aReading} from './builders.ts'

const MODE = {routing: 'auto', landing: 'at once'} as const
const AT_WORK = ['agent001', 'agent002', 'agent:in-progress', 'agent:review']
const HANDS = [...AT_WORK, 'route:ready', 'route:blocked', 'route:review', 'bug']
const LOOK_MS = 30_000
const sha = (n: number) => n.toString(16).padStart(40, '0')

function configOf(strategy: Strategy): Config {
  return aConfig({
    github: {project_id: 'PVT_1'},
    routing: {max_agents: 2},
    sync: {strategy},
    agents: {'agent-001': {github_user: 'robot-one'}},
  })
}

/** GitHub, claims and a daemon that may die: effects are answered in order for each ticket, tickets in any order. */
class Shop {
  state: State
  at = 0
  open: Effect[] = []
  readonly issues = new Map<number, {labels: string[]; column: string | null; assignees: string[]; open: boolean}>()
  readonly claims = new Map<number, Claim>()
  readonly saved = new Set<number>()
  /** Events of what was shown, as the hub keeps them. */
  private readonly kept: StoredEvent[] = []
  private readonly config: Config
  private panes = 0
  private commits = 10

  constructor(strategy: Strategy, issues: number) {
    this.config = configOf(strategy)
    this.state = newState({config: this.config, mode: MODE, at: 0})
    for (let number = 1; number <= issues; number++) {
      this.issues.set(number, {labels: ['route:ready'], column: null, assignees: [], open: true})
    }
  }

  tell(fact: Fact): void {
    const decision = decide(this.state, fact, this.at)
    this.state = decision.state
    this.open.push(...decision.effects)
    const busy = Object.values(this.state.tickets).filter(holdsSlot)
    const slots = Object.values(this.state.agents).flatMap(({context}) => context.ticket ?? [])
    const without = busy.filter(({context}) => !slots.includes(context.issue))
    // An assertion takes as long as a decision, and there are a hundred thousand of them.
    if (new Set(slots).size !== slots.length) expect(slots, 'no ticket has two slots').toEqual([...new Set(slots)])
    if (without.length > 0) expect(without, 'a running ticket has its slot').toEqual([])
  }

  look(): void {
    this.at += LOOK_MS
    const found = [...this.issues].filter(([, {open}]) => open)
    const issues = found.map(([number, {labels, assignees}]) => anIssue(number, {labels, assignees}))
    const claims = [...this.claims.values()].filter(({record}) => record.owner !== 'me')
    this.tell({type: 'claimsSeen', claims, dead: []})
    this.tell({type: 'githubSeen', issues, pulls: [], main: sha(1)})
  }

  crash(): void {
    this.open = []
    this.state = newState({config: this.config, mode: MODE, at: this.at})
    const tickets = restoredTickets({
      claims: [...this.claims.values()],
      owner: 'me',
      panes: [],
      mail: [],
      config: this.config,
      worktreeOf: issue => `/w/${issue}`,
      at: this.at,
    })
    this.tell({type: 'restored', tickets, shown: lastWrittenOf([...this.claims.values()], this.kept)})
  }

  /** Answers the oldest effect of one ticket; false: nothing is left. */
  answer(choose: (bound: number) => number): boolean {
    const lanes = [...new Set(this.open.map(laneOf))]
    if (lanes.length === 0) return false
    const lane = lanes[choose(lanes.length)]
    const [effect] = this.open.splice(
      this.open.findIndex(one => laneOf(one) === lane),
      1,
    )
    for (const fact of this.carryOut(effect!, choose)) this.tell(fact)
    return true
  }

  private phase(ticket: number, phase: Claim['record']['phase'], reason: string | null = null): void {
    const claim = this.claims.get(ticket)
    if (claim) this.claims.set(ticket, {...claim, record: {...claim.record, phase, reason}})
  }

  private carryOut(effect: Effect, choose: (bound: number) => number): Fact[] {
    const issue = 'ticket' in effect ? this.issues.get(effect.ticket) : undefined
    switch (effect.name) {
      case 'claimTicket': {
        const {ticket, agent} = effect
        expect(this.claims.has(ticket), 'a ticket that is held is not claimed').toBe(false)
        const record = {...claimOf(ticket, sha(1), {owner: 'me', agent}), version: 1, fence: 1, nonce: 'n'} as const
        this.claims.set(ticket, {oid: sha(ticket), record})
        return [{type: 'ticketClaimed', ticket, base: sha(1), session: 's'}]
      }
      case 'prepareWorktree':
        return [{type: 'worktreePrepared', ticket: effect.ticket, worktree: `/w/${effect.ticket}`}]
      case 'startAgent':
        this.saved.delete(effect.ticket)
        this.phase(effect.ticket, 'working')
        return [{type: 'agentStarted', ticket: effect.ticket, agent: effect.agent, pane: `p${++this.panes}`}]
      case 'promptAgent': {
        const pane = this.state.agents[effect.agent]?.context.pane ?? 'none'
        // Some work on until the end of the play.
        if (choose(3) === 0) return []
        return [{type: 'agentReported', agent: effect.agent, pane, report: {kind: 'turnDone'}}]
      }
      case 'inspectWork': {
        const head = sha(++this.commits)
        const work = {
          head,
          branch: 'b',
          commits: [{sha: head, subject: 'work'}],
          dirty: [],
          changed: [],
          loosePointers: [],
        }
        return [{type: 'workInspected', ticket: effect.ticket, work}]
      }
      case 'bottleTicket':
        this.phase(effect.ticket, 'review')
        this.saved.add(effect.ticket)
        return [{type: 'ticketBottled', ticket: effect.ticket, head: effect.head}]
      case 'saveWork':
        this.saved.add(effect.ticket)
        return []
      case 'stopAgent':
        return [{type: 'agentStopped', agent: effect.agent, ticket: effect.ticket}]
      case 'blockTicket':
        this.phase(effect.ticket, 'blocked', effect.reason)
        return []
      case 'openPull':
        return [{type: 'pullOpened', ticket: effect.ticket, pull: effect.ticket + 100}]
      case 'watchPull': {
        const head = {branch: 'b', sha: this.state.tickets[effect.ticket]?.context.head ?? sha(0)}
        return [{type: 'pullSeen', ticket: effect.ticket, reading: aReading(aPull(effect.pull, {head}))}]
      }
      case 'mergePull':
        return [{type: 'pullMerged', ticket: effect.ticket, commit: sha(++this.commits)}]
      case 'finishTicket':
        this.claims.delete(effect.ticket)
        Object.assign(issue!, {labels: issue!.labels.filter(label => label === 'bug'), column: 'Done', open: false})
        return [{type: 'ticketFinished', ticket: effect.ticket}]
      case 'showTicket': {
        const {ticket, add, remove, column, columns, assign, unassign} = effect
        issue!.labels = [...new Set([...issue!.labels, ...add])].filter(label => !remove.includes(label))
        const isOurs = columns === null || issue!.column === null || columns.includes(issue!.column)
        if (column !== null && isOurs) issue!.column = column
        issue!.assignees = [...issue!.assignees.filter(one => one !== unassign), ...(assign === null ? [] : [assign])]
        return [{type: 'ticketShown', ticket, add, column, missing: []}]
      }
      case 'clearLabels': {
        const {ticket, remove} = effect
        if (this.claims.has(ticket)) return []
        issue!.labels = [...new Set([...issue!.labels, 'route:ready'])].filter(label => !remove.includes(label))
        return []
      }
      case 'lookAtTickets': {
        const observations = effect.tickets.map(one => ({...one, seen: structuredClone(this.issues.get(one.ticket)!)}))
        return [{type: 'ticketsSeen', observations}]
      }
      case 'releaseTicket': {
        expect(this.saved.has(effect.ticket), 'what is given up was saved').toBe(true)
        issue!.labels = issue!.labels.filter(label => !effect.remove.includes(label))
        issue!.assignees = issue!.assignees.filter(login => login !== effect.unassign)
        this.claims.delete(effect.ticket)
        return [{type: 'ticketReleased', ticket: effect.ticket}]
      }
      case 'record':
        this.kept.push({...effect.event, seq: this.kept.length, at: this.at, repository: 'acme/shop'})
        return []
      default:
        return []
    }
  }
}

function laneOf(effect: Effect): string {
  return 'ticket' in effect ? `ticket ${effect.ticket}` : effect.name
}

function settle(shop: Shop): void {
  for (let looks = 0; looks < 6; looks++) {
    shop.look()
    for (let step = 0; shop.answer(() => 1); step++) if (step >= 1000) expect.fail('it does not come to rest')
  }
}

describe('any order of hand-made changes, crashes and passes', () => {
  it.each(STRATEGIES)('under %s leaves no ticket with two owners, or with none and a label', strategy => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 3}), fc.array(fc.nat(1_000_000), {maxLength: 200}), (issues, choices) => {
        const shop = new Shop(strategy, issues)
        const next = [...choices]
        const choose = (bound: number) => (next.shift() ?? 1) % bound
        while (next.length > 0) {
          const issue = shop.issues.get(1 + choose(issues))!
          const did = choose(12)
          if (did === 0) shop.look()
          else if (did === 1) shop.crash()
          else if (did === 2) issue.labels = [...new Set([...issue.labels, HANDS[choose(HANDS.length)]!])]
          else if (did === 3) issue.labels = issue.labels.filter(label => label !== HANDS[choose(HANDS.length)])
          else if (did === 4) issue.column = [null, ...BOARD_COLUMNS][choose(BOARD_COLUMNS.length + 1)]!
          else if (did === 5) issue.assignees = []
          else shop.answer(choose)
        }
        settle(shop)
        for (const [number, {labels, column, open}] of shop.issues) {
          const ticket = shop.state.tickets[number]
          const isHeld = ticket !== undefined && ticket.value !== 'merged'
          expect(isHeld, `#${number} is held by its claim`).toBe(shop.claims.has(number))
          if (!isHeld && open) {
            expect(
              labels.filter(label => AT_WORK.includes(label)),
              `#${number} says it is worked on`,
            ).toEqual([])
          }
          if (!isHeld || strategy !== 'local-wins') continue
          const show = showOf(ticket, shop.state)!
          expect(labels.filter(label => HANDS.includes(label) && label !== 'bug').toSorted()).toEqual(
            show.labels?.toSorted(),
          )
          expect(column).toBe(show.column)
        }
      }),
      {numRuns: 100},
    )
  })
})

describe('a change by hand', () => {
  /** A shop whose one ticket is being worked on, and GitHub shows it. */
  function working(strategy: Strategy): Shop {
    const shop = new Shop(strategy, 1)
    shop.look()
    while (shop.answer(() => 0)) {}
    expect(shop.state.tickets[1]?.value).toBe('working')
    expect(shop.issues.get(1)).toMatchObject({
      labels: ['agent001', 'agent:in-progress'],
      column: 'In Progress',
      assignees: ['robot-one'],
    })
    return shop
  }
  const issueOf = (shop: Shop) => shop.issues.get(1)!
  const names = (shop: Shop) => shop.open.map(({name}) => name)

  it('is put back where Clambake is right, and told of', () => {
    const shop = working('local-wins')
    Object.assign(issueOf(shop), {labels: ['agent001', 'route:blocked'], column: 'Backlog', assignees: ['ada']})
    settle(shop)
    expect(issueOf(shop)).toMatchObject({
      labels: ['agent001', 'agent:in-progress'],
      column: 'In Progress',
      assignees: ['ada', 'robot-one'],
    })
    expect(shop.state.tickets[1]?.value).toBe('working')
  })

  it.each([
    ['a card in Blocked', {column: 'Blocked'}],
    ['the label of what is blocked', {labels: ['agent001', 'agent:in-progress', 'route:blocked']}],
  ])('stops the agent where GitHub is right: %s', (_, change) => {
    const shop = working('github-wins')
    Object.assign(issueOf(shop), change)
    shop.look()
    shop.answer(() => 0)
    expect(names(shop)).toEqual(['record', 'saveWork', 'stopAgent', 'blockTicket', 'showTicket'])
    settle(shop)
    expect(shop.state.tickets[1]).toMatchObject({
      value: 'blocked',
      context: {reason: expect.stringMatching(/by hand$/)},
    })
    expect(issueOf(shop)).toMatchObject({labels: ['route:blocked'], column: 'Blocked'})
    expect(shop.claims.get(1)?.record.phase).toBe('blocked')
    issueOf(shop).column = 'In Progress'
    settle(shop)
    expect(shop.state.tickets[1]?.value, 'it is tried again').not.toBe('blocked')
  })

  it('gives the ticket up where GitHub is right and its card goes to Backlog', () => {
    const shop = working('github-wins')
    issueOf(shop).column = 'Backlog'
    settle(shop)
    expect(shop.state.tickets).toEqual({})
    expect(shop.claims.size).toBe(0)
    expect(shop.state.agents.agent001?.value).toBe('available')
    expect(issueOf(shop)).toMatchObject({labels: [], column: 'Backlog', assignees: []})
  })

  it.each(['Done', 'Review', null])('is left where GitHub is right and it means nothing: a card in %s', column => {
    const shop = working('github-wins')
    issueOf(shop).column = column
    settle(shop)
    expect(shop.state.tickets[1]?.value).toBe('working')
    expect(issueOf(shop).column).toBe(column)
    expect(shop.open).toEqual([])
  })

  it('waits where a person must choose, is reported once, and is gone when it is undone', () => {
    const shop = working('manual')
    issueOf(shop).column = 'Blocked'
    const told = () => names(shop).filter(name => name === 'notify').length
    shop.look()
    shop.answer(() => 0)
    expect(told()).toBe(1)
    shop.open = []
    shop.look()
    shop.answer(() => 0)
    expect(told()).toBe(0)
    expect(shop.state.written[1]?.asks).toMatchObject([{part: 'column', found: 'Blocked', word: 'stop'}])
    expect(issueOf(shop).column).toBe('Blocked')
    const observations = [{ticket: 1, since: shop.state.written[1]!.at!, seen: issueOf(shop)}]
    expect(judge(shop.state, observations, 'local-wins')).toMatchObject([{act: 'put back'}])
    shop.tell({type: 'ticketsSeen', observations, strategy: 'github-wins'})
    settle(shop)
    expect(shop.state.tickets[1]?.value).toBe('blocked')
    expect(shop.state.written[1]?.asks).toEqual([])
  })

  it('is not read from an answer that is older than what was told since', () => {
    const shop = working('github-wins')
    const since = shop.state.written[1]!.at!
    const old = {labels: ['route:blocked'], assignees: [], column: 'Blocked'}
    shop.at += 1
    shop.tell({type: 'showAsked', tickets: [1]})
    shop.tell({type: 'ticketsSeen', observations: [{ticket: 1, since, seen: old}]})
    expect(shop.state.tickets[1]?.value).toBe('working')
    while (shop.answer(() => 0)) {}
    shop.tell({type: 'ticketsSeen', observations: [{ticket: 1, since, seen: old}]})
    expect(shop.state.tickets[1]?.value).toBe('working')
  })

  it.each([
    ['a card', {column: 'Blocked'}],
    ['a label', {labels: ['agent001', 'agent:in-progress', 'route:blocked']}],
  ])('is not overwritten where GitHub is right, when the ticket moves on in that moment: %s', (_, change) => {
    const shop = working('github-wins')
    Object.assign(issueOf(shop), change)
    const pane = shop.state.agents.agent001!.context.pane!
    shop.tell({type: 'agentReported', agent: 'agent001', pane, report: {kind: 'turnDone'}})
    const toldReview = () => shop.state.written[1]?.show.column === 'Review' && shop.state.written[1].at !== null
    // Its pull request is not looked at yet.
    while (!toldReview()) shop.answer(() => 0)
    shop.open = shop.open.filter(({name}) => name !== 'openPull' && name !== 'watchPull')
    shop.tell({type: 'pullOpened', ticket: 1, pull: 8})
    shop.open = []
    settle(shop)
    expect(shop.state.tickets[1]?.value).toBe('blocked')
    expect(issueOf(shop)).toMatchObject({labels: ['route:blocked'], column: 'Blocked'})
  })

  it('is no renamed label, which stops and retries nothing', () => {
    const shop = working('github-wins')
    issueOf(shop).labels = ['agent001', 'busy now']
    settle(shop)
    expect(shop.state.tickets[1]?.value).toBe('working')
    expect(issueOf(shop).labels).toEqual(['agent001', 'busy now'])
  })

  it('that takes the issue away stops the agent, and its work is kept', () => {
    const shop = working('local-wins')
    shop.tell({type: 'ticketsSeen', observations: [{ticket: 1, since: shop.state.written[1]!.at!, seen: null}]})
    expect(names(shop)).toEqual(['saveWork', 'stopAgent', 'blockTicket'])
    expect(shop.state.tickets[1]?.context.reason).toContain('deleted or transferred')
  })
})

describe('what cannot be shown', () => {
  it('is retried after each look, does not count as a person’s change, and holds nothing up', () => {
    const shop = new Shop('github-wins', 1)
    shop.look()
    while (shop.open.some(({name}) => name !== 'showTicket')) shop.answer(() => 0)
    const first = shop.open.find(({name}) => name === 'showTicket')
    if (first?.name !== 'showTicket') throw new Error('nothing is written')
    shop.open = []
    shop.tell({type: 'ticketShown', ticket: 1, add: first.add, column: first.column, missing: ['column']})
    expect(shop.open).toEqual([])
    shop.look()
    expect(shop.open.map(({name}) => name)).toContain('showTicket')
  })
})

it('finds labels of agents on unclaimed issues, as GitHub compares names', () => {
  const issues = [anIssue(1, {labels: ['Agent001', 'bug']}), anIssue(2, {labels: ['bug']})]
  const state = {...newState({config: configOf('github-wins'), mode: MODE, at: 0}), issues}
  expect(strayLabels(state)).toEqual([{ticket: 1, labels: ['Agent001']}])
})

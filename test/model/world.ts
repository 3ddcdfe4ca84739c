import {expect} from 'vitest'
import type {ErrorCode} from '../../src/base/error-codes.ts'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState, type State} from '../../src/model/core/state.ts'
import type {Effect, EffectOf} from '../../src/model/data/effects.ts'
import type {BundleMember} from '../../src/model/data/landing/bundle.ts'
import {decide} from '../../src/model/decide/decide.ts'
import type {WorkState} from '../../src/model/gateways/git.ts'
import type {MemberReading} from '../../src/model/landing/train/member.ts'
import {holdsSlot} from '../../src/model/ticket/states.ts'
import {aCheck, aConfig, aPull, aReading} from './builders.ts'

export const MODE = {routing: 'auto', landing: 'at once'} as const
export const FAILURE = {command: 'v', exit: 'code 1', output: 'no'}
export const RESUME = {kind: 'repair', repair: {kind: 'resume'}}
export const sha = (n: number) => n.toString(16).padStart(40, '0')

export function start(agents: number, commands: {setup?: string[]; verify?: string[]} = {}): State {
  return newState({config: aConfig({routing: {max_agents: agents}, agents: commands}), mode: MODE, at: 0})
}

export function work(head: string, change: Partial<WorkState> = {}): WorkState {
  return {
    head,
    branch: 'b',
    commits: [{sha: head, subject: 'work'}],
    dirty: [],
    changed: [],
    loosePointers: [],
    ...change,
  }
}

/** What must hold after every fact, whatever it was: one assertion for all, of which a property makes a hundred thousand. */
export function expectSound(state: State): void {
  const broken = brokenRules(state)
  if (broken.length > 0) expect(broken).toEqual([])
}

function brokenRules(state: State): string[] {
  const busy = Object.values(state.tickets).filter(holdsSlot)
  const agents = busy.map(ticket => ticket.context.agent)
  const owned = Object.values(state.agents).flatMap(agent =>
    agent.context.ticket === null ? [] : [agent.context.ticket],
  )
  const {value: train, context: bundle} = state.train.now
  const merging = Object.values(state.tickets).filter(ticket => ticket.value === 'merging').length
  const aboard = Object.values(state.tickets).flatMap(ticket =>
    ticket.value === 'aboard' ? [ticket.context.issue] : [],
  )
  const members = bundle.members.map(({ticket}) => ticket)
  const rules: readonly [string, boolean][] = [
    ['no slot works on two tickets', new Set(agents).size === agents.length],
    ['no ticket has two slots', new Set(owned).size === owned.length],
    [
      'a running ticket has its slot',
      busy.every(({context}) => state.agents[context.agent]?.context.ticket === context.issue),
    ],
    ['one merge at a time', merging + (train === 'landing' ? 1 : 0) < 2],
    ['who is aboard is on the train', aboard.every(issue => members.includes(issue))],
    ['the train carries no others', train === 'landing' || members.every(issue => aboard.includes(issue))],
  ]
  return rules.flatMap(([rule, holds]) => (holds ? [] : [rule]))
}

/**
 * A world that answers effects, sometimes badly, in any order. It ends when nothing is left to answer; every choice
 * comes from the property's stream, so a failure can be replayed.
 */
export class World {
  state: State
  readonly open: Effect[] = []
  readonly claimed = new Map<number, number>()
  readonly pulls = new Map<number, {head: string; merged: string | null}>()
  readonly bottled = new Map<number, string>()
  /** Commits on main of tickets that a bundle brought there. */
  readonly carried = new Map<number, string>()
  readonly verified = new Set<string>()
  readonly setUp = new Set<number>()
  private readonly checked: boolean
  /** Now, in milliseconds; a timer that ends moves it. */
  private at = 1
  private shas = 10
  private panes = 0
  private readonly choose: (bound: number) => number

  constructor(agents: number, checked: boolean, choose: (bound: number) => number) {
    this.state = start(agents, checked ? {setup: ['s'], verify: ['v']} : {})
    this.checked = checked
    this.choose = choose
  }

  tell(fact: Fact): void {
    const before = this.state.tickets
    const decision = decide(this.state, fact, this.at)
    this.state = decision.state
    this.open.push(...decision.effects)
    expectSound(this.state)
    const claimLost =
      fact.type === 'claimRefused' || (fact.type === 'effectFailed' && fact.effect.name === 'claimTicket')
    const lost = Object.keys(before).filter(issue => this.state.tickets[Number(issue)] === undefined)
    if (!claimLost && lost.length > 0) expect(lost, 'these are never lost').toEqual([])
  }

  /** Answers one open effect, not always the oldest but in order for each ticket. */
  answerOne(): void {
    const tickets = [...new Set(this.open.map(effect => ('ticket' in effect ? effect.ticket : 0)))]
    const ticket = tickets[this.choose(tickets.length)]
    const index = this.open.findIndex(effect => ('ticket' in effect ? effect.ticket : 0) === ticket)
    const [effect] = this.open.splice(index, 1)
    for (const fact of this.answer(effect!)) this.tell(fact)
  }

  private answer(effect: Effect): Fact[] {
    const bad = this.choose(8) === 0
    switch (effect.name) {
      case 'claimTicket': {
        if (bad) return [{type: 'claimRefused', ticket: effect.ticket, reason: 'taken', holder: null}]
        const claims = (this.claimed.get(effect.ticket) ?? 0) + 1
        this.claimed.set(effect.ticket, claims)
        expect(claims, 'a ticket is won once').toBe(1)
        return [{type: 'ticketClaimed', ticket: effect.ticket, base: sha(1), session: 's'}]
      }
      case 'prepareWorktree':
        return [{type: 'worktreePrepared', ticket: effect.ticket, worktree: `/w/${effect.ticket}`}]
      case 'setUpWorktree':
        if (bad) return [failed(effect)]
        this.setUp.add(effect.ticket)
        return [{type: 'worktreeSetUp', ticket: effect.ticket}]
      case 'startAgent':
        expect(this.setUp.has(effect.ticket), 'an agent starts where all is set up').toBe(this.checked)
        return [{type: 'agentStarted', ticket: effect.ticket, agent: effect.agent, pane: `p${++this.panes}`}]
      case 'promptAgent': {
        const pane = this.state.agents[effect.agent]?.context.pane ?? 'none'
        if (bad) return [{type: 'agentExited', agent: effect.agent, pane}]
        return [
          {type: 'agentReported', agent: effect.agent, pane, report: {kind: 'busy', activity: 'Edit', detail: ''}},
          {type: 'agentReported', agent: effect.agent, pane, report: {kind: 'turnDone'}},
        ]
      }
      case 'inspectWork':
        return [
          {
            type: 'workInspected',
            ticket: effect.ticket,
            work: bad ? work(sha(1), {commits: []}) : work(sha(++this.shas)),
          },
        ]
      case 'verifyWork': {
        if (bad) return [failed(effect, 'head-moved')]
        const {ticket, head} = effect
        const red = this.choose(3) === 0
        if (!red) this.verified.add(head)
        return [{type: 'workVerified', ticket, head, failure: red ? FAILURE : null}]
      }
      case 'bottleTicket':
        expect(this.verified.has(effect.head), 'only what was verified is bottled').toBe(this.checked)
        this.bottled.set(effect.ticket, effect.head)
        return [{type: 'ticketBottled', ticket: effect.ticket, head: effect.head}]
      case 'stopAgent':
        return [{type: 'agentStopped', agent: effect.agent, ticket: effect.ticket}]
      case 'openPull':
        this.pulls.set(effect.ticket + 100, {head: this.bottled.get(effect.ticket)!, merged: null})
        return [{type: 'pullOpened', ticket: effect.ticket, pull: effect.ticket + 100}]
      case 'watchPull':
        return [this.look(effect.ticket, effect.pull)]
      case 'updateBranch':
        if (bad) return [failed(effect, 'head-moved')]
        this.bottled.set(effect.ticket, sha(++this.shas))
        Object.assign(this.pulls.get(effect.pull)!, {head: this.bottled.get(effect.ticket)!})
        return [{type: 'branchUpdated', ticket: effect.ticket, head: this.bottled.get(effect.ticket)!}]
      case 'mergePull': {
        expect(effect.sha, 'only what was bottled last is merged').toBe(this.bottled.get(effect.ticket))
        if (bad) return [{type: 'mergeRefused', ticket: effect.ticket, reason: 'not now'}]
        const pull = this.pulls.get(effect.pull)!
        expect(pull.merged, 'nothing is merged twice').toBeNull()
        pull.merged = sha(++this.shas)
        return [{type: 'pullMerged', ticket: effect.ticket, commit: pull.merged}]
      }
      case 'boardBundle':
        return [
          {
            type: 'bundleBoarded',
            branch: effect.branch,
            rules: bad
              ? null
              : {methods: ['rebase'], approvals: 0, codeOwners: false, mergeQueue: false, autoMerge: false},
            members: effect.members.map(member => this.member(member)),
          },
        ]
      case 'buildBundle': {
        const {branch, members, trials} = effect
        if (bad) {
          const why = (['main', 'others', 'missing'] as const)[this.choose(3)]!
          return [
            {type: 'bundleHindered', branch, ticket: members[this.choose(members.length)]!.ticket, why, paths: ['a']},
          ]
        }
        const commits = members.map(({ticket}) => ({ticket, commit: sha(++this.shas)}))
        const open = trials.map((trial, index) => ({
          ...trial,
          commit: commits[trial.size - 1]!.commit,
          pull: 1000 + index,
        }))
        return [{type: 'bundleBuilt', branch, base: sha(1), commits, trials: open, empty: []}]
      }
      case 'watchBundle':
        return [this.lookAtBundle(effect)]
      case 'landBundle': {
        const {branch, members, trial} = effect
        for (const {ticket, head} of members)
          expect(head, 'only what was bottled last lands').toBe(this.bottled.get(ticket))
        if (bad) {
          const not = [
            {type: 'bundleRefused', branch, reason: 'not now'},
            {type: 'bundleBusy', branch},
            this.lookAtBundle({...effect, trials: [trial]}),
          ] as const
          return [not[this.choose(3)]!]
        }
        const landed = members.map(({ticket}) => ({ticket, commit: sha(++this.shas)}))
        for (const {ticket, commit} of landed) {
          expect(this.carried.has(ticket), 'nothing is merged twice').toBe(false)
          this.carried.set(ticket, commit)
        }
        return [{type: 'bundleMerged', branch, pull: trial.pull, landed}]
      }
      case 'dropBundle':
        return []
      case 'finishTicket':
        if (this.carried.has(effect.ticket)) expect(effect.mergeCommit).toBe(this.carried.get(effect.ticket))
        else expect(this.pulls.get(effect.pull)?.merged, 'only merged work is cleaned up').toBe(effect.mergeCommit)
        if (bad) return [failed(effect)]
        return [{type: 'ticketFinished', ticket: effect.ticket}]
      case 'timer':
        this.at += effect.ms
        return [{type: 'timeout', ticket: effect.ticket, epoch: effect.epoch}]
      default:
        return bad ? [failed(effect)] : []
    }
  }

  private member({ticket, head}: BundleMember): MemberReading {
    const state = this.choose(20) === 0 ? 'closed' : 'open'
    const isRead = this.choose(10) > 0
    return {
      ticket,
      issue: isRead ? {state, reason: null, labels: [], column: null} : undefined,
      head: this.choose(20) === 0 ? sha(2) : head,
      changes: [],
    }
  }

  private lookAtBundle({
    branch,
    members,
    trials,
  }: Pick<EffectOf<'watchBundle'>, 'branch' | 'members' | 'trials'>): Fact {
    const readings = trials.map(trial => {
      const checks = (['passed', 'passed', 'pending', 'failed', 'stopped'] as const)[this.choose(5)]!
      const pull = aPull(trial.pull, {
        head: {branch: trial.branch, sha: trial.commit},
        state: this.choose(30) === 0 ? 'closed' : 'open',
      })
      const base = {tip: sha(0), contained: this.choose(5) > 0, hasWorkflows: false}
      const tip = this.choose(30) === 0 ? sha(3) : trial.commit
      return {trial, tip, reading: aReading(pull, {...aCheck(pull, checks), base}), logs: {}}
    })
    return {type: 'bundleSeen', branch, trials: readings, members: members.map(member => this.member(member))}
  }

  private look(ticket: number, number: number): Fact {
    const pull = this.pulls.get(number)!
    const mergeable = (['clean', 'clean', 'clean', 'unknown', 'conflict'] as const)[this.choose(5)]!
    const checks = (['passed', 'passed', 'passed', 'pending', 'failed'] as const)[this.choose(5)]!
    const seen = aPull(number, {
      head: {branch: 'b', sha: this.bottled.get(ticket)!},
      state: pull.merged ? 'merged' : 'open',
      mergeCommit: pull.merged,
      mergeable,
    })
    const base = {tip: sha(0), contained: this.choose(3) > 0, hasWorkflows: false}
    return {type: 'pullSeen', ticket, reading: aReading(seen, {...aCheck(seen, checks), base})}
  }
}

export function failed(effect: Effect, code: ErrorCode = 'internal'): Fact {
  return {type: 'effectFailed', effect, error: {code, message: 'broken', exitCode: 1}, lost: false}
}

import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {Pull} from '../../model/data/pull.ts'
import type {GitGateway} from '../../model/gateways/git.ts'
import type {GithubGateway} from '../../model/gateways/github.ts'
import {type ReviewedMember, sharesOfWords} from '../../model/review/bundle.ts'
import {wordsForAgent} from '../../model/review/words.ts'
import type {TicketContext} from '../../model/ticket/context.ts'
import type {Messages} from '../agents/messages.ts'
import {readBundle, readMembers, trialOf} from '../reviews/bundle.ts'
import {spokenText} from '../reviews/text.ts'
import {LOOKS_LATER} from './looks-later.ts'

/** A bundle's pull request since its words were read first. */
type Watched = {
  /** The train that it is of, and its pull request. */
  branch: string
  /** Everyone who was in it, also those who left. */
  members: ReviewedMember[]
  /** Those who were in it when it was last seen. */
  aboard: readonly number[]
  /** What the pull request was when it was seen last, and when its words were read. */
  seen: string
  read: string | null
  /** Words that were given to tickets already. */
  given: Set<string>
  /** The look at GitHub at which it was read after its end. */
  ended?: number
}

/**
 * Gives the agents of a bundle's tickets what people with write access say of the bundle, once each. Who gets it is
 * decided once, by those who are aboard then: a ticket that leaves the bundle with its words leaves none to the others.
 */
export function watchBundleWords(options: {
  github: Pick<GithubGateway, 'words' | 'repository' | 'pullOfBranch'>
  git: Pick<GitGateway, 'workChanges'>
  messages: Pick<Messages, 'review' | 'hasWords'>
}) {
  const {github, git, messages} = options
  const watched = new Map<number, Watched>()
  /** Tickets of bundles that an earlier run left, by the bundle's branch. */
  const left = new Map<string, {ticket: number; head: string; commit: string}[]>()
  /** Words that no agent has yet, by their key: the hub did not take them. */
  const pending = new Map<string, Parameters<Messages['review']>[0]>()

  async function look(state: State, looks: number): Promise<void> {
    await readLeft()
    await deliver(state)
    const {branch, trials} = state.train.now.context
    for (const {pull} of trials) await meet(state, pull)
    for (const [pull, bundle] of watched) {
      if (bundle.branch === branch) {
        if (bundle.read !== bundle.seen) await readWords(pull, bundle)
        continue
      }
      // One that has ended is read at once, and some looks later for the last time.
      const isLast = bundle.ended !== undefined && looks >= bundle.ended + LOOKS_LATER
      if (bundle.ended === undefined || isLast) await readWords(pull, bundle)
      bundle.ended ??= looks
      if (isLast) watched.delete(pull)
    }
    await deliver(state)
  }

  /** Notes who is in a bundle. While it is built again it has no pull request, and comes back with the same one. */
  async function meet(state: State, pull: number): Promise<void> {
    const before = watched.get(pull)
    const aboard = trialOf(state, pull)?.members.map(({ticket}) => ticket) ?? []
    const isKnown = (ticket: number) => before?.members.some(member => member.ticket === ticket)
    if (before && aboard.every(isKnown)) {
      before.aboard = aboard
      return
    }
    const bundle = await readBundle(git, state, pull)
    if (bundle === null) return
    const left = (before?.members ?? []).filter(({ticket}) => !aboard.includes(ticket))
    watched.set(pull, {
      ...{branch: state.train.now.context.branch, seen: '', read: null, given: new Set<string>()},
      ...before,
      members: [...bundle.members, ...left],
      aboard,
    })
  }

  async function readWords(pull: number, bundle: Watched): Promise<void> {
    const {seen} = bundle
    const [words, repository] = await Promise.all([github.words(pull), github.repository()])
    for (const spoken of wordsForAgent(words, repository)) {
      const key = `github:${pull}:${spoken.key}:`
      // An earlier run of the daemon may have given it to those who were aboard then.
      const isGiven = bundle.given.has(spoken.key) || messages.hasWords(key)
      bundle.given.add(spoken.key)
      if (isGiven) continue
      for (const {ticket, part} of sharesOfWords(bundle.members, spoken, bundle.aboard)) {
        const own = key + ticket
        pending.set(own, {ticket, from: `${spoken.by} on GitHub`, text: spokenText(part), key: own})
      }
    }
    bundle.read = seen
  }

  /** Reads once what was said of bundles that an earlier run of the daemon left, and that this one closes. */
  async function readLeft(): Promise<void> {
    for (const [branch, tickets] of left) {
      const pull = await github.pullOfBranch(branch)
      if (pull !== null) {
        const members = await readMembers(git, tickets)
        const aboard = members.map(({ticket}) => ticket)
        await readWords(pull.number, {branch, members, aboard, seen: '', read: null, given: new Set()})
      }
      left.delete(branch)
    }
  }

  async function deliver({tickets}: State): Promise<void> {
    for (const [key, words] of pending) {
      // Of work that is on main they are told as unread.
      if (tickets[words.ticket]) await messages.review(words)
      pending.delete(key)
    }
  }

  return {
    look,
    /** Notes the bundles that tickets were in when an earlier run of the daemon ended. */
    restored(tickets: readonly Pick<TicketContext, 'bundle' | 'issue' | 'head'>[]): void {
      for (const {bundle, issue, head} of tickets) {
        if (bundle === null || head === null) continue
        left.set(bundle, [...(left.get(bundle) ?? []), {ticket: issue, head, commit: ''}])
      }
    },
    /** Notes that a pull request has moved, also where the fact ended its bundle. */
    note(state: State, fact: Fact): void {
      if (fact.type === 'bundleSeen') for (const {reading} of fact.trials) moved(reading.pull)
      else if (fact.type === 'githubSeen') state.pulls.forEach(moved)
    },
  }

  function moved({number, updatedAt, head, review: said}: Pull): void {
    const bundle = watched.get(number)
    if (bundle) bundle.seen = `${updatedAt} ${head.sha} ${said}`
  }
}

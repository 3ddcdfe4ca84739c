import {toErrorData} from '../../base/errors.ts'
import {latestOnly} from '../../base/latest.ts'
import type {Log} from '../../base/log.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {GitGateway} from '../../model/gateways/git.ts'
import type {GithubGateway} from '../../model/gateways/github.ts'
import {wordsForAgent} from '../../model/review/words.ts'
import {isOnMain, TICKET_STATES} from '../../model/ticket/states.ts'
import type {TicketState} from '../../model/ticket/ticket.ts'
import type {Messages} from '../agents/messages.ts'
import {spokenText} from '../reviews/text.ts'
import {watchBundleWords} from './bundle-words.ts'
import {LOOKS_LATER} from './looks-later.ts'

/** Facts after which something may have been said of a pull request. */
const MOVING: readonly Fact['type'][] = ['githubSeen', 'restored', 'pullSeen', 'bundleSeen', 'ticketFinished']

/** What is noted of a pull request whose words were read after it had landed, or after a person had closed it. */
const ENDED = 'ended'
/** The same of one that was read for the last time. */
const READ_AGAIN = 'read again'

/**
 * How far a ticket's pull request has moved; null: there is nothing to read. It is read once more when it has ended, and
 * after a merge again two looks later. An event names what people said right before the merge or after it, as the agent
 * reads no more. What the person said who closed it waits for the agent that takes the work up again.
 */
function movedTo({pulls, main}: State, {value, context}: TicketState): string | null {
  const {is} = TICKET_STATES[value]
  if (value === 'merged') return ENDED
  if (is.over || main === null) return null
  const pull = pulls.find(({number}) => number === context.pull)
  if (pull) return `${pull.updatedAt} ${pull.head.sha} ${pull.review}`
  // A look at GitHub may not show yet what was opened since.
  return is.landing ? null : ENDED
}

/**
 * Gives agents what people with write access say of their pull requests, and of the bundle's that they are in, once each:
 * it is read when a pull request has moved, and what the hub keeps already is not sent again.
 */
export function watchWords(options: {
  github: Pick<GithubGateway, 'words' | 'repository' | 'pullOfBranch'>
  git: Pick<GitGateway, 'workChanges'>
  messages: Pick<Messages, 'review' | 'hasWords'>
  log: Log
}) {
  const {github, messages, log} = options
  const read = new Map<number, string>()
  /** Looks at GitHub so far, and at which of them landed pull requests were read first. */
  let looks = 0
  const landed = new Map<number, number>()
  const bundles = watchBundleWords(options)

  async function passOn(state: State): Promise<void> {
    // What agents still wait for comes first.
    const tickets = Object.values(state.tickets).toSorted(
      (one, other) => Number(isOnMain(one)) - Number(isOnMain(other)),
    )
    for (const {value, context} of tickets) {
      const {pull} = context
      if (pull === null) continue
      const since = landed.get(pull)
      const isLast = since !== undefined && looks >= since + LOOKS_LATER
      const moved = isLast ? READ_AGAIN : movedTo(state, {value, context})
      if (moved === null || read.get(pull) === moved || (read.get(pull) === READ_AGAIN && moved === ENDED)) continue
      const [words, repository] = await Promise.all([github.words(pull), github.repository()])
      for (const spoken of wordsForAgent(words, repository)) {
        await messages.review({
          ticket: context.issue,
          from: `${spoken.by} on GitHub`,
          text: spokenText(spoken),
          key: `github:${pull}:${spoken.key}`,
        })
      }
      // Only what was passed on is done: after a failure the next look begins here again.
      read.set(pull, moved)
      if (isLast) landed.delete(pull)
      else if (moved === ENDED && isOnMain({value, context})) landed.set(pull, looks)
    }
    // Tickets that landed long ago are forgotten, and with them what was read of theirs.
    const pulls = new Set(tickets.map(({context}) => context.pull))
    for (const notes of [read, landed]) for (const pull of notes.keys()) if (!pulls.has(pull)) notes.delete(pull)
  }

  const failed = (error: unknown) => log.warn('cannot pass on what was said on GitHub', {error: toErrorData(error)})
  const look = latestOnly(passOn, failed)
  const lookAtBundles = latestOnly((state: State) => bundles.look(state, looks), failed)

  return {
    restored: bundles.restored,
    take(state: State, fact: Fact): void {
      if (!MOVING.includes(fact.type)) return
      if (fact.type === 'githubSeen') looks++
      bundles.note(state, fact)
      look(state)
      lookAtBundles(state)
    },
  }
}

import type {Clock} from '../../base/clock.ts'
import {toErrorData} from '../../base/errors.ts'
import {latestOnly} from '../../base/latest.ts'
import type {Log} from '../../base/log.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {Review} from '../../model/data/discussion.ts'
import type {GitGateway} from '../../model/gateways/git.ts'
import type {GithubGateway} from '../../model/gateways/github.ts'
import {TICKET_STATES} from '../../model/ticket/states.ts'

type Conflict = {paths: readonly string[]; since: number}

/** Shown on the screen, needed by no decision: reviews of tickets' pull requests, and branches that conflict. */
export type ConflictsAndReviews = {
  reviews: ReadonlyMap<number, Review>
  conflicts: ReadonlyMap<number, Conflict>
}

/** Review states that do not say what the reviewers decided. */
const UNDECIDED: readonly Review[] = ['unknown', 'requested']
/** Facts after which a branch or a review may have changed. */
const MOVING: readonly Fact['type'][] = ['githubSeen', 'restored', 'workInspected', 'ticketBottled', 'pullSeen']

/**
 * Looks for conflicts and reviews when main, a ticket's branch or its pull request moved. Nothing is read twice: a merge
 * is tried once for each pair of commits, a review is read once for each change of its pull request.
 */
export function watchConflictsAndReviews(options: {
  git: Pick<GitGateway, 'localHeads' | 'conflictsWithMain'>
  github: Pick<GithubGateway, 'review'>
  clock: Clock
  log: Log
  onChange: () => void
}) {
  const {git, github, clock, log, onChange} = options
  const tried = new Map<number, {key: string; paths: readonly string[]}>()
  const read = new Map<number, {key: string; review: Review}>()
  let known: ConflictsAndReviews = {reviews: new Map(), conflicts: new Map()}

  async function findConflicts(state: State): Promise<ConflictsAndReviews['conflicts']> {
    const tickets = Object.values(state.tickets).filter(({value}) => TICKET_STATES[value].has.work)
    const heads = tickets.length > 0 ? await git.localHeads() : new Map<string, string>()
    const found = new Map<number, Conflict>()
    for (const {context} of tickets) {
      const head = heads.get(context.branch) ?? context.head
      if (head === null) continue
      const key = `${head} ${state.main}`
      if (tried.get(context.issue)?.key !== key) {
        tried.set(context.issue, {key, paths: await git.conflictsWithMain(head)})
      }
      const paths = tried.get(context.issue)?.paths ?? []
      const since = known.conflicts.get(context.issue)?.since ?? clock.now()
      if (paths.length > 0) found.set(context.issue, {paths, since})
    }
    return found
  }

  async function readReviews(state: State): Promise<ConflictsAndReviews['reviews']> {
    const ours = new Set(Object.values(state.tickets).map(({context}) => context.pull))
    const found = new Map<number, Review>()
    for (const pull of state.pulls.filter(({number, review}) => ours.has(number) && UNDECIDED.includes(review))) {
      const key = `${pull.updatedAt} ${pull.head.sha} ${pull.review}`
      if (read.get(pull.number)?.key !== key) read.set(pull.number, {key, review: await github.review(pull.number)})
      found.set(pull.number, read.get(pull.number)!.review)
    }
    return found
  }

  const look = latestOnly(
    async (state: State) => {
      const seen = {conflicts: await findConflicts(state), reviews: await readReviews(state)}
      const changed = JSON.stringify(plain(seen)) !== JSON.stringify(plain(known))
      known = seen
      if (changed) onChange()
    },
    // No decision needs it, and the next change looks again.
    error => log.warn('cannot read conflicts or reviews', {error: toErrorData(error)}),
  )

  return {
    now: (): ConflictsAndReviews => known,
    take(state: State, fact: Fact): void {
      if (MOVING.includes(fact.type)) look(state)
    },
  }
}

function plain({reviews, conflicts}: ConflictsAndReviews): unknown {
  return [[...reviews], [...conflicts]]
}

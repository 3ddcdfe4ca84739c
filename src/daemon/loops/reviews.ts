import {toErrorData} from '../../base/errors.ts'
import {latestOnly} from '../../base/latest.ts'
import type {Log} from '../../base/log.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {Review} from '../../model/data/discussion.ts'
import type {GithubGateway} from '../../model/gateways/github.ts'

/** Shown on the screen, needed by no decision: what reviewers said, by pull request. */
export type Reviews = ReadonlyMap<number, Review>

/** Review states that do not say what the reviewers decided. */
const UNDECIDED: readonly Review[] = ['unknown', 'requested']
/** Facts after which a review may have changed. */
const MOVING: readonly Fact['type'][] = ['githubSeen', 'restored', 'workInspected', 'ticketBottled', 'pullSeen']

/** Reads the reviews of tickets' and bundles' pull requests when those moved, once for each change of a pull request. */
export function watchReviews(options: {github: Pick<GithubGateway, 'review'>; log: Log; onChange: () => void}) {
  const {github, log, onChange} = options
  const read = new Map<number, {key: string; review: Review}>()
  let known: Reviews = new Map()

  async function readReviews(state: State): Promise<Reviews> {
    const bundles = state.train.now.context.trials.map(({pull}) => pull)
    const ours = new Set([...Object.values(state.tickets).map(({context}) => context.pull), ...bundles])
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
      const seen = await readReviews(state)
      const changed = JSON.stringify([...seen]) !== JSON.stringify([...known])
      known = seen
      if (changed) onChange()
    },
    // No decision needs it, and the next change looks again.
    error => log.warn('cannot read reviews', {error: toErrorData(error)}),
  )

  return {
    now: (): Reviews => known,
    take(state: State, fact: Fact): void {
      if (MOVING.includes(fact.type)) look(state)
    },
  }
}

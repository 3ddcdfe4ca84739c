import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {Parts} from '../parts.ts'
import {traceRouting} from '../trace-routing.ts'
import {type ConflictsAndReviews, watchConflictsAndReviews} from './conflicts-and-reviews.ts'
import {startHeartbeats} from './heartbeats.ts'
import {createOverlapSurvey} from './overlap-survey.ts'

export type Loops = {
  conflictsAndReviews: () => ConflictsAndReviews
  /** Takes a fact after it was decided on; each loop picks the facts after which it looks. */
  take(state: State, fact: Fact): void
  /** Starts the heartbeats to the hub; null in a read-only run, which sends none. */
  startHeartbeats(): Disposable | null
}

/** Makes the loops that look at the outside after a fact, and those that report to it. */
export function wireLoops({world, engine, book, changes}: Parts): Loops {
  const {git, github, hub, clock, log, traces, readOnly} = world
  const conflictsAndReviews = watchConflictsAndReviews({git, github, clock, log, onChange: changes.call})
  const overlapSurvey = createOverlapSurvey({git, log, dispatch: engine.dispatch})
  const routingTraces = traceRouting({traces, book})
  return {
    conflictsAndReviews: conflictsAndReviews.now,
    take(state, fact) {
      routingTraces.take(state, fact, clock.now())
      conflictsAndReviews.take(state, fact)
      overlapSurvey.take(state, fact)
    },
    startHeartbeats: () => (readOnly ? null : startHeartbeats({hub, state: engine.state, root: git.root, clock, log})),
  }
}

import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {TicketContext} from '../../model/ticket/context.ts'
import type {HubState} from '../../protocol/daemon.ts'
import type {Reported} from '../agents/hub-mail.ts'
import type {Messages} from '../agents/messages.ts'
import type {Parts} from '../parts.ts'
import {traceRouting} from '../trace-routing.ts'
import {watchForAgents} from './agent-hub.ts'
import {startHeartbeats} from './heartbeats.ts'
import {watchMain} from './held-main.ts'
import {watchHub} from './hub.ts'
import {createOverlapSurvey} from './overlap-survey.ts'
import {watchRadar} from './radar.ts'
import {withTouched} from './reserved.ts'
import {type Reviews, watchReviews} from './reviews.ts'
import {type Supervisors, watchSupervisors} from './supervisors.ts'
import {watchWords} from './words.ts'

export type Loops = Disposable & {
  reviews: () => Reviews
  /** What sessions of all projects do with each other. */
  hub: () => HubState
  /** The places in which two sides conflict, by path. */
  hunks: ReturnType<typeof watchRadar>['hunks']
  /** The other sides that change a path. */
  touching: ReturnType<typeof watchRadar>['touching']
  /** What the hub shows of the daemons that hold other claims. */
  supervisors: Pick<Supervisors, 'silence' | 'texts'>
  /** Settles the hub's mail to agents of an earlier run of the daemon, whose clients took these prompts. */
  restoreMail(prompts: readonly Reported[]): Promise<void>
  /** Takes tickets of an earlier run of the daemon as they were when it ended. */
  restored(tickets: readonly TicketContext[]): void
  /** Takes a fact after it was decided on; each loop picks the facts after which it looks. */
  take(state: State, fact: Fact): void
  /** Starts the heartbeats to the hub; null in a read-only run, which sends none. */
  startHeartbeats(): Disposable | null
}

/** Makes the loops that look at the outside after a fact, and those that report to it. */
export function wireLoops(
  {world, engine, book, claimOf, journal, changes, hubMail, held, troubles}: Parts,
  messages: Pick<Messages, 'review' | 'hasWords'>,
): Loops {
  const {git, github, hub, sessions, clock, log, traces, readOnly} = world
  const reviews = watchReviews({github, log, onChange: changes.call})
  const words = watchWords({github, git, messages, log})
  const radar = watchRadar({
    ...{git, state: engine.state, clock, log, dispatch: engine.dispatch},
    onTrouble: error => troubles.report('radar', error),
  })
  const {state, dispatch} = engine
  const mail =
    sessions && !readOnly
      ? watchForAgents({sessions, mail: hubMail, held, state, claimOf, dispatch, append: journal.append, clock, log})
      : null
  const hubFeed = watchHub({
    sessions,
    viewer: {person: world.caller, project: world.repository, root: git.root, hostName: world.hostName},
    ...{clock, log, onChange: changes.call},
    onLook: watchMain({project: world.repository, branch: world.defaultBranch, dispatch}),
  })
  const supervisors = watchSupervisors({
    sessions: readOnly ? null : sessions,
    ...{owner: world.owner, hostName: world.hostName, repository: world.repository, root: git.root, clock, log},
  })
  const overlapSurvey = createOverlapSurvey({git, log, dispatch: engine.dispatch})
  const routingTraces = traceRouting({traces, book})
  return {
    reviews: reviews.now,
    hub: () => withTouched(hubFeed.state(), radar.changed),
    hunks: radar.hunks,
    touching: radar.touching,
    supervisors,
    restoreMail: async prompts => mail?.restore(prompts),
    restored: words.restored,
    take(state, fact) {
      routingTraces.take(state, fact, clock.now())
      reviews.take(state, fact)
      // What a read-only run may not keep it does not pass on.
      if (!readOnly) words.take(state, fact)
      radar.take(state, fact)
      overlapSurvey.take(state, fact)
      mail?.take(fact)
    },
    [Symbol.dispose]() {
      radar[Symbol.dispose]()
      mail?.[Symbol.dispose]()
      supervisors[Symbol.dispose]()
      hubFeed[Symbol.dispose]()
    },
    startHeartbeats: () =>
      readOnly
        ? null
        : startHeartbeats({hub, host: world.host, state: engine.state, root: git.root, claimOf, clock, log}),
  }
}

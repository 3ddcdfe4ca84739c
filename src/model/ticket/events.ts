import type {Failure, Repair} from '../data/assignment.ts'
import type {AgentId} from '../data/ids.ts'
import type {AgentEnd} from '../data/pane.ts'
import type {Pull} from '../data/pull.ts'
import type {WorkState} from '../gateways/git.ts'
import type {GateAnswer} from '../landing/gate/answer.ts'
import type {RefusalSays} from '../landing/refusal.ts'
import type {ChecksDone} from './context.ts'

/** What the configuration says about landing at the moment of an event. */
export type LandingRules = {
  /** false: people merge, so a green pull request is looked at until one does. */
  autoMerge: boolean
  /** The pause before the next look at a pull request. */
  lookMs: number
}

export type TicketEvent =
  /** The ticket was taken up after a restart. `prompted`: its live agent has its prompt. */
  | {type: 'restored'; at: number; prompted: boolean}
  | {type: 'claimed'; at: number; base: string; session: string; branch?: string | undefined}
  | {type: 'claimLost'; at: number; reason: string}
  | {type: 'prepared'; at: number; worktree: string}
  | {type: 'setUp'; at: number}
  | {type: 'started'; at: number; session?: string | undefined}
  /** `said`: the agent's last words in its turn. */
  | {type: 'turnDone'; at: number; said?: string | undefined}
  /** Reviewers said something of work that was handed in. */
  | {type: 'reviewed'; at: number; said: Extract<Repair, {kind: 'review'}>['said']}
  /** The agent ended its turn and says that it cannot continue. */
  | {type: 'gaveUp'; at: number; reason: string}
  /** A message waits for the agent, whose work was about to be handed in. */
  | {type: 'messageWaits'; at: number}
  | {type: 'exited'; at: number; end?: AgentEnd | undefined}
  | {type: 'bottle'; at: number}
  | {type: 'inspected'; at: number; work: WorkState}
  /** `head` passed all commands, or one failed. */
  | {type: 'verified'; at: number; head: string; failure: Failure | null}
  | {type: 'bottled'; at: number; head: string}
  /** The agent committed on before its work was verified or pushed. */
  | {type: 'headMoved'; at: number}
  /** It lands by its own pull request. `alone`: why not in a bundle. */
  | {type: 'land'; at: number; alone?: string}
  /** `head`: what a person pushed into the draft. */
  | {type: 'opened'; at: number; pull: number; head?: string | undefined}
  /** `checks`: how many of its checks have ended; null: they are not known. */
  | {type: 'pullSeen'; at: number; pull: Pull; checks: ChecksDone | null; answer: GateAnswer; rules: LandingRules}
  | {type: 'look'; at: number; epoch: number}
  | {type: 'merge'; at: number}
  /** Main is to be merged into its branch, so that its checks see what a merge would make. */
  | {type: 'update'; at: number}
  /** Its branch holds main now, at this head. */
  | {type: 'updated'; at: number; head: string}
  /** `pull`: of the bundle that carried it; otherwise its own. */
  | {type: 'mergedNow'; at: number; commit: string; pull?: number | undefined}
  /** It is to land with the next train. */
  | {type: 'called'; at: number}
  /** It is aboard this bundle. */
  | {type: 'boarded'; at: number; bundle: string}
  /** It leaves its bundle and boards a later one. */
  | {type: 'putBack'; at: number; reason: string}
  /** It goes back to its agent; `culprit`: it turned a bundle red. */
  | {type: 'sentBack'; at: number; repair: Repair; culprit: boolean}
  | {type: 'enqueued'; at: number; rules: LandingRules}
  /** `says`: who acts on it. */
  | {type: 'mergeRefused'; at: number; reason: string; says: RefusalSays; rules: LandingRules}
  /** The server did not take the commits that were pushed. `said`: its own words. */
  | {type: 'pushRefused'; at: number; reason: string; said: string; says: Exclude<RefusalSays, 'passing'>}
  | {type: 'landingBusy'; at: number; rules: LandingRules}
  | {type: 'finished'; at: number}
  | {type: 'assign'; at: number; agent: AgentId}
  | {type: 'retry'; at: number}
  | {type: 'stop'; at: number; reason: string}
  /** Its agent is ended for now; the ticket resumes when agents may start again. */
  | {type: 'park'; at: number; reason: string}
  /** The ticket is given back. */
  | {type: 'reset'; at: number; reason: string}
  | {type: 'failed'; at: number; reason: string; lost: boolean}

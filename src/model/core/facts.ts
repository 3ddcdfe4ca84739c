import type {ErrorData} from '../../base/errors.ts'
import type {Failure} from '../data/assignment.ts'
import type {Claim} from '../data/claim.ts'
import type {Effect} from '../data/effects.ts'
import type {AgentId, PaneId} from '../data/ids.ts'
import type {Issue} from '../data/issue.ts'
import type {Merged} from '../data/main-files.ts'
import type {Message} from '../data/message.ts'
import type {Pop} from '../data/pop.ts'
import type {Pull} from '../data/pull.ts'
import type {Part, Show, Sight} from '../data/show.ts'
import type {Strategy} from '../data/strategy.ts'
import type {ThinkLevel} from '../data/think-level.ts'
import type {ContextFill, Usage} from '../data/usage.ts'
import type {WorkState} from '../gateways/git.ts'
import type {TicketState} from '../ticket/ticket.ts'
import type {Treatment} from './treatment.ts'

/** What an agent said of itself through its signals, its process or its terminal. */
export type AgentReport =
  | {kind: 'ready'}
  /** It has forgotten all that was said, and its conversation goes by this id from now on. */
  | {kind: 'cleared'; session: string}
  /** `detail`: what of, on one line: the tool's argument, or the tool and its argument that it asks for. */
  | {kind: 'busy'; activity: string; detail: string}
  | {kind: 'asks'; activity: string; detail: string}
  /** `blocked`: why it cannot go on, as it says itself. */
  | {kind: 'turnDone'; blocked?: string}
  | {kind: 'failed'; error: string}
  /** A usage limit; the client goes on by itself. `until` in the client's own words. */
  | {kind: 'limited'; until: string}
  /** No signal of its own: nothing has moved for long, while its last signal was that it is busy. */
  | {kind: 'silent'}

/** How much the supervisor does without being asked. */
export type Mode = {
  /** `off`: no agent is started, not even for a repair. */
  routing: 'auto' | 'by hand' | 'off'
  /** `train`: at departures; `at once`: as soon as bottled; `by hand`: when asked. */
  landing: 'train' | 'at once' | 'by hand'
}

/**
 * What became known, past tense; the only input of the decisions. Times are given from outside as `at`,
 * epoch milliseconds.
 */
export type Fact =
  /** Tickets that this daemon owns, as claims and live panes tell; `prompted`: the live agent got its prompt. */
  | {
      type: 'restored'
      tickets: readonly {ticket: TicketState; pane: PaneId | null; prompted: boolean}[]
      /** What GitHub was told of them and when it was there, as far as that is known. */
      shown?: readonly {ticket: number; show: Show; at: number}[]
    }
  | {type: 'githubSeen'; issues: readonly Issue[]; pulls: readonly Pull[]; main: string}
  /** A forced push took commits from main. */
  | {type: 'mainRewritten'; from: string; to: string}
  /** `dead`: owners whose lease was seen to run out; `taken`: claims of others on issues that we held. */
  | {type: 'claimsSeen'; claims: readonly Claim[]; dead: readonly string[]; taken?: readonly Claim[]}
  /** The claim of an owner that is gone, or one of ours, was given back. */
  | {type: 'claimReleased'; ticket: number}
  | {type: 'modeChosen'; mode: Mode}
  /** Main's files, and what landed there, newest first. */
  | {type: 'mainSurveyed'; files: readonly string[]; merged: readonly Merged[]}
  /** What the tickets at work have changed so far, by issue; all of them. */
  | {type: 'changesSeen'; changes: Readonly<Record<number, readonly string[]>>}
  | ({type: 'popAsked'} & Pop)
  | {type: 'landAsked'; tickets: readonly number[] | null}
  | {type: 'bottleAsked'; ticket: number}
  | {type: 'retryAsked'; ticket: number; think?: ThinkLevel}
  | {type: 'stopAsked'; ticket: number}
  /** The ticket is given back: its agent is ended first, what it made is kept in a rescue ref. */
  | {type: 'resetAsked'; ticket: number; by: string}
  | {type: 'cureAsked'; treatment: Treatment; by: string}
  | {type: 'trainDeparted'}
  /** `branch`: that of a claim which was won before and is gone on with. */
  | {type: 'ticketClaimed'; ticket: number; base: string; session: string; branch?: string}
  /** `holder`: the claim that was there before; null where none is in the way. */
  | {type: 'claimRefused'; ticket: number; reason: string; holder: Claim | null}
  | {type: 'worktreePrepared'; ticket: number; worktree: string}
  | {type: 'worktreeSetUp'; ticket: number}
  /** `session`: a new one, as there was no conversation to go on with. */
  | {type: 'agentStarted'; ticket: number; agent: AgentId; pane: PaneId; session?: string}
  /** Its client shows something before it takes a prompt (a first-run dialog, a login); it was told nothing yet. */
  | {type: 'agentNotReady'; ticket: number; agent: AgentId; pane: PaneId}
  | {type: 'agentReported'; agent: AgentId; pane: PaneId; report: AgentReport}
  | {type: 'agentExited'; agent: AgentId; pane: PaneId}
  | {type: 'agentStopped'; agent: AgentId; ticket: number}
  /** What a post of the pane's telemetry adds; `mail`: its number, `seenAt`: when the host got it. */
  | {
      type: 'usageSeen'
      agent: AgentId
      pane: PaneId
      ticket: number
      mail: number
      seenAt: number
      usage: Usage
      fill: ContextFill | null
    }
  | {type: 'workInspected'; ticket: number; work: WorkState}
  | {type: 'workVerified'; ticket: number; head: string; failure: Failure | null}
  | {type: 'ticketBottled'; ticket: number; head: string}
  | {type: 'pullOpened'; ticket: number; pull: number}
  | {type: 'pullSeen'; ticket: number; pull: Pull; conflicts: readonly string[]}
  | {type: 'pullMerged'; ticket: number; commit: string}
  | {type: 'mergeRefused'; ticket: number; reason: string}
  /** Another daemon holds the landing lock; it is not GitHub that refuses. */
  | {type: 'landingBusy'; ticket: number}
  | {type: 'ticketFinished'; ticket: number}
  /** Words for the ticket's agent, new or not delivered before a restart. */
  | {type: 'messageSent'; message: Message}
  | {type: 'messagesDelivered'; ticket: number; messages: readonly Message[]}
  /** Its process ended before it could be told. */
  | {type: 'messagesKept'; ticket: number; messages: readonly Message[]}
  /** GitHub shows what it was told of the ticket, but for what is `missing`. */
  | {
      type: 'ticketShown'
      ticket: number
      add: readonly string[]
      column: string | null
      missing: readonly Part[]
    }
  /** `strategy`: as a person chose it; else the configuration's holds. */
  | {type: 'ticketsSeen'; sights: readonly Sight[]; strategy?: Strategy}
  /** GitHub is told everything of these tickets anew. */
  | {type: 'showAsked'; tickets: readonly number[]}
  /** Its claim was given back: nobody holds it. */
  | {type: 'ticketReleased'; ticket: number}
  | {type: 'timeout'; ticket: number; epoch: number}
  | {type: 'effectFailed'; effect: Effect; error: ErrorData; lost: boolean}

import type {ErrorData} from '../../base/errors.ts'
import type {Failure} from '../data/assignment.ts'
import type {Claim} from '../data/claim.ts'
import type {Config} from '../data/config.ts'
import type {Effect} from '../data/effects.ts'
import type {AgentId, PaneId} from '../data/ids.ts'
import type {Issue} from '../data/issue.ts'
import type {BundleCommit, NotedTest, OpenTrial} from '../data/landing/bundle.ts'
import type {LandTerms} from '../data/landing/terms.ts'
import type {Merged} from '../data/main-files.ts'
import type {Message} from '../data/message.ts'
import type {AgentEnd} from '../data/pane.ts'
import type {Pop} from '../data/pop.ts'
import type {Pull} from '../data/pull.ts'
import type {Observation, Part, Show, Strategy} from '../data/show.ts'
import type {ThinkLevel} from '../data/think-level.ts'
import type {ContextFill, Usage} from '../data/usage.ts'
import type {BundleRules} from '../gateways/bundle.ts'
import type {WorkState} from '../gateways/git.ts'
import type {Writer} from '../hub/mail-turns.ts'
import type {WaitingMail} from '../hub/turn-mail.ts'
import type {GateReading} from '../landing/gate/reading.ts'
import type {Halt, HaltCause, NoticedCause} from '../landing/halt.ts'
import type {MemberReading} from '../landing/train/member.ts'
import type {Conflict, ConflictSide} from '../radar/conflict.ts'
import type {TicketState} from '../ticket/ticket.ts'
import type {Retry} from './retry.ts'
import type {Treatment} from './treatment.ts'

/** What an agent reports through its signals, its process or its terminal. */
export type AgentReport =
  | {kind: 'ready'}
  /** Its conversation began again, with this id. */
  | {kind: 'cleared'; session: string}
  /** `detail`: one line: the tool's argument, or the tool and argument that it asks for. */
  | {kind: 'busy'; activity: string; detail: string}
  | {kind: 'asks'; activity: string; detail: string}
  /** `blocked`: why it cannot continue, in its own words; `said`: what it said last, which may be a question. */
  | {kind: 'turnDone'; blocked?: string; said?: string}
  | {kind: 'failed'; error: string}
  /** A usage limit, after which the client continues by itself. `until`: in the client's own words. */
  | {kind: 'limited'; until: string}
  /** Its last signal was that it is busy, and nothing has moved for long. */
  | {kind: 'silent'}
  /** Its input line, which was in use, takes a prompt. */
  | {kind: 'lineFree'}

/** How much the daemon does without being asked. */
export type Mode = {
  /** `off`: no agent is started, not even for a repair. */
  routing: 'auto' | 'by hand' | 'off'
  /** `train`: at departures; `at once`: as soon as bottled; `by hand`: when asked. */
  landing: 'train' | 'at once' | 'by hand'
}

/**
 * What became known, in the past tense: the only input of the decisions. Each wing takes its own facts. Times come
 * from outside as `at`, in epoch milliseconds.
 */
export type Fact = WingFacts[keyof WingFacts]

export type FactType = Fact['type']
export type FactOf<Type extends FactType> = Extract<Fact, {type: Type}>

/** The facts of each wing. A type that two wings name does not compile in `decide`. */
export type WingFacts = {
  configuration: ConfigurationFact
  routing: RoutingFact
  agents: AgentFact
  messages: MessageFact
  tickets: TicketFact
  landing: LandingFact
  train: TrainFact
  radar: RadarFact
  spending: SpendingFact
  mirror: MirrorFact
  recovery: RecoveryFact
}

export type ConfigurationFact =
  /**
   * The file of the configuration was changed; `config` is all of it that a running daemon can take up. `profileFault`:
   * why no agent of its profile can start.
   */
  | {type: 'configurationChanged'; config: Config; profileFault?: string | null}
  /** The programs of the chosen profile were looked for; `fault`: why no agent of it can start. */
  | {type: 'profileChecked'; fault: string | null}

/** What there is to do, and what people want done. */
export type RoutingFact =
  | {type: 'githubSeen'; issues: readonly Issue[]; pulls: readonly Pull[]; main: string}
  /** For a time; null: what is usual here again. */
  | {type: 'modeChosen'; mode: Mode | null}
  /** Main's files, and what landed there, newest first. */
  | {type: 'mainSurveyed'; files: readonly string[]; merged: readonly Merged[]}
  /** What each ticket at work has changed so far, by issue; the list is complete. */
  | {type: 'changesSeen'; changes: Readonly<Record<number, readonly string[]>>}
  /** Bytes that the worktrees use. */
  | {type: 'diskMeasured'; bytes: number}
  | ({type: 'popAsked'} & Pop)

export type AgentFact =
  /** `session`: a new one, because there was no conversation to resume. */
  | {type: 'agentStarted'; ticket: number; agent: AgentId; pane: PaneId; session?: string}
  | PaneFact
  | {type: 'agentStopped'; agent: AgentId; ticket: number}

/** What an agent's process does. It may be known before the start of the process is. */
export type PaneFact =
  /**
   * It has no prompt yet: its client shows a first-run dialog or a login before it takes one; or, with `for`, its input
   * line is in use, and what is named waits until it is free. `isStuck`: its client did not take what was typed.
   */
  | {
      type: 'agentNotReady'
      ticket: number
      agent: AgentId
      pane: PaneId
      for?: 'task' | 'messages'
      isStuck?: boolean
    }
  /** `at`: when it was posted, where that was before this run of the daemon. */
  | {type: 'agentReported'; agent: AgentId; pane: PaneId; report: AgentReport; at?: number}
  /** `end`: how, if that was read. */
  | {type: 'agentExited'; agent: AgentId; pane: PaneId; end?: AgentEnd}

export type MessageFact =
  /** A message for the ticket's agent: a new one, or one that a restart left undelivered. */
  | {type: 'messageSent'; message: Message}
  | {type: 'messagesDelivered'; ticket: number; messages: readonly Pick<Message, 'id'>[]}
  /** The agent's process ended before it got them. */
  | {type: 'messagesKept'; ticket: number; messages: readonly Message[]}
  /** Mail of the hub is worth a turn of the ticket's agent: all such. */
  | {type: 'mailWaits'; ticket: number; messages: readonly WaitingMail[]}
  /** A turn of the ticket's agent began with messages and mail of these writers, and with nothing else. */
  | {type: 'mailTurnBegan'; ticket: number; words: readonly Writer[]}
  /** What was to be read is not there any more, or the hub cannot be read. */
  | {type: 'nothingToRead'; ticket: number; agent: AgentId; wasIdle: boolean}

export type TicketFact =
  /** `branch`: that of an earlier claim that this daemon won and resumes. */
  | {type: 'ticketClaimed'; ticket: number; base: string; session: string; branch?: string}
  | {type: 'worktreePrepared'; ticket: number; worktree: string}
  | {type: 'worktreeSetUp'; ticket: number}
  | {type: 'workInspected'; ticket: number; work: WorkState}
  | {type: 'workVerified'; ticket: number; head: string; failure: Failure | null}
  | {type: 'ticketBottled'; ticket: number; head: string}
  | {type: 'bottleAsked'; ticket: number}
  | {type: 'retryAsked'; ticket: number; think?: ThinkLevel}
  | {type: 'stopAsked'; ticket: number}
  /** A person gives the ticket back: its agent is ended first, its work is kept in a rescue ref. */
  | {type: 'resetAsked'; ticket: number; by: string}
  /** Its claim was given back, and the issue is free. */
  | {type: 'ticketReleased'; ticket: number}
  | {type: 'timeout'; ticket: number; epoch: number}
  | {type: 'effectFailed'; effect: Effect; error: ErrorData; lost: boolean}

export type LandingFact =
  /** `tickets`: those that a person named; null: all. Without `terms`: on those of the configuration. */
  | {type: 'landAsked'; tickets: readonly number[] | null; terms?: LandTerms}
  | {type: 'trainDeparted'}
  /** `head`: what a person pushed into the draft, which lands from now on. */
  | {type: 'pullOpened'; ticket: number; pull: number; head?: string}
  /** `draft`: false where GitHub has none. */
  | {type: 'draftOpened'; ticket: number; pull: number; draft: boolean}
  | {type: 'pullSeen'; ticket: number; reading: GateReading}
  /** Its branch was brought up to date with main and pushed. */
  | {type: 'branchUpdated'; ticket: number; head: string}
  /** `pull`: of the bundle that carried it; null: its own. */
  | {type: 'pullMerged'; ticket: number; commit: string; pull?: number}
  /** Whether GitHub's auto-merge has it now; `refused`: GitHub does not take it, so it lands without. */
  | {type: 'autoMergeSet'; ticket: number; is: 'on' | 'off' | 'refused'}
  /** GitHub's merge queue took it. */
  | {type: 'pullQueued'; ticket: number}
  | {type: 'mergeRefused'; ticket: number; reason: string}
  /** Another daemon holds the landing lock; GitHub did not refuse. */
  | {type: 'landingBusy'; ticket: number}
  | {type: 'ticketFinished'; ticket: number}
  /** A forced push took commits from main. */
  | {type: 'mainRewritten'; from: string; to: string}
  /** The record of halts on the remote; null: landing is not halted. */
  | {type: 'haltSeen'; halt: Halt | null}
  /** What this daemon noticed is in the record, which says this now. */
  | {type: 'haltWritten'; cause: NoticedCause; halt: Halt | null}
  /** A person looked at these causes and lets landing continue. */
  | {type: 'haltLifted'; causes: readonly HaltCause[]; by: string}
  /** A blocker of the hub holds main, or none does any more. */
  | {type: 'mainHeld'; held: HaltCause | null}

export type TrainFact =
  /** What the gate reads of each ticket that is to be aboard, and what main's rules admit. */
  | {type: 'bundleBoarded'; branch: string; rules: BundleRules; members: readonly MemberReading[]}
  | {
      type: 'bundleBuilt'
      branch: string
      base: string
      commits: readonly BundleCommit[]
      trials: readonly OpenTrial[]
      /** Members whose work changes nothing on main. */
      empty: readonly number[]
    }
  /** A member cannot be aboard: it does not merge onto main or onto those before it, or its head is gone. */
  | {
      type: 'bundleHindered'
      branch: string
      ticket: number
      why: 'main' | 'others' | 'missing'
      paths: readonly string[]
    }
  /** A person pushed to a branch of it, or closed its pull request while no daemon ran. */
  | {type: 'bundleTaken'; branch: string; reason: string}
  /** Main moved while it was built. */
  | {type: 'bundleStale'; branch: string}
  /** `tip`: what a trial's branch holds on the remote; `logs`: the end of what failed checks printed, by their names. */
  | {
      type: 'bundleSeen'
      branch: string
      trials: readonly {
        trial: OpenTrial
        tip: string | null
        reading: GateReading
        logs: Readonly<Record<string, string>>
      }[]
      members: readonly MemberReading[]
    }
  /** A trial landed: the commit on main of each ticket that it held. */
  | {type: 'bundleMerged'; branch: string; pull: number; landed: readonly BundleCommit[]}
  | {type: 'bundleRefused'; branch: string; reason: string}
  /** Another daemon holds the landing lock. */
  | {type: 'bundleBusy'; branch: string}
  /** The claim of a member belongs to another daemon by now. */
  | {type: 'memberLost'; ticket: number; reason: string}

/** Which sides there are, and which of them do not merge; both lists are complete. */
export type RadarFact = {
  type: 'conflictsSeen'
  sides: readonly ConflictSide[]
  conflicts: readonly Conflict[]
}

/** What one post of the pane's telemetry adds. `mail`: its number; `seenAt`: when the host got it. */
export type SpendingFact = {
  type: 'usageSeen'
  agent: AgentId
  pane: PaneId
  ticket: number
  mail: number
  seenAt: number
  usage: Usage
  fill: ContextFill | null
}

export type MirrorFact =
  /** GitHub shows what was written of the ticket, except what is `missing`. */
  | {type: 'ticketShown'; ticket: number; add: readonly string[]; column: string | null; missing: readonly Part[]}
  /** `strategy`: the one that a person chose; else the configuration's applies. */
  | {type: 'ticketsSeen'; observations: readonly Observation[]; strategy?: Strategy}
  /** Labels, column and assignee of these tickets are to be written even if they match. */
  | {type: 'showAsked'; tickets: readonly number[]}

export type RecoveryFact =
  /**
   * Tickets that this daemon owns, from claims and live panes. `prompted`: the live agent got its prompt; `startedAt`:
   * when its program started.
   */
  | {
      type: 'restored'
      tickets: readonly {
        ticket: TicketState
        pane: PaneId | null
        prompted: boolean
        startedAt?: number
        /** What its bundle tested. */
        test?: NotedTest
      }[]
      /** What was written of them on GitHub and when it arrived there, as far as that is known. */
      shown?: readonly {ticket: number; show: Show; at: number}[]
      /** When conflicts were seen first that were there at the end of the earlier run, by their keys. */
      conflicts?: Readonly<Record<string, number>>
    }
  /**
   * `dead`: owners whose lease ran out before our eyes; `taken`: claims of others on issues that we held; `forgotten`:
   * this daemon's own claims that it does not know, as the answer to the claim got lost; `gone`: issues whose claims it
   * holds, and that the last two looks did not find on the remote; told once.
   */
  | {
      type: 'claimsSeen'
      claims: readonly Claim[]
      dead: readonly string[]
      taken?: readonly Claim[]
      forgotten?: readonly Claim[]
      gone?: readonly number[]
    }
  /** A claim was given back: one of this daemon's, or one whose owner is gone. */
  | {type: 'claimReleased'; ticket: number}
  /** `holder`: the claim that was there first; null: no claim is in the way. */
  | {type: 'claimRefused'; ticket: number; reason: string; holder: Claim | null}
  | {type: 'cureAsked'; treatment: Treatment; by: string}
  /** What fails for a passing reason in a lane of effects; null: that has ended. */
  | {type: 'effectRetried'; lane: string; retry: Retry | null}

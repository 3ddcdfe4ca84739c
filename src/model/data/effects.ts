import type {Assignment} from './assignment.ts'
import type {Adoption, Claim} from './claim.ts'
import type {Config} from './config.ts'
import type {NewEvent} from './event.ts'
import type {AgentId} from './ids.ts'
import type {BundleMember, BundleTrial, NotedTest, OpenTrial} from './landing/bundle.ts'
import type {LandTerms} from './landing/terms.ts'
import type {Message} from './message.ts'
import type {ThinkLevel} from './think-level.ts'

/**
 * Everything that changes git, GitHub, a process or the hub, as data. An effect is idempotent: done twice, or
 * again after a kill at any point, it ends in the same place.
 */
export type Effect =
  | {
      name: 'claimTicket'
      ticket: number
      title: string
      body: string
      agent: AgentId
      branch: string
      /** Commit that the branch starts from; null: main as it is now. */
      base: string | null
      /** Why this one; missing: a person chose it. */
      taken?: string
    }
  /** Adopts or releases a claim whose owner is gone. */
  | {name: 'adoptClaim'; ticket: number; claim: Claim; how: Exclude<Adoption, 'leave'>}
  | {name: 'prepareWorktree'; ticket: number; branch: string; base: string}
  /** Runs `agents.setup` in a worktree that they did not pass in yet. */
  | {name: 'setUpWorktree'; ticket: number; branch: string; session: string; worktree: string}
  | {
      name: 'startAgent'
      ticket: number
      agent: AgentId
      session: string
      branch: string
      worktree: string
      /** The agent resumes the conversation of an earlier process. */
      resume: boolean
      assignment: Assignment
      attempt: number
      /** The recent starts for this ticket, this one included; epoch milliseconds. */
      starts: readonly number[]
      /** As a person asked for it. */
      think?: ThinkLevel | undefined
    }
  /** `forgot`: the conversation began again, so the agent knows no earlier prompt. */
  | {
      name: 'promptAgent'
      ticket: number
      agent: AgentId
      branch: string
      assignment: Assignment
      forgot?: boolean
      /** Messages that may begin no turn of their own and come with this prompt. */
      held?: readonly Message[]
    }
  /** The agent's conversation goes by another id: writes it into the claim, so that a later start resumes that one. */
  | {name: 'keepSession'; ticket: number; session: string}
  /** Also gives the mail of the hub that waits. `wasIdle`: the agent waited for a prompt, and its turn did not end well. */
  | {
      name: 'deliverMessages'
      ticket: number
      agent: AgentId
      branch: string
      messages: readonly Message[]
      wasIdle: boolean
    }
  /**
   * Notes in the hub that an agent ended without having read them; an event tells so. `unlessTold`: only of those that still
   * wait there, as the daemon that had the ticket tells of them, unless it has a hub of its own.
   */
  | {name: 'expireMessages'; ticket: number; messages: readonly number[]; unlessTold?: readonly NewEvent[]}
  | {name: 'inspectWork'; ticket: number; worktree: string}
  /** Runs `agents.verify` on the commit `head`. */
  | {name: 'verifyWork'; ticket: number; branch: string; session: string; worktree: string; head: string}
  | {name: 'bottleTicket'; ticket: number; worktree: string; head: string}
  | {name: 'stopAgent'; ticket: number; agent: AgentId}
  /** Saves what is in the worktree in a rescue ref. */
  | {name: 'saveWork'; ticket: number; agent: AgentId; worktree: string; reason: string}
  | {name: 'openPull'; ticket: number; branch: string; agent: AgentId; worktree: string; repairs: number}
  /** Gives work that conflicts, and whose repairs are used up, to a person: its pull request becomes a draft. */
  | {
      name: 'openDraft'
      ticket: number
      branch: string
      agent: AgentId
      paths: readonly string[]
      reason: string
    }
  | {name: 'watchPull'; ticket: number; pull: number}
  | {name: 'sendBack'; ticket: number; reason: string; repairs: number; conflicts?: number; reviews?: number}
  /** Merges main into the branch and pushes it, so that the checks run on what a merge would make. */
  | {
      name: 'updateBranch'
      ticket: number
      branch: string
      worktree: string
      head: string
      pull: number
      terms: LandTerms
    }
  /** Merges it, or puts it into GitHub's merge queue where there is one; `requeue`: also one that the queue gave up. */
  | {
      name: 'mergePull'
      ticket: number
      pull: number
      branch: string
      sha: string
      requeue: boolean
      terms: LandTerms
    }
  /** Leaves the pull request to GitHub's auto-merge, or takes it back. */
  | {
      name: 'setAutoMerge'
      ticket: number
      pull: number
      branch: string
      sha: string
      on: boolean
      terms: LandTerms
    }
  /** Writes into the claim on what terms a person lands the ticket, so that a restart keeps them. */
  | {name: 'keepTerms'; ticket: number; terms: LandTerms}
  /**
   * Asks the gate about each ticket that is to be aboard, and reads what main's rules admit. `left`: the trials of a
   * bundle that an earlier run of the daemon left under test.
   */
  | {name: 'boardBundle'; branch: string; members: readonly BundleMember[]; left: readonly BundleTrial[]}
  /** Builds the bundle on main and pushes its trials, each with a pull request. */
  | {
      name: 'buildBundle'
      branch: string
      members: readonly BundleMember[]
      trials: readonly BundleTrial[]
      test: NotedTest
    }
  | {name: 'watchBundle'; branch: string; members: readonly BundleMember[]; trials: readonly OpenTrial[]}
  /** Merges a trial; `members`: those that it holds. */
  | {
      name: 'landBundle'
      branch: string
      base: string
      members: readonly BundleMember[]
      trial: OpenTrial
      /** What the whole bundle tests. */
      test: NotedTest
      method: Config['integration']['merge_strategy']
      /** What any of the members asks for. */
      terms: LandTerms
    }
  /** Closes trials and deletes their branches; those that landed only lose their branch. */
  | {name: 'dropBundle'; branch: string; trials: readonly OpenTrial[]}
  | {
      name: 'finishTicket'
      ticket: number
      agent: AgentId
      branch: string
      worktree: string
      head: string
      pull: number
      mergeCommit: string
      terms: LandTerms
    }
  /** Writes what was noticed into the record of halts, so that no daemon of the repository lands anything. */
  | {
      name: 'haltLanding'
      noticed:
        | {kind: 'rewrite' | 'tree'; reason: string; from: string; to: string}
        | {kind: 'pause'; reason: string; from: null; to: null}
    }
  | {name: 'blockTicket'; ticket: number; reason: string; attempt: number}
  | {
      name: 'showTicket'
      ticket: number
      add: readonly string[]
      remove: readonly string[]
      /** Where its card goes; null: nowhere. */
      column: string | null
      /** Columns that the card may leave. One in another column was moved by hand and stays. null: any column. */
      columns: readonly string[] | null
      /** The login to assign, and the one to unassign. */
      assign: string | null
      unassign: string | null
    }
  /** Looks whether GitHub still shows what was written; `since`: when that arrived. */
  | {name: 'lookAtTickets'; tickets: readonly {ticket: number; since: number}[]}
  /** Releases the claim of a ticket whose agent has ended; branch and worktree stay. */
  | {
      name: 'releaseTicket'
      ticket: number
      add: readonly string[]
      remove: readonly string[]
      unassign: string | null
      reason: string
    }
  /** Makes an issue ready again whose labels name an agent, if it is still unclaimed; `by`: who asked. */
  | {name: 'clearLabels'; ticket: number; remove: readonly string[]; by: string}
  /** Comes back as the fact `timeout` with this epoch. */
  | {name: 'timer'; ticket: number; epoch: number; ms: number}
  | {name: 'record'; event: NewEvent}
  /** Something a person should see now. */
  | {name: 'notify'; level: 'info' | 'warning' | 'error'; text: string; kept?: string; next?: string}

export type EffectName = Effect['name']
export type EffectOf<Name extends EffectName> = Extract<Effect, {name: Name}>

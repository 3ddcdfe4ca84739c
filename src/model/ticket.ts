import {assign, setup} from 'xstate'
import {type Assignment, describeRepair, type Repair} from './assignment.ts'
import type {Effect} from './effects.ts'
import type {WorkState} from './gateways.ts'
import type {AgentId} from './ids.ts'
import {type MachineState, stepper} from './machine.ts'
import type {Pull} from './pull.ts'

/** A turn that ends without a clean commit is answered this often before a person is asked. */
export const MAX_NUDGES = 2
/** An agent whose process dies is started again this often for one ticket before a person is asked. */
export const MAX_ATTEMPTS = 4
/** GitHub may refuse a merge for a moment (it computes mergeability late); after this often a person is asked. */
export const MAX_REFUSALS = 5

export type TicketValue =
  | 'claiming'
  | 'preparing'
  | 'starting'
  | 'working'
  | 'inspecting'
  | 'bottling'
  | 'review'
  | 'opening'
  | 'checking'
  | 'mergeable'
  | 'merging'
  | 'finishing'
  | 'queued'
  | 'blocked'
  | 'merged'
  | 'lost'

export type TicketContext = {
  issue: number
  title: string
  /** The slot that works on it now, or worked on it last. */
  agent: AgentId
  branch: string
  session: string
  base: string | null
  worktree: string | null
  /** Last pushed commit. */
  head: string | null
  pull: number | null
  mergeCommit: string | null
  attempts: number
  repairs: number
  maxRepairs: number
  nudges: number
  /** The agent's process is alive. */
  alive: boolean
  /** Refusals of the merge in a row for this head. */
  refusals: number
  /** What the agent is told when it starts. */
  assignment: Assignment
  /** It boarded a train: after a repair it goes on landing by itself. */
  boarded: boolean
  /** Why it is blocked, in repair or put off. */
  reason: string | null
  checks: {done: number; total: number} | null
  /** Epoch milliseconds of the last change of state. */
  since: number
  /** Grows with every change of state; a timer of an older epoch means nothing. */
  epoch: number
}

export type TicketEvent =
  | {type: 'claimed'; at: number; base: string; session: string; branch?: string | undefined}
  | {type: 'claimLost'; at: number; reason: string}
  | {type: 'prepared'; at: number; worktree: string}
  | {type: 'started'; at: number}
  | {type: 'turnDone'; at: number}
  | {type: 'exited'; at: number}
  | {type: 'bottle'; at: number}
  | {type: 'inspected'; at: number; work: WorkState}
  | {type: 'bottled'; at: number; head: string}
  /** The agent committed on before its work was pushed. */
  | {type: 'headMoved'; at: number}
  | {type: 'land'; at: number}
  | {type: 'opened'; at: number; pull: number}
  | {type: 'pullSeen'; at: number; pull: Pull; noChecksIsGreen: boolean; conflicts: readonly string[]}
  | {type: 'checksLate'; at: number; reason: string}
  | {type: 'look'; at: number; epoch: number}
  | {type: 'merge'; at: number}
  | {type: 'mergedNow'; at: number; commit: string}
  | {type: 'mergeRefused'; at: number; reason: string}
  | {type: 'landingBusy'; at: number}
  | {type: 'finished'; at: number}
  | {type: 'assign'; at: number; agent: AgentId}
  | {type: 'retry'; at: number}
  | {type: 'stop'; at: number; reason: string}
  | {type: 'failed'; at: number; reason: string; lost: boolean}

export type TicketState = MachineState<TicketValue, TicketContext>

/** The verdict on a pull request that decides what landing does next. */
export type PullVerdict = 'merged' | 'closed' | 'conflict' | 'red' | 'green' | 'wait'

/** What GitHub's answer means for landing; anything unknown is never a yes. */
export function judgePull(pull: Pull, head: string | null, noChecksIsGreen: boolean): PullVerdict {
  if (pull.state === 'merged') return 'merged'
  if (pull.state === 'closed') return 'closed'
  if (pull.head.sha !== head) return 'wait'
  if (pull.mergeable === 'conflict') return 'conflict'
  if (!pull.checks || pull.checks.sha !== head) return 'wait'
  if (pull.checks.state === 'failed') return 'red'
  if (pull.mergeable === 'unknown' || pull.checks.state === 'pending') return 'wait'
  if (pull.checks.state === 'none' && !noChecksIsGreen) return 'wait'
  return 'green'
}

type Args<Type extends TicketEvent['type'] = TicketEvent['type']> = {
  context: TicketContext
  event: Extract<TicketEvent, {type: Type}>
}

/** An action that asks for an effect, made from the context as it is after the assignments before it. */
function ask<E extends TicketEvent>(make: (context: TicketContext) => Effect) {
  return {type: 'emit' as const, params: ({context}: {context: TicketContext; event: E}) => make(context)}
}

const verdict = ({context, event}: Args<'pullSeen'>) => judgePull(event.pull, context.head, event.noChecksIsGreen)
const canBottle = ({event}: Args<'inspected'>) => event.work.commits.length > 0 && event.work.dirty.length === 0
const repairsLeft = (context: TicketContext) => context.repairs < context.maxRepairs

const startAgent = ask(context => ({
  name: 'startAgent',
  ticket: context.issue,
  agent: context.agent,
  session: context.session,
  branch: context.branch,
  worktree: context.worktree ?? '',
  resume: context.attempts > 1 || context.assignment.kind !== 'first',
  assignment: context.assignment,
  attempt: context.attempts,
}))
const promptAgent = ask(context => ({
  name: 'promptAgent',
  ticket: context.issue,
  agent: context.agent,
  branch: context.branch,
  assignment: context.assignment,
}))
const stopAgent = ask(context => ({name: 'stopAgent', ticket: context.issue, agent: context.agent}))
const inspectWork = ask(context => ({name: 'inspectWork', ticket: context.issue, worktree: context.worktree ?? ''}))
const watchPull = ask(context => ({name: 'watchPull', ticket: context.issue, pull: context.pull ?? 0}))
const openPull = ask(context => ({
  name: 'openPull',
  ticket: context.issue,
  branch: context.branch,
  agent: context.agent,
  worktree: context.worktree ?? '',
  repairs: context.repairs,
}))
const finishTicket = ask(context => ({
  name: 'finishTicket',
  ticket: context.issue,
  agent: context.agent,
  branch: context.branch,
  worktree: context.worktree ?? '',
  head: context.head ?? '',
  pull: context.pull ?? 0,
  mergeCommit: context.mergeCommit ?? '',
}))
const blockTicket = ask(context => ({
  name: 'blockTicket',
  ticket: context.issue,
  reason: context.reason ?? 'unknown',
  attempt: context.epoch,
}))

const machine = setup({
  types: {context: {} as TicketContext, events: {} as TicketEvent},
  actions: {
    emit: (_, _effect: Effect) => {},
    stamp: assign({since: ({event}) => event.at, epoch: ({context}) => context.epoch + 1}),
    reason: assign({reason: ({context, event}) => ('reason' in event ? event.reason : context.reason)}),
    dead: assign({alive: false}),
  },
}).createMachine({
  context: {} as TicketContext,
  initial: 'claiming',
  on: {
    failed: [
      {guard: ({event}) => event.lost, target: '.lost', actions: ['stamp', 'reason', stopAgent]},
      {target: '.blocked', actions: ['stamp', 'reason', stopAgent, blockTicket]},
    ],
  },
  states: {
    claiming: {
      on: {
        claimed: {
          target: 'preparing',
          actions: [
            'stamp',
            assign({
              base: ({event}) => event.base,
              session: ({event}) => event.session,
              branch: ({context, event}) => event.branch ?? context.branch,
            }),
            ask(context => ({
              name: 'prepareWorktree',
              ticket: context.issue,
              branch: context.branch,
              base: context.base ?? '',
            })),
          ],
        },
        claimLost: {target: 'lost', actions: ['stamp', 'reason']},
        failed: {target: 'lost', actions: ['stamp', 'reason']},
      },
    },
    preparing: {
      on: {
        prepared: {
          target: 'starting',
          actions: [
            'stamp',
            assign({worktree: ({event}) => event.worktree, attempts: ({context}) => context.attempts + 1}),
            startAgent,
          ],
        },
        stop: {target: 'blocked', actions: ['stamp', 'reason', stopAgent, blockTicket]},
      },
    },
    starting: {
      on: {
        started: {target: 'working', actions: ['stamp', assign({alive: true}), promptAgent]},
        stop: {target: 'blocked', actions: ['stamp', 'reason', stopAgent, blockTicket]},
      },
    },
    working: {
      on: {
        turnDone: {target: 'inspecting', actions: ['stamp', inspectWork]},
        bottle: {target: 'inspecting', actions: ['stamp', inspectWork]},
        exited: {target: 'inspecting', actions: ['stamp', 'dead', inspectWork]},
        stop: {target: 'blocked', actions: ['stamp', 'reason', stopAgent, blockTicket]},
      },
    },
    inspecting: {
      on: {
        exited: {actions: ['dead']},
        stop: {target: 'blocked', actions: ['stamp', 'reason', stopAgent, blockTicket]},
        inspected: [
          {
            guard: canBottle,
            target: 'bottling',
            actions: [
              'stamp',
              {
                type: 'emit',
                params: ({context, event}) => ({
                  name: 'bottleTicket',
                  ticket: context.issue,
                  worktree: context.worktree ?? '',
                  head: event.work.head,
                }),
              },
            ],
          },
          {
            guard: ({context}) => context.alive && context.nudges < MAX_NUDGES,
            target: 'working',
            actions: [
              'stamp',
              assign({
                nudges: ({context}) => context.nudges + 1,
                assignment: ({event}) => ({
                  kind: 'unfinished' as const,
                  missing: event.work.dirty.length > 0 ? ('clean-tree' as const) : ('commit' as const),
                  dirty: event.work.dirty,
                }),
              }),
              promptAgent,
            ],
          },
          {
            guard: ({context}) => !context.alive && context.attempts < MAX_ATTEMPTS,
            target: 'queued',
            actions: ['stamp', assign({assignment: resumed()}), stopAgent],
          },
          {
            target: 'blocked',
            actions: [
              'stamp',
              assign({
                reason: ({context, event}) =>
                  context.alive
                    ? event.work.dirty.length > 0
                      ? `the agent left ${event.work.dirty.length} uncommitted files after ${MAX_NUDGES} reminders`
                      : `the agent made no commit after ${MAX_NUDGES} reminders`
                    : `the agent's process ended ${context.attempts} times before the work was done`,
              }),
              stopAgent,
              blockTicket,
            ],
          },
        ],
      },
    },
    bottling: {
      on: {
        exited: {actions: ['dead']},
        headMoved: {target: 'inspecting', actions: ['stamp', inspectWork]},
        bottled: [
          {
            guard: ({context}) => context.boarded,
            target: 'opening',
            actions: ['stamp', assign({head: ({event}) => event.head, refusals: 0}), stopAgent, openPull],
          },
          {target: 'review', actions: ['stamp', assign({head: ({event}) => event.head}), stopAgent]},
        ],
      },
    },
    review: {
      on: {land: {target: 'opening', actions: ['stamp', assign({boarded: true, reason: null}), openPull]}},
    },
    opening: {
      on: {
        opened: {target: 'checking', actions: ['stamp', assign({pull: ({event}) => event.pull}), watchPull]},
      },
    },
    checking: {
      on: {
        look: {guard: ({context, event}) => event.epoch === context.epoch, actions: [watchPull]},
        pullSeen: [
          {
            guard: args => verdict(args) === 'merged',
            target: 'finishing',
            actions: ['stamp', assign({mergeCommit: ({event}) => event.pull.mergeCommit}), finishTicket],
          },
          {
            guard: args => verdict(args) === 'closed',
            target: 'blocked',
            actions: [
              'stamp',
              assign({reason: ({context}) => `pull request #${context.pull} was closed by hand`}),
              blockTicket,
            ],
          },
          {
            guard: args => ['conflict', 'red'].includes(verdict(args)) && repairsLeft(args.context),
            target: 'queued',
            actions: [
              'stamp',
              assign({
                assignment: ({event}) => ({kind: 'repair' as const, repair: repairOf(event)}),
                reason: ({event}) => describeRepair(repairOf(event)),
                repairs: ({context}) => context.repairs + 1,
                nudges: 0,
                attempts: 0,
                checks: null,
              }),
              ask(context => ({
                name: 'sendBack',
                ticket: context.issue,
                reason: context.reason ?? '',
                repairs: context.repairs,
              })),
            ],
          },
          {
            guard: args => ['conflict', 'red'].includes(verdict(args)),
            target: 'blocked',
            actions: [
              'stamp',
              assign({
                reason: ({context, event}) => `${describeRepair(repairOf(event))}, after ${context.repairs} repairs`,
              }),
              blockTicket,
            ],
          },
          {
            guard: args => verdict(args) === 'green',
            target: 'mergeable',
            actions: ['stamp', assign({checks: seenChecks})],
          },
          {actions: [assign({checks: seenChecks})]},
        ],
        checksLate: {
          target: 'blocked',
          actions: ['stamp', 'reason', blockTicket],
        },
      },
    },
    mergeable: {
      on: {
        // Where people merge, what they do is looked for.
        look: {guard: ({context, event}) => event.epoch === context.epoch, actions: [watchPull]},
        pullSeen: [
          {guard: args => verdict(args) === 'green', actions: [assign({checks: seenChecks})]},
          {target: 'checking', actions: ['stamp', watchPull]},
        ],
        merge: {
          target: 'merging',
          actions: [
            'stamp',
            ask(context => ({
              name: 'mergePull',
              ticket: context.issue,
              pull: context.pull ?? 0,
              branch: context.branch,
              sha: context.head ?? '',
            })),
          ],
        },
      },
    },
    merging: {
      on: {
        mergedNow: {
          target: 'finishing',
          actions: ['stamp', assign({mergeCommit: ({event}) => event.commit}), finishTicket],
        },
        landingBusy: {
          target: 'checking',
          actions: ['stamp', assign({reason: 'another daemon is landing'})],
        },
        mergeRefused: [
          // GitHub may know why by the next look: a conflict, a moved head, a missing check.
          {
            guard: ({context}) => context.refusals < MAX_REFUSALS,
            target: 'checking',
            actions: ['stamp', 'reason', assign({refusals: ({context}) => context.refusals + 1})],
          },
          {target: 'blocked', actions: ['stamp', 'reason', blockTicket]},
        ],
      },
    },
    finishing: {
      on: {
        finished: {target: 'merged', actions: ['stamp']},
        failed: [
          {guard: ({event}) => event.lost, target: 'lost', actions: ['stamp', 'reason']},
          // The work is on main; cleaning up is tried again and never turns into a block.
          {actions: ['reason']},
        ],
        look: {guard: ({context, event}) => event.epoch === context.epoch, actions: [finishTicket]},
      },
    },
    queued: {
      on: {
        assign: {
          target: 'preparing',
          actions: [
            'stamp',
            assign({agent: ({event}) => event.agent, alive: false}),
            ask(context => ({
              name: 'prepareWorktree',
              ticket: context.issue,
              branch: context.branch,
              base: context.base ?? '',
            })),
          ],
        },
      },
    },
    blocked: {
      on: {
        retry: {
          target: 'queued',
          actions: ['stamp', assign({assignment: resumed(), reason: null, nudges: 0, attempts: 0, repairs: 0})],
        },
        failed: {},
      },
    },
    merged: {on: {failed: {}}},
    lost: {on: {failed: {}}},
  },
})

function resumed(): Assignment {
  return {kind: 'repair', repair: {kind: 'resume'}}
}

function repairOf(event: Extract<TicketEvent, {type: 'pullSeen'}>): Repair {
  return event.pull.mergeable === 'conflict'
    ? {kind: 'conflict', paths: event.conflicts}
    : {kind: 'checks', failures: event.pull.checks?.failures ?? []}
}

function seenChecks({event}: Args<'pullSeen'>) {
  const {checks} = event.pull
  return checks && {done: checks.done, total: checks.total}
}

/** Moves one ticket; what it asks for comes as effects. Events that mean nothing in its state change nothing. */
export const stepTicket = stepper<typeof machine, TicketContext, Effect>(machine)

/** States in which the ticket has a slot. */
export function holdsSlot(ticket: TicketState): boolean {
  return ['claiming', 'preparing', 'starting', 'working', 'inspecting', 'bottling'].includes(ticket.value)
}

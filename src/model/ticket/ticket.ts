import {assign, type StateValueFrom} from 'xstate'
import {RESUME} from '../data/assignment.ts'
import type {Effect} from '../data/effects.ts'
import {type MachineState, stepper} from '../machine.ts'
import {isQuarantined} from './back-off.ts'
import type {TicketContext} from './context.ts'
import {
  BOARDING,
  blockTicket,
  bottleTicket,
  DECIDED,
  finishTicket,
  HEAD_MOVED,
  inspectWork,
  job,
  LANDED,
  LOOKED_AT,
  lookLater,
  mergePull,
  openPull,
  pauseStart,
  prepareWorktree,
  promptAgent,
  REVIEWED,
  SENT_BACK,
  SHELVED,
  STOPS,
  sendBack,
  setUpWorktree,
  startAgent,
  stopAgent,
  updateBranch,
  watchPull,
} from './effects.ts'
import type {TicketEvent} from './events.ts'
import {FINISHING, UNCLEANED} from './finishing.ts'
import {BUSY, REFUSED} from './merging.ts'
import {MAX_NUDGES, notDone, notVerified, startedOften, unfinished, unverified} from './reasons.ts'
import {canMend, mending, opened, putBack} from './repairs.ts'
import {ticketSetup} from './setup.ts'

/** Work that does not pass `agents.verify` goes back to its agent this often before a person is asked. */
export const MAX_VERIFIES = 2

type Args<Type extends TicketEvent['type'] = TicketEvent['type']> = {
  context: TicketContext
  event: Extract<TicketEvent, {type: Type}>
}

const isCommitted = ({event}: Args<'inspected'>) => event.work.commits.length > 0 && event.work.dirty.length === 0
const canBottle = (args: Args<'inspected'>) => isCommitted(args) && args.event.work.loosePointers.length === 0
const isLeftAlone = ({context, event}: Args) => isQuarantined(context.starts, event.at)

/** What was pushed and was on its way to main, by its own pull request or in a bundle. */
export function hasLandable({head, pull, bundle}: Pick<TicketContext, 'head' | 'pull' | 'bundle'>): boolean {
  return head !== null && (pull !== null || bundle !== null)
}

const machine = ticketSetup.createMachine({
  context: {} as TicketContext,
  initial: 'claiming',
  on: {
    reset: {target: '.lost', actions: ['stamp', 'reason', stopAgent]},
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
            prepareWorktree,
          ],
        },
        claimLost: {target: 'lost', actions: ['stamp', 'reason']},
        failed: {target: 'lost', actions: ['stamp', 'reason']},
      },
    },
    preparing: {
      on: {
        prepared: [
          {
            guard: ({context}) => context.setsUp,
            target: 'settingUp',
            actions: ['stamp', assign({worktree: ({event}) => event.worktree}), setUpWorktree],
          },
          {
            target: 'starting',
            actions: ['stamp', assign({worktree: ({event}) => event.worktree}), 'attempt', startAgent],
          },
        ],
        reviewed: {actions: ['alsoReviewed']},
        ...STOPS,
      },
    },
    settingUp: {
      on: {
        reviewed: {actions: ['alsoReviewed']},
        setUp: {target: 'starting', actions: ['stamp', 'attempt', startAgent]},
        ...STOPS,
      },
    },
    starting: {
      on: {
        started: {target: 'working', actions: ['stamp', 'alive', promptAgent]},
        ...STOPS,
      },
    },
    working: {
      on: {
        restored: {guard: ({event}) => !event.prompted, actions: [promptAgent]},
        turnDone: {
          target: 'inspecting',
          actions: ['stamp', assign({lastSaid: ({event}) => event.said ?? null}), inspectWork],
        },
        gaveUp: STOPS.stop,
        bottle: {target: 'inspecting', actions: ['stamp', inspectWork]},
        exited: {target: 'inspecting', actions: ['stamp', 'dead', inspectWork]},
        ...STOPS,
      },
    },
    inspecting: {
      on: {
        ...LOOKED_AT,
        inspected: [
          {
            guard: args => canBottle(args) && args.context.verifies,
            target: 'verifying',
            actions: [
              'stamp',
              {
                type: 'emit',
                params: ({context, event}) => ({name: 'verifyWork', ...job(context), head: event.work.head}),
              },
            ],
          },
          {
            guard: canBottle,
            target: 'bottling',
            actions: ['stamp', {type: 'emit', params: ({context, event}) => bottleTicket(context, event.work.head)}],
          },
          {
            guard: ({context}) => context.alive && context.nudges < MAX_NUDGES,
            target: 'working',
            actions: [
              'stamp',
              assign({
                nudges: ({context}) => context.nudges + 1,
                assignment: unfinished,
              }),
              promptAgent,
            ],
          },
          {
            guard: args => !args.context.alive && !isLeftAlone(args),
            target: 'queued',
            actions: ['stamp', assign({assignment: unfinished, paused: true}), stopAgent, pauseStart],
          },
          {
            target: 'blocked',
            actions: ['stamp', assign({reason: notDone}), stopAgent, blockTicket],
          },
        ],
      },
    },
    verifying: {
      on: {
        ...LOOKED_AT,
        headMoved: HEAD_MOVED,
        verified: [
          {
            guard: ({event}) => event.failure === null,
            target: 'bottling',
            actions: [
              'stamp',
              assign({reason: null}),
              {type: 'emit', params: ({context, event}) => bottleTicket(context, event.head)},
            ],
          },
          {
            guard: ({context}) => context.alive && context.failedVerifies < MAX_VERIFIES,
            target: 'working',
            actions: ['stamp', assign(unverified), promptAgent],
          },
          {
            guard: args => !args.context.alive && args.context.failedVerifies < MAX_VERIFIES && !isLeftAlone(args),
            target: 'queued',
            actions: ['stamp', assign(unverified), assign({paused: true}), stopAgent, pauseStart],
          },
          {target: 'blocked', actions: ['stamp', assign({reason: notVerified}), stopAgent, blockTicket]},
        ],
      },
    },
    bottling: {
      on: {
        exited: {actions: ['dead']},
        headMoved: HEAD_MOVED,
        pushRefused: [
          {
            guard: args => canMend(args) && args.context.alive,
            target: 'working',
            actions: ['stamp', assign(mending), promptAgent],
          },
          {guard: canMend, target: 'queued', actions: ['stamp', assign(mending), stopAgent, sendBack]},
          {target: 'blocked', actions: ['stamp', 'reason', stopAgent, blockTicket]},
        ],
        bottled: [
          {
            guard: ({context}) => context.boarded && context.pull !== null,
            target: 'opening',
            actions: [
              'stamp',
              assign({head: ({event}) => event.head, headMoves: 0, refusals: 0, gate: []}),
              stopAgent,
              openPull,
            ],
          },
          {
            target: 'bottled',
            actions: ['stamp', assign({head: ({event}) => event.head, headMoves: 0, gate: []}), stopAgent],
          },
        ],
      },
    },
    bottled: {
      on: {
        called: {guard: ({context}) => !context.boarded, actions: ['call']},
        boarded: {
          target: 'aboard',
          actions: ['stamp', 'call', assign({bundle: ({event}) => event.bundle, reason: null})],
        },
        land: BOARDING,
        // What was in a bundle boards the next one.
        reviewed: REVIEWED,
        restored: {guard: ({context}) => context.boarded && context.bundle === null, ...BOARDING},
        // Its bundle landed while no daemon watched.
        mergedNow: LANDED,
        sentBack: SENT_BACK,
        stop: SHELVED,
      },
    },
    // The train moves it: its checks are those of its bundle.
    aboard: {
      on: {
        mergedNow: LANDED,
        putBack: {
          target: 'bottled',
          actions: ['stamp', assign(({context, event}) => putBack(context, event))],
        },
        land: BOARDING,
        sentBack: SENT_BACK,
        reviewed: REVIEWED,
        stop: SHELVED,
      },
    },
    opening: {
      on: {
        mergedNow: LANDED,
        opened: {
          target: 'checking',
          actions: ['stamp', 'startWaiting', assign(({context, event}) => opened(context, event)), watchPull],
        },
        stop: SHELVED,
      },
    },
    checking: {
      on: {
        look: {guard: 'isCurrent', actions: [watchPull]},
        pullSeen: [...DECIDED, {actions: ['seen', 'answer', lookLater]}],
        reviewed: REVIEWED,
        stop: SHELVED,
      },
    },
    mergeable: {
      on: {
        // Where people merge, the pull request is looked at until one does.
        look: {guard: 'isCurrent', actions: [watchPull]},
        pullSeen: [
          {guard: 'mayMergeByItself', actions: ['seen']},
          {guard: 'mayMerge', actions: ['seen', lookLater]},
          ...DECIDED,
          {target: 'checking', actions: ['stamp', 'seen', 'answer', lookLater]},
        ],
        update: {target: 'updating', actions: ['stamp', updateBranch]},
        merge: {target: 'merging', actions: ['stamp', mergePull]},
        reviewed: REVIEWED,
        stop: SHELVED,
      },
    },
    // A person's consent is missing, or a person decided something: it lands by itself once the person has acted.
    held: {
      on: {
        look: {guard: 'isCurrent', actions: [watchPull]},
        pullSeen: [
          {guard: 'isHeld', actions: ['seen', 'answer', lookLater]},
          ...DECIDED,
          {target: 'checking', actions: ['stamp', 'seen', 'answer', lookLater]},
        ],
        land: {actions: ['stamp', assign({refusals: 0, requeue: true}), watchPull]},
        reviewed: REVIEWED,
        stop: SHELVED,
      },
    },
    updating: {
      on: {
        updated: {
          target: 'checking',
          actions: [
            'stamp',
            'startWaiting',
            assign({head: ({event}) => event.head, front: true, refusals: 0, gate: []}),
            watchPull,
          ],
        },
        pushRefused: [
          {guard: canMend, target: 'queued', actions: ['stamp', 'yield', assign(mending), sendBack]},
          {target: 'blocked', actions: ['stamp', 'yield', 'reason', blockTicket]},
        ],
        // Main conflicts with it by now, or somebody moved the branch.
        pullSeen: [...DECIDED, {target: 'checking', actions: ['stamp', 'seen', 'answer', lookLater]}],
      },
    },
    merging: {
      on: {
        // Read once more right before the merge, something speaks against it.
        pullSeen: [...DECIDED, {target: 'checking', actions: ['stamp', 'seen', 'answer', lookLater]}],
        mergedNow: LANDED,
        enqueued: {
          target: 'checking',
          actions: [
            'stamp',
            'yield',
            'startWaiting',
            assign({reason: 'it is in the merge queue', requeue: false, refusals: 0, busySince: null}),
            lookLater,
          ],
        },
        landingBusy: BUSY,
        mergeRefused: REFUSED,
      },
    },
    finishing: FINISHING,
    // It has landed, and a person is asked about what is left of it; it is tried again ever more seldom.
    uncleaned: UNCLEANED,
    queued: {
      on: {
        restored: {guard: ({context}) => context.paused === true, actions: [pauseStart]},
        look: [
          {guard: ({context, event}) => event.epoch !== context.epoch},
          // After a restart too: an agent that died unseen must not start once too often.
          {guard: isLeftAlone, target: 'blocked', actions: ['stamp', assign({reason: startedOften}), blockTicket]},
          {actions: [assign({paused: false})]},
        ],
        assign: {
          target: 'preparing',
          actions: ['stamp', assign({agent: ({event}) => event.agent, alive: false}), prepareWorktree],
        },
        reviewed: {actions: ['alsoReviewed']},
        stop: SHELVED,
      },
    },
    blocked: {
      on: {
        // A person merged it by hand.
        pullSeen: {
          guard: 'isMerged',
          target: 'finishing',
          actions: ['stamp', 'landed', finishTicket],
        },
        // It was stopped while its bundle was being merged.
        mergedNow: LANDED,
        // What was pushed can land without an agent, once whatever stopped it is mended.
        land: {guard: ({context}) => hasLandable(context), ...BOARDING},
        reviewed: REVIEWED,
        retry: {
          target: 'queued',
          actions: [
            'stamp',
            assign({assignment: RESUME, reason: null, paused: false}),
            assign({nudges: 0, failedVerifies: 0, headMoves: 0, attempts: 0, starts: []}),
            assign({repairs: 0, conflicts: 0, reviews: 0}),
          ],
        },
        failed: [{guard: ({event}) => event.lost, target: 'lost', actions: ['stamp', 'reason']}, {}],
      },
    },
    merged: {on: {failed: {}}},
    lost: {on: {failed: {}}},
  },
})

/** The machine's states; `states.ts` has one row for each. */
export type TicketValue = StateValueFrom<typeof machine> & string
export type TicketState = MachineState<TicketValue, TicketContext>

/** Moves one ticket; what it asks for comes as effects. Events that mean nothing in its state change nothing. */
export const stepTicket = stepper<typeof machine, TicketContext, Effect>(machine)

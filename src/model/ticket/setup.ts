import {assign, setup} from 'xstate'
import {RESUME} from '../data/assignment.ts'
import type {Effect} from '../data/effects.ts'
import {describeEnd} from '../data/pane.ts'
import type {GateVerdict} from '../landing/gate/answer.ts'
import {withStart} from './back-off.ts'
import type {TicketContext} from './context.ts'
import type {TicketEvent} from './events.ts'
import {landed, mayFinish, mergedBy} from './finishing.ts'
import {BUSY_FOR_LONG, isBusyForLong, mayPass} from './merging.ts'
import {uncleaned} from './reasons.ts'
import {
  alsoReviewed,
  canMend,
  conflictPaths,
  mayRepair,
  mending,
  repairedOften,
  repairing,
  reviewed,
  sendingBack,
} from './repairs.ts'

/** An agent may commit on while its work is verified; after so many times in a row a person is asked. */
const MAX_HEAD_MOVES = 20

const verdictOf = (event: TicketEvent): GateVerdict | null => (event.type === 'pullSeen' ? event.answer.verdict : null)

/** Nothing speaks against a merge, except that main may have moved. */
const isMergeable = (event: TicketEvent) => verdictOf(event) === 'merge' || verdictOf(event) === 'update'

/** The types, actions and guards that the machine's states name. */
export const ticketSetup = setup({
  types: {context: {} as TicketContext, events: {} as TicketEvent},
  actions: {
    emit: (_, _effect: Effect) => {},
    stamp: assign({since: ({event}) => event.at, epoch: ({context}) => context.epoch + 1}),
    reason: assign({reason: ({context, event}) => ('reason' in event ? event.reason : context.reason)}),
    dead: assign({
      alive: false,
      lastEnd: ({context, event}) => (event.type === 'exited' && event.end ? describeEnd(event.end) : context.lastEnd),
    }),
    movedOn: assign({headMoves: ({context}) => context.headMoves + 1}),
    movesOn: assign({reason: `its work moved on ${MAX_HEAD_MOVES} times while it was being verified or pushed`}),
    alive: assign({
      alive: true,
      session: ({context, event}) => ('session' in event && event.session) || context.session,
    }),
    attempt: assign({
      attempts: ({context}) => context.attempts + 1,
      starts: ({context, event}) => withStart(context.starts, event.at),
    }),
    resume: assign({assignment: RESUME}),
    board: assign({boarded: true, reason: null}),
    // The ticket keeps what the gate said, for people who ask why it does not land.
    seen: assign({
      checks: ({event}) => ('checks' in event ? event.checks : null),
      gate: ({context, event}) => ('answer' in event ? event.answer.lines : context.gate),
      behind: ({event}) => 'answer' in event && event.answer.verdict === 'update',
    }),
    answer: assign({reason: ({event}) => ('answer' in event ? event.answer.reason : null)}),
    landed: assign(({context, event}) => landed(context, event)),
    repair: assign(({context, event}) => repairing(context, event)),
    reviewed: assign(({context, event}) => reviewed(context, event)),
    alsoReviewed: assign(({context, event}) => alsoReviewed(context, event)),
    sendBack: assign(({context, event}) => (event.type === 'sentBack' ? sendingBack(context, event) : {})),
    call: assign({boarded: true}),
    alone: assign({
      bundle: null,
      alone: ({context, event}) => (event.type === 'land' ? (event.alone ?? context.alone) : context.alone),
    }),
    merged: assign(({event}) => mergedBy(event)),
    repairedOften: assign({reason: ({context}) => repairedOften(context)}),
    yield: assign({front: false}),
    mend: assign(({context, event}) => (event.type === 'mergeRefused' ? mending({context, event}) : {})),
    busy: assign(({context, event}) => ({
      reason: 'another daemon is landing',
      busySince: context.busySince ?? event.at,
    })),
    busyForLong: assign({reason: BUSY_FOR_LONG}),
    refused: assign({refusals: ({context}) => context.refusals + 1, busySince: null}),
    finished: assign({reason: null}),
    unfinished: assign({finishes: ({context}) => context.finishes + 1}),
    uncleaned: assign({reason: ({context, event}) => ('reason' in event ? uncleaned(context, event.reason) : null)}),
    startWaiting: assign({awaitedSince: ({event}) => event.at}),
  },
  guards: {
    canMend: ({context, event}) => event.type === 'mergeRefused' && canMend({context, event}),
    mayPass: ({context, event}) => event.type === 'mergeRefused' && mayPass(context, event.says),
    isBusyForLong: ({context, event}) => isBusyForLong(context, event.at),
    isLost: ({event}) => event.type === 'failed' && event.lost,
    isCurrent: ({context, event}) => event.type === 'look' && event.epoch === context.epoch,
    mayFinish: ({context}) => mayFinish(context),
    canSendBack: ({context, event}) => event.type === 'sentBack' && mayRepair(context, event),
    isMerged: ({event}) => verdictOf(event) === 'merged',
    isStopped: ({event}) => verdictOf(event) === 'stop',
    isBroken: ({event}) => verdictOf(event) === 'repair',
    canRepair: ({context, event}) => verdictOf(event) === 'repair' && mayRepair(context, event),
    isConflict: ({event}) => conflictPaths(event) !== null,
    isHeld: ({event}) => verdictOf(event) === 'hold',
    mayMoveOn: ({context}) => context.headMoves < MAX_HEAD_MOVES,
    mayMerge: ({event}) => isMergeable(event),
    mayMergeByItself: ({event}) => isMergeable(event) && 'rules' in event && event.rules.autoMerge,
  },
})

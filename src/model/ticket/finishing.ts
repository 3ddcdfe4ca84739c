import type {TicketContext} from './context.ts'
import {finishLater, finishTicket, tellUncleaned} from './effects.ts'
import type {TicketEvent} from './events.ts'

/** A clean-up after a merge is tried this often before a person is asked. */
const MAX_FINISHES = 3

export function mayFinish({finishes}: TicketContext): boolean {
  return finishes + 1 < MAX_FINISHES
}

/** What a look at the pull request says that was merged. */
export function landed({head}: TicketContext, event: TicketEvent): Partial<TicketContext> {
  if (event.type !== 'pullSeen') return {reason: null}
  // A person may have merged it before the last push: only what the pull request had is on main.
  return {mergeCommit: event.pull.mergeCommit, head: event.pull.head.sha || head, reason: null}
}

/** What a merge says that this daemon made, by the ticket's pull request or its bundle's. */
export function mergedBy(event: TicketEvent): Partial<TicketContext> {
  return event.type === 'mergedNow' ? {mergeCommit: event.commit, landedBy: event.pull ?? null, reason: null} : {}
}

const FINISHED = {target: 'merged', actions: ['stamp', 'finished']} as const
const LOST = {guard: 'isLost', target: 'lost', actions: ['stamp', 'reason']} as const
const AGAIN = {guard: 'isCurrent', actions: [finishTicket]} as const

/** The work is on main and is cleaned up after. Guards and actions are named in the machine. */
export const FINISHING = {
  on: {
    finished: FINISHED,
    failed: [
      LOST,
      // The work is on main, so this never turns into a block.
      {guard: 'mayFinish', actions: ['reason', 'unfinished', finishLater]},
      {target: 'uncleaned', actions: ['stamp', 'unfinished', 'uncleaned', tellUncleaned, finishLater]},
    ],
    look: AGAIN,
  },
} as const

/** The clean-up failed again and again: a person is asked, and it is tried ever more seldom. */
export const UNCLEANED = {
  on: {
    finished: FINISHED,
    failed: [LOST, {actions: ['unfinished', 'uncleaned', finishLater]}],
    look: AGAIN,
    land: {actions: ['stamp', finishTicket]},
  },
} as const

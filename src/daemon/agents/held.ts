import {type Clock, within} from '../../base/clock.ts'
import {broken, safeLine} from '../../base/text.ts'
import type {BlockerPolicy} from '../../model/data/config/blockers.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {timeText} from '../../model/hub/given-text.ts'
import type {ToolCall} from '../../model/hub/holds/call.ts'
import {ALLOWED, AS_DATA, decideHolds, type HoldDecision, holdsFor} from '../../model/hub/holds/decide.ts'
import type {Reservation} from '../../model/hub/holds/reservation.ts'
import type {Mail} from '../../model/hub/mail.ts'
import type {Sessions} from '../world.ts'

/** What other sessions hold, as the hub said last. */
export type Held = {
  /** Reads it from the hub. Throws `hub-unavailable`; then what was read last counts until it expires. */
  refresh(): Promise<void>
  /** Reads it again, but waits for a moment only; it never throws. */
  recheck(): Promise<void>
  /** Whether an agent may do what it is about to do. Asks no database. */
  decide(agent: AgentId, call: ToolCall): HoldDecision
}

/** Nothing is held, for a run that opens no hub. */
export const NOTHING_HELD: Held = {refresh: async () => {}, recheck: async () => {}, decide: () => ALLOWED}

/** A call that would be held waits this long for what the hub says now; the host answers it after a second. */
const RECHECK_MS = 500

/** How an agent continues whose call is refused. */
const GO_ON =
  'Do not look for a way around it. Do first what else your task needs; if nothing else is left, end with a last line `BLOCKED: <why>`.'

/** Keeps in memory what holds for this daemon's agents, so that nothing on a tool's way waits for the hub. */
export function createHeld(options: {
  sessions: Pick<Sessions, 'blockers' | 'reservations' | 'named'>
  policy: () => BlockerPolicy
  repository: string
  root: string
  /** The claim that an agent works on. */
  claimOf: (agent: AgentId) => {claim?: string}
  clock: Clock
}): Held {
  const {sessions, policy, repository, root, claimOf, clock} = options
  let blockers: readonly Mail[] = []
  let reservations: readonly Reservation[] = []
  let readAt = 0
  let isStale = false

  async function refresh(): Promise<void> {
    try {
      const read = await Promise.all([sessions.blockers(), sessions.reservations.list()])
      ;[blockers, reservations] = read
      readAt = clock.now()
      isStale = false
    } catch (error) {
      isStale = true
      throw error
    }
  }

  return {
    refresh,
    async recheck() {
      // What cannot be read is said with the decision.
      const read = refresh().catch(() => {})
      await within(RECHECK_MS, read, clock)
    },
    decide(agent, call) {
      const own = {id: sessions.named(`${agent}@${root}`), project: repository, ...claimOf(agent)}
      const held = holdsFor(own, blockers, reservations)
      if (held.length === 0) return ALLOWED
      const decided = decideHolds({call, held, policy: policy(), now: clock.now()})
      if (decided.decision === 'allow') return ALLOWED
      const stale = isStale ? ` The hub said so at ${timeText(readAt)} and cannot be read since.` : ''
      const goOn = decided.decision === 'refuse' ? ` ${GO_ON}` : ''
      return {...decided, reason: broken(safeLine(`${decided.reason} ${AS_DATA}${stale}${goOn}`))}
    },
  }
}

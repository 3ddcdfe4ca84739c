import {isDeepStrictEqual} from 'node:util'
import type {Clock} from '../../base/clock.ts'
import {messageOf, toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {EVERYBODY} from '../../model/hub/mail.ts'
import {NO_HUB} from '../../protocol/daemon/hub.ts'
import type {HubState} from '../../protocol/daemon.ts'
import type {Sessions} from '../world.ts'
import {type HubLook, hubStateOf, staysFor, type Viewer} from './hub-state.ts'

/** The shortest time between two looks: many sessions at work write many times a second. */
const GAP_MS = 100
/** A hub that answers slowly is asked less often: a fifth of the time at most. */
const SLOWER = 5
/** The pauses between looks at a hub that fails. */
const RETRY_MS = {first: 1000, last: 30_000} as const
/** The longest pause between looks, whatever the hub says. */
const LONGEST_MS = 10 * 60_000
/** Open messages to the person that are looked at. */
const LOOKED_AT = 500
/** The newest messages that a mailbox on the screen shows. */
const RECENT = 100

export type HubFeed = Disposable & {state(): HubState}

/**
 * Keeps what screens show of the hub. It looks when the hub says that somebody wrote, and when time alone changes
 * something. A hub that fails changes nothing but this.
 */
export function watchHub(options: {
  /** null: there is none. */
  sessions: Sessions | null
  viewer: Viewer
  clock: Clock
  log: Log
  onChange: () => void
  /** A look found this; null: the hub cannot be read. */
  onLook?: (found: HubLook | null, now: number) => void
}): HubFeed {
  const {sessions, viewer, clock, log, onChange, onLook} = options
  let state: HubState = sessions === null ? {...NO_HUB, link: {is: 'off'}} : NO_HUB
  let timer: {due: number; at: Disposable} | null = null
  let gap = GAP_MS
  let lookedAt = Number.NEGATIVE_INFINITY
  let fails = 0
  let looking = false
  let changed = false
  let ended = false

  function lookIn(ms: number): void {
    const due = clock.monotonic() + ms
    if (ended || (timer !== null && timer.due <= due)) return
    timer?.at[Symbol.dispose]()
    timer = {due, at: clock.after(ms, () => void look())}
  }

  function wake(): void {
    if (looking) changed = true
    else lookIn(Math.max(0, lookedAt + gap - clock.monotonic()))
  }

  async function look(): Promise<void> {
    timer = null
    looking = true
    changed = false
    const start = clock.monotonic()
    const stays = await lookOnce()
    lookedAt = clock.monotonic()
    gap = Math.max(GAP_MS, (lookedAt - start) * SLOWER)
    looking = false
    lookIn(changed && fails === 0 ? gap : Math.min(stays, LONGEST_MS))
  }

  /** Gives for how long what was found stays true. */
  async function lookOnce(): Promise<number> {
    if (sessions === null) return LONGEST_MS
    try {
      const found = await readHub(sessions, viewer, clock)
      const now = clock.now()
      if (fails > 0) log.info('the hub can be read again')
      fails = 0
      become(hubStateOf(found, viewer, now))
      if (!ended) onLook?.(found, now)
      return staysFor(found, viewer.hostName, now)
    } catch (error) {
      if (fails++ === 0) log.warn('cannot read the hub', {error: toErrorData(error)})
      const since = state.link.is === 'away' ? state.link.since : clock.now()
      // A file that another process holds for a moment empties no list.
      if (fails > 1 || state.link.is !== 'here') {
        become({...NO_HUB, link: {is: 'away', reason: messageOf(error), since}})
        if (!ended) onLook?.(null, clock.now())
      }
      return Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** (fails - 1))
    }
  }

  function become(next: HubState): void {
    if (ended || isDeepStrictEqual(next, state)) return
    state = next
    onChange()
  }

  if (sessions !== null) {
    sessions.onChange(wake)
    lookIn(0)
  }
  return {
    state: () => state,
    [Symbol.dispose]() {
      ended = true
      timer?.at[Symbol.dispose]()
    },
  }
}

async function readHub(sessions: Sessions, {person, project}: Viewer, clock: Clock): Promise<HubLook> {
  // A worker that died and was started again does not watch yet.
  await sessions.watch()
  const to = [EVERYBODY, project, person]
  const [seen, blockers, reservations, inbox, recent] = await Promise.all([
    sessions.seen(),
    sessions.blockers(),
    sessions.reservations.list(),
    sessions.mail({to, openAt: clock.now(), limit: LOOKED_AT}),
    sessions.mail({limit: RECENT}),
  ])
  const ids = new Set([...inbox, ...recent].map(({id}) => id))
  return {seen, blockers, reservations, inbox, recent, receipts: await sessions.receipts([...ids])}
}

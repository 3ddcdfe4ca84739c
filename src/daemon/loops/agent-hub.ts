import {type Clock, within} from '../../base/clock.ts'
import {disposable} from '../../base/dispose.ts'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {NewEvent} from '../../model/data/event.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {endOfWork} from '../../model/decide/messages.ts'
import {type ClaimOf, ticketOfClaim} from '../../model/hub/instance.ts'
import type {Mail} from '../../model/hub/mail.ts'
import type {WaitingMail} from '../../model/hub/turn-mail.ts'
import type {Held} from '../agents/held.ts'
import {type AtWork, HUB_MS, type HubMail, type Reported} from '../agents/hub-mail.ts'
import type {Sessions} from '../world.ts'

/** Changes of the hub within this time are one look. */
const GATHER_MS = 100
/** It looks for a fifth of the time at most: many sessions at work write many times a second. */
const SLOWER = 5
/** Without word of a change it looks as often: what was handed over may be due again, and a hub may be back. */
const LOOK_MS = 30_000

const idsOf = (messages: readonly WaitingMail[]) => messages.map(({id}) => id).join()

/** The agents that have a ticket at work, with its number. */
export function agentsAtWork(state: State): AtWork[] {
  return Object.values(state.agents).flatMap(({context: {agent, ticket, pane}}) =>
    ticket === null || pane === null || state.tickets[ticket] === undefined ? [] : [{agent, ticket}],
  )
}

/**
 * Looks into the hub after each change of it: keeps what other sessions hold, tells the decisions what mail is worth a turn
 * of an agent, and gives up mail for work that ended before its agent read it.
 */
export function watchForAgents(options: {
  sessions: Sessions
  mail: Pick<HubMail, 'look' | 'restore' | 'giveUp'>
  held: Pick<Held, 'refresh'>
  state: () => State
  claimOf: ClaimOf
  dispatch: (fact: Fact) => void
  append: (event: NewEvent) => void
  clock: Clock
  log: Log
}): Disposable & {
  /** Settles the mail of an earlier run, of which these prompts were taken; waits for a slow hub for a moment only. */
  restore(prompts: readonly Reported[]): Promise<void>
  take(fact: Fact): void
} {
  const {sessions, mail, held, state, claimOf, dispatch, append, clock, log} = options
  let ended = false
  let timer: Disposable | null = null
  let looking: Promise<void> | null = null
  let watches = false
  let gap = GATHER_MS
  let fails = false
  /** Whether there may be mail for tickets that are no more. */
  let mayHaveLeft = true

  function later(ms: number): void {
    timer?.[Symbol.dispose]()
    if (!ended) timer = clock.after(ms, () => void look())
  }

  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => {
      looking = null
      later(LOOK_MS)
    })
    return looking
  }

  async function lookOnce(): Promise<void> {
    const start = clock.monotonic()
    try {
      if (!watches) await sessions.watch()
      watches = true
      await held.refresh()
      const {agents, tickets} = state()
      const slots = Object.keys(agents) as AgentId[]
      const all = Object.keys(tickets).map(Number)
      if (all.length > 0 || mayHaveLeft) {
        const found = await mail.look({atWork: agentsAtWork(state()), slots, tickets: all})
        tellMail(found.turns)
        // Before the first look at the claims it is not known which tickets there are.
        const isKnown = state().main !== null
        if (isKnown) await giveUp(found.untaken)
        mayHaveLeft = !isKnown || all.length > 0
      }
      fails = false
    } catch (error) {
      // Its worker may have ended, and would be silent from now on.
      watches = false
      if (!fails) log.warn('cannot look for mail of agents', {error: toErrorData(error)})
      fails = true
    }
    gap = Math.max(GATHER_MS, (clock.monotonic() - start) * SLOWER)
  }

  /** An event is written first: a daemon that is killed in between tells of a message twice, and not never. */
  async function giveUp(untaken: readonly Mail[]): Promise<void> {
    for (const {id, to, from, text, claim} of untaken) {
      const ticket = claim === undefined ? null : ticketOfClaim(claim)
      if (ended || ticket === null) continue
      const {claim: present = claim} = claimOf(ticket)
      const end = endOfWork(state(), ticket, {isClaimed: present === claim})
      if (end === null) continue
      const agent = (state().tickets[ticket]?.context.agent ?? to.split('@')[0]) as AgentId
      const message = `${agent} ${end} #${ticket} without having read what ${from} said: ${text}`
      append({type: 'status_update', ticket, agent, severity: 'warning', message})
      await mail.giveUp([id])
    }
  }

  function tellMail(found: ReadonlyMap<number, readonly WaitingMail[]>): void {
    for (const {ticket} of agentsAtWork(state())) {
      const messages = found.get(ticket)
      if (messages === undefined || ended) continue
      if (idsOf(messages) !== idsOf(state().mail[ticket] ?? [])) dispatch({type: 'mailWaits', ticket, messages})
    }
  }

  let gathering: Disposable | null = null
  function gather(): void {
    if (ended || gathering !== null) return
    gathering = clock.after(gap, () => {
      gathering = null
      // One that is under way may have read before the change.
      void (looking ?? Promise.resolve()).then(() => (ended ? undefined : look()))
    })
  }

  sessions.onChange(gather)
  const end = disposable(() => {
    ended = true
    timer?.[Symbol.dispose]()
    gathering?.[Symbol.dispose]()
  })
  return {
    async restore(prompts) {
      const agents = agentsAtWork(state())
      const restored = agents.length === 0 ? Promise.resolve() : mail.restore(agents, prompts)
      await within(HUB_MS, restored.then(look), clock)
    },
    take(fact) {
      if (fact.type === 'agentStarted') gather()
    },
    [Symbol.dispose]: () => end[Symbol.dispose](),
  }
}

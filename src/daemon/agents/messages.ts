import * as z from 'zod'
import type {Clock} from '../../base/clock.ts'
import {ClambakeError, type ErrorData, toErrorData, usageError} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {figure, safeLine, truncate} from '../../base/text.ts'
import {storedMessages} from '../../hub/stored-messages.ts'
import {unknownAgent} from '../../model/agent/unknown.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import {describeRepair} from '../../model/data/assignment.ts'
import type {NewEvent} from '../../model/data/event.ts'
import {type AgentId, parseAgentId} from '../../model/data/ids.ts'
import {DAEMON, isWaiting, type Message, type SentMessage} from '../../model/data/message.ts'
import {hasHeld, readers} from '../../model/decide/messages.ts'
import type {HubGateway} from '../../model/gateways/hub.ts'
import type {ClaimOf} from '../../model/hub/instance.ts'
import type {SlotMeant} from '../../model/hub/meant.ts'
import {TICKET_STATES} from '../../model/ticket/states.ts'
import {nowOf, refuseOther} from '../api/refuse-other.ts'

const ALL = '@all'
const MAX_LENGTH = 10_000
/** Enough for the last messages to each of twelve agents. */
const KEPT = 200
/** Messages shown in a pane's title menu. */
const SAID = 5
const EVENT_WIDTH = 120

type Said = {from: string; text: string; at: number}

/** The conflict that a message is about, by the keys of its sides; its event names them. */
type About = {one: string; other: string}
/** Name of the custom event of each message to an agent. */
export const MESSAGE_SENT = 'message_sent'

/** Messages to agents: stored in the hub, delivered by the decisions. */
export type Messages = {
  /** `meant`: the work that it is for. Throws `bad-message`, `unknown-agent`, `no-ticket`; `hub-unavailable` when the hub does not store it. */
  send(message: {from: string; to: string; text: string; about?: About; meant?: SlotMeant}): Promise<SentMessage[]>
  /**
   * Gives the agent of a ticket words of a review, once for each `key`: they are its next prompt, and work that was
   * handed in goes back to it. Throws `hub-unavailable` when the hub does not keep them.
   */
  review(words: {ticket: number; from: string; text: string; key: string}): Promise<Message>
  /** Whether an agent works on a ticket and reads what is sent to it now. */
  reads(agent: AgentId, ticket: number): boolean
  /** Whether words of a review are kept whose key begins so. */
  hasWords(prefix: string): boolean
  list(filter: {to?: string; limit: number}): Promise<Message[]>
  /** The last messages about a ticket, oldest first. */
  said(ticket: number): readonly Said[]
  /** Records deliveries, and stores what the daemon itself tells an agent. */
  take(state: State, fact: Fact): void
  /** Notes that an agent has a message, which an earlier run could not note. */
  taken(message: Message): void
  /** Messages that earlier runs of the daemon did not deliver, oldest first, and those whose end they did not tell of. */
  undelivered(): readonly Message[]
}

/** Reads the earlier messages from the hub; if that fails it begins without them, and gives them once the hub is back. */
export async function openMessages(options: {
  hub: Pick<HubGateway, 'send' | 'messages' | 'messageDelivered'>
  append: (event: NewEvent) => void
  state: () => State
  claimOf: ClaimOf
  dispatch: (fact: Fact) => void
  clock: Clock
  log: Log
}): Promise<Messages> {
  const {hub, append, state, claimOf, dispatch, clock, log} = options
  let recent: readonly Message[] = []
  /** Whether the hub was away when this daemon started. */
  let isBehind = false
  /** Tickets that were taken over and whose earlier messages are still to be read. */
  const takenOver = new Set<number>()
  let hasStarted = false
  try {
    recent = await storedMessages(hub)
  } catch (error) {
    log.warn('cannot read messages', {error: toErrorData(error)})
    isBehind = true
  }

  const waits = (message: Message) => isWaiting(message, clock.now())

  /** Gives what could not be read at the start, and what another daemon left of tickets that were taken over from it. */
  async function catchUp(): Promise<void> {
    const [all, tickets] = [isBehind, [...takenOver]]
    try {
      const isNew = ({id}: Message) => recent.every(known => known.id !== id)
      const missed = (await storedMessages(hub)).filter(message => waits(message) && isNew(message))
      isBehind &&= !all
      for (const ticket of tickets) takenOver.delete(ticket)
      for (const message of missed.toReversed()) {
        if (!all && !tickets.includes(message.ticket)) continue
        keep(message)
        dispatch({type: 'messageSent', message})
      }
    } catch (error) {
      // The next look at GitHub tries it again.
      log.warn('cannot read messages', {error: toErrorData(error)})
    }
  }
  const keep = (message: Message) => {
    recent = [message, ...recent.filter(({id}) => id !== message.id)].slice(0, KEPT)
  }

  /** The agents that a message reaches; without one it would wait for ever. */
  function recipients(to: string, meant?: SlotMeant): {agent: AgentId; ticket: number}[] {
    const agents = readers(state())
    if (to === ALL) {
      const reading = agents.filter(({reads}) => reads)
      if (reading.length > 0) return reading
      throw new ClambakeError({code: 'no-ticket', message: 'No agent has a ticket', next: 'clambake route'})
    }
    const wanted = parseAgentId(to)
    const found = agents.filter(({agent}) => agent === wanted)
    const [reader] = found
    if (reader && meant) {
      const now = nowOf(claimOf, reader.ticket)
      refuseOther({agent: reader.agent, now, meant}, 'the message was not sent')
    }
    const late = found.find(({reads}) => !reads)
    if (late) {
      throw new ClambakeError({
        code: 'no-ticket',
        message: `${late.agent} is just ending its work on #${late.ticket} and reads no more messages`,
        kept: 'the message was not sent',
        next: `say it in a review of its pull request, or in issue #${late.ticket}`,
      })
    }
    if (found.length > 0) return found
    const exists = wanted !== undefined && state().agents[wanted] !== undefined
    if (!exists) throw unknownAgent(Object.keys(state().agents), wanted ?? `agent ${to}`)
    throw new ClambakeError({
      code: 'no-ticket',
      message: `${wanted} has no ticket, so no agent would read the message`,
      next: 'clambake agents list shows who works; @all reaches all of them',
    })
  }

  function isOver(ticket: number): boolean {
    const value = state().tickets[ticket]?.value
    return value === undefined || TICKET_STATES[value].is.over
  }

  async function record(message: {from: string; to: AgentId; ticket: number; text: string}): Promise<void> {
    try {
      keep(await hub.send({...message, deliveredAt: clock.now()}))
    } catch (error) {
      log.warn('cannot store a message', {ticket: message.ticket, error: toErrorData(error)})
    }
  }

  return {
    async send({from, to, text, about, meant}) {
      const words = checkText(text)
      const sent: SentMessage[] = []
      for (const {agent, ticket} of recipients(to, meant)) {
        const message = await hub.send({from, to: agent, ticket, text: words, deliveredAt: null})
        keep(message)
        sent.push(message)
        const line = truncate(safeLine(words), EVENT_WIDTH)
        append({
          ...{type: 'custom', name: MESSAGE_SENT, agent, ticket, message: `${from} said to ${agent}: ${line}`},
          ...(about && {metadata: about}),
        })
        dispatch({type: 'messageSent', message})
      }
      return sent.map(one => ({...one, ...(hasHeld(state(), one.ticket) && {held: true})}))
    },
    async review({ticket, from, text, key}) {
      const agent = state().tickets[ticket]?.context.agent
      if (agent === undefined) {
        throw new ClambakeError({
          code: 'no-ticket',
          message: `#${ticket} is not a ticket of this daemon`,
          next: 'clambake status shows who holds each ticket',
        })
      }
      const message = await hub.send({from, to: agent, ticket, text, deliveredAt: null, key})
      if (message.deliveredAt !== null) return message
      const isKnown = recent.some(({id}) => id === message.id)
      // They were told as unread when the work landed.
      if ((isKnown || message.expiresAt !== null) && isOver(ticket)) return message
      if (!isKnown) {
        keep(message)
        const line = `${from} reviewed the work on #${ticket}`
        append({type: 'custom', name: 'review_sent', agent, ticket, message: line})
      }
      dispatch({type: 'messageSent', message})
      return message
    },
    reads: (agent, ticket) =>
      readers(state()).some(reader => reader.reads && reader.agent === agent && reader.ticket === ticket),
    hasWords: prefix => recent.some(({key}) => key?.startsWith(prefix) === true),
    list: async filter => [...(await hub.messages(filter))],
    said: ticket =>
      recent
        .filter(message => message.ticket === ticket)
        .slice(0, SAID)
        .reverse()
        // A review is long, and begins with what it is.
        .map(({from, text, at, key}) => ({from, text: key === undefined ? text : (text.split('\n')[0] ?? ''), at})),
    take(next, fact) {
      if (hasStarted && (fact.type === 'restored' || fact.type === 'githubSeen')) {
        if (fact.type === 'restored') for (const {ticket} of fact.tickets) takenOver.add(ticket.context.issue)
        if (isBehind || takenOver.size > 0) void catchUp()
      }
      if (fact.type === 'messagesDelivered') {
        const ids = fact.messages.map(({id}) => id)
        recent = recent.map(message => (ids.includes(message.id) ? {...message, deliveredAt: clock.now()} : message))
      }
      if (fact.type !== 'agentStarted') return
      const assignment = next.tickets[fact.ticket]?.context.assignment
      if (assignment?.kind !== 'repair' || ['resume', 'review'].includes(assignment.repair.kind)) return
      const text = describeRepair(assignment.repair)
      void record({from: DAEMON, to: fact.agent, ticket: fact.ticket, text})
    },
    taken({id, ticket}) {
      recent = recent.map(message => (message.id === id ? {...message, deliveredAt: clock.now()} : message))
      hub.messageDelivered(id).catch((error: unknown) => {
        log.warn('cannot note that a message was delivered', {ticket, error: toErrorData(error)})
      })
    },
    undelivered() {
      hasStarted = true
      return recent.filter(waits).toReversed()
    },
  }
}

function checkText(text: unknown): string {
  const words = typeof text === 'string' ? text.trim() : ''
  if (words === '') {
    throw usageError({
      code: 'bad-message',
      message: 'The message is empty',
      next: 'clambake send agent001 "use the new parser"',
    })
  }
  if (words.length <= MAX_LENGTH) return words
  throw usageError({
    code: 'bad-message',
    message: `The message has ${figure(words.length)} characters, and an agent is sent at most ${figure(MAX_LENGTH)}`,
    next: 'write it into a file, and name the file in the message',
  })
}

const post = z.object({to: z.string(), text: z.string()})

/** Sends what a pane posted; the answer holds the messages, or why they were not sent. */
export async function answerTo(
  body: unknown,
  send: (words: {to: string; text: string}) => Promise<SentMessage[]>,
): Promise<{messages: SentMessage[]} | {error: ErrorData}> {
  const words = post.safeParse(body)
  try {
    if (words.success) return {messages: await send(words.data)}
    return {
      error: toErrorData(
        usageError({code: 'bad-message', message: 'The post has no `to` and `text`', next: 'clambake send --help'}),
      ),
    }
  } catch (error) {
    return {error: toErrorData(error)}
  }
}

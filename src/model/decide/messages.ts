import {type Draft, moveAgent, moveTicket} from '../core/draft.ts'
import type {FactHandlers} from '../core/fact-handlers.ts'
import type {MessageFact} from '../core/facts.ts'
import type {State} from '../core/state.ts'
import type {NewEvent} from '../data/event.ts'
import type {AgentId} from '../data/ids.ts'
import {isExpired, type Message, OWN_REVIEW} from '../data/message.ts'
import {isHeld, isToBeTold, mayBegin, NO_MAIL_TURNS, type Writer, writerOf} from '../hub/mail-turns.ts'
import type {WaitingMail} from '../hub/turn-mail.ts'
import {isOnMain, TICKET_STATES} from '../ticket/states.ts'
import {countMailTurn, renewMailTurns, tellHeldMail} from './mail-turns.ts'

export const messageFacts: FactHandlers<MessageFact['type']> = {
  messageSent(draft, {message}) {
    const {ticket, from} = message
    keepMessages(draft, ticket, [message])
    if (isTooOld(message, draft.at)) return
    if (writerOf(message) === 'person') renewMailTurns(draft, ticket, `${from} wrote to its agent`)
    deliverToIdle(draft, ticket)
  },
  messagesKept(draft, {ticket, messages}) {
    keepMessages(draft, ticket, messages)
  },
  messagesDelivered(draft, {ticket, messages}) {
    dropMessages(draft, ticket, messages)
  },
  mailWaits(draft, {ticket, messages}) {
    setMail(draft, ticket, messages)
    deliverToIdle(draft, ticket)
  },
  mailTurnBegan(draft, {ticket, words}) {
    countMailTurn(draft, ticket, words)
  },
  nothingToRead(draft, {ticket, agent, wasIdle}) {
    if (draft.state.agents[agent]?.context.ticket !== ticket) return
    if (hasMessages(draft.state, ticket)) return deliverMessages(draft, ticket)
    if (wasIdle) moveAgent(draft, agent, {type: 'silent', activity: 'idle'})
    else moveTicket(draft, ticket, {type: 'turnDone'})
  },
}

/** Whether there is something to read for which a ticket's agent is given a turn, and for which its work waits. */
export function hasMessages(state: State, issue: number): boolean {
  const {mailTurns} = state.tickets[issue]?.context ?? {mailTurns: NO_MAIL_TURNS}
  return mayBegin(waitingWriters(state, issue), mailTurns, state.config.hub.max_mail_turns)
}

/** Gives an agent that waits for a prompt what it has to read. */
export function deliverToIdle(draft: Draft, issue: number): void {
  if (hasMessages(draft.state, issue) && waitsForPrompt(draft.state, issue)) deliverMessages(draft, issue)
}

/** Who wrote what waits for a ticket's agent. */
function waitingWriters(state: State, issue: number): Writer[] {
  return [...waitingMessages(state, issue).map(writerOf), ...(state.mail[issue] ?? []).map(({by}) => by)]
}

/** Whether only words wait for a ticket's agent that come with its next prompt, and begin no turn. */
export function hasHeld(state: State, issue: number): boolean {
  const turns = state.tickets[issue]?.context.mailTurns
  return turns !== undefined && isHeld(waitingWriters(state, issue), turns, state.config.hub.max_mail_turns)
}

/** Tells of words of other sessions that begin no more turns. */
export function tellHeld(draft: Draft): void {
  const limit = draft.state.config.hub.max_mail_turns
  for (const ticket of Object.values(draft.state.tickets)) {
    const {issue, mailTurns} = ticket.context
    if (!TICKET_STATES[ticket.value].has.slot) continue
    if (isToBeTold(waitingWriters(draft.state, issue), mailTurns, limit)) tellHeldMail(draft, ticket)
  }
}

/** Gives what agents wrote, and what begins no turn, with the prompts that are given anyway; the hub's mail is added to each. */
export function addHeld(draft: Draft): void {
  draft.effects = draft.effects.map(effect => {
    if (effect.name !== 'promptAgent' || !hasHeld(draft.state, effect.ticket)) return effect
    const held = waitingMessages(draft.state, effect.ticket)
    if (held.length === 0) return effect
    dropMessages(draft, effect.ticket, held)
    return {...effect, held}
  })
}

/** Notes what mail waits for a ticket's agent; that of tickets which are no more is forgotten. */
function setMail(draft: Draft, ticket: number, messages: readonly WaitingMail[]): void {
  const {[ticket]: _before, ...others} = draft.state.mail
  const all = Object.entries(messages.length > 0 ? {...others, [ticket]: messages} : others)
  const mail = Object.fromEntries(all.filter(([issue]) => draft.state.tickets[Number(issue)] !== undefined))
  draft.state = {...draft.state, mail}
}

/** Messages of a ticket that are not in the task of its agent's next turn already. */
function waitingMessages({messages, tickets}: State, issue: number): readonly Message[] {
  const assignment = tickets[issue]?.context.assignment
  const said = assignment?.kind === 'repair' && assignment.repair.kind === 'review' ? assignment.repair.said : []
  return (messages[issue] ?? []).filter(message => !said.some(({id}) => id === message.id))
}

/** Sends work that was handed in back to its agent with what reviewers said meanwhile, unless it is on main by now. */
export function sendBackReviewed(draft: Draft): void {
  for (const issue of Object.keys(draft.state.messages).map(Number)) {
    const words = waitingMessages(draft.state, issue).filter(({key}) => key !== undefined)
    const ticket = draft.state.tickets[issue]
    if (words.length === 0 || !ticket || TICKET_STATES[ticket.value].is.over) continue
    // A person's own review in Clambake takes up blocked work; a comment on GitHub waits until someone does.
    if (ticket.value !== 'blocked' || words.some(({key}) => key?.startsWith(OWN_REVIEW))) {
      moveTicket(draft, issue, {type: 'reviewed', said: words.map(({id, from, text}) => ({id, from, text}))})
    }
  }
}

/**
 * Lets an agent whose work is done read first what was said to it meanwhile; its work is looked at again after that.
 * false: there is nothing to read, or its process has ended.
 */
export function readsFirst(draft: Draft, issue: number): boolean {
  if (!hasMessages(draft.state, issue) || !draft.state.tickets[issue]?.context.alive) return false
  moveTicket(draft, issue, {type: 'messageWaits'})
  if (draft.state.tickets[issue]?.value !== 'working') return false
  deliverMessages(draft, issue)
  return true
}

/** Marks the event of words that came after their ticket was merged, which `why` shows. */
const TOO_LATE = {tooLate: true}

/** Whether an event tells of words that came after their ticket was merged. */
export function isTooLate({metadata}: Pick<NewEvent, 'metadata'>): boolean {
  return metadata?.tooLate === true
}

/**
 * Tells of messages that came too late: their agent has handed in its work, or its ticket is no longer one of this
 * daemon; and of those that no agent read in a day, as where their ticket is blocked. Words of a review send the work back,
 * unless it is on main. `before` is the state that the decision began with.
 */
export function tellUnread(draft: Draft, before: State): void {
  for (const issue of Object.keys(draft.state.messages).map(Number)) {
    const end = endOf(draft.state, before, issue)
    if (end === null) {
      if (draft.state.main !== null) tellExpired(draft, issue)
      continue
    }
    const now = draft.state.tickets[issue]
    const canGoBack = now !== undefined && !TICKET_STATES[now.value].is.over && !isOnMain(now)
    const messages = (draft.state.messages[issue] ?? []).filter(({key}) => !canGoBack || key === undefined)
    if (messages.length === 0) continue
    dropMessages(draft, issue, messages)
    const known = (now ?? before.tickets[issue])?.context.agent
    const how = end === 'handed in' ? end : 'left'
    const told = ({from, to, text}: Message) => {
      const agent = known ?? (to as AgentId)
      const isLate = now !== undefined && isOnMain(now)
      const late = isLate ? ', which came too late for its merge' : ''
      const message = `${agent} ${how} #${issue} without having read what ${from} said${late}: ${text}`
      return {agent, message, ...(isLate && {metadata: TOO_LATE})}
    }
    giveUpMessages(draft, issue, messages, told, {unlessTold: end === 'elsewhere'})
  }
}

/** Whether a message's day is over. Words of a review have none, and are given again after they were told of. */
function isTooOld(message: Message, now: number): boolean {
  return message.key === undefined && isExpired(message, now)
}

function tellExpired(draft: Draft, issue: number): void {
  const messages = (draft.state.messages[issue] ?? []).filter(message => isTooOld(message, draft.at))
  if (messages.length === 0) return
  dropMessages(draft, issue, messages)
  const told = ({from, to, text}: Message) => ({
    agent: to as AgentId,
    message: `${to} has not read in a day what ${from} said of #${issue}, and will not: ${text}`,
  })
  giveUpMessages(draft, issue, messages, told, {unlessTold: draft.state.tickets[issue] === undefined})
}

/**
 * Tells of messages that no agent will read, and lets them expire, so that they are told of once. `unlessTold`: another daemon
 * that had their ticket may have told of them.
 */
export function giveUpMessages(
  draft: Draft,
  ticket: number,
  messages: readonly Message[],
  told: (message: Message) => {agent: AgentId; message: string; metadata?: typeof TOO_LATE},
  {unlessTold = false}: {unlessTold?: boolean} = {},
): void {
  if (messages.length === 0) return
  const events = messages.map(message => {
    return {type: 'status_update', ticket, severity: 'warning', ...told(message)} as const
  })
  if (!unlessTold) for (const event of events) draft.effects.push({name: 'record', event})
  const ids = messages.map(({id}) => id)
  draft.effects.push({name: 'expireMessages', ticket, messages: ids, ...(unlessTold && {unlessTold: events})})
}

/**
 * How an agent parted with a ticket, after which it reads no messages about it; null: it did not, or that is not known
 * yet. `elsewhere`: another daemon had the ticket, and tells of its messages itself where it uses the same hub.
 */
function endOf(state: State, before: State, issue: number): 'handed in' | 'left' | 'elsewhere' | null {
  const now = state.tickets[issue]
  if (now && TICKET_STATES[now.value].has.bottle) return 'handed in'
  if (now) return TICKET_STATES[now.value].is.over ? 'left' : null
  if (before.tickets[issue]) return 'left'
  // Before the first look at the claims it may be another daemon's, or be taken up again.
  if (state.main === null || state.foreign[issue] || state.adopting[issue] !== undefined) return null
  return before.foreign[issue] ? 'elsewhere' : 'left'
}

/**
 * How the work on a claim of a ticket ended, after which no agent reads what was sent for it; null: it did not, or another
 * daemon has it. `isClaimed`: the ticket still has that claim, as far as known.
 */
export function endOfWork(
  {tickets, foreign, adopting}: State,
  issue: number,
  {isClaimed}: {isClaimed: boolean},
): 'handed in' | 'left' | null {
  const now = tickets[issue]
  if (now && isClaimed && TICKET_STATES[now.value].has.bottle) return 'handed in'
  if (now && isClaimed && !TICKET_STATES[now.value].is.over) return null
  return isClaimed && (foreign[issue] || adopting[issue] !== undefined) ? null : 'left'
}

/** The agents that read a message which is sent now, with their tickets. One that is handing in its work reads no more. */
export function readers({agents, tickets}: State): {agent: AgentId; ticket: number; reads: boolean}[] {
  return Object.values(agents).flatMap(({value, context: {agent, ticket}}) => {
    const state = ticket === null ? undefined : tickets[ticket]?.value
    if (ticket === null || state === undefined) return []
    return [{agent, ticket, reads: value !== 'cleanup' && state !== 'bottling' && TICKET_STATES[state].has.slot}]
  })
}

/** Gives a ticket's agent all its messages and mail as one turn; the work is looked at when that turn ends. */
export function deliverMessages(draft: Draft, issue: number): void {
  const ticket = draft.state.tickets[issue]
  if (ticket?.value !== 'working') return
  const messages = waitingMessages(draft.state, issue)
  const {agent, branch} = ticket.context
  const wasIdle = waitsForPrompt(draft.state, issue)
  dropMessages(draft, issue, messages)
  setMail(draft, issue, [])
  moveAgent(draft, agent, {type: 'busy', activity: 'reading'})
  draft.effects.push({name: 'deliverMessages', ticket: issue, agent, branch, messages, wasIdle})
}

/** Keeps messages for the agent of a ticket, each once and in the order of their ids. */
export function keepMessages(draft: Draft, ticket: number, messages: readonly Message[]): void {
  const kept = draft.state.messages[ticket] ?? []
  const others = kept.filter(({id}) => messages.every(message => message.id !== id))
  const all = [...messages, ...others].sort((one, other) => one.id - other.id)
  draft.state = {...draft.state, messages: {...draft.state.messages, [ticket]: all}}
}

function dropMessages(draft: Draft, ticket: number, messages: readonly {id: number}[]): void {
  const {[ticket]: kept = [], ...others} = draft.state.messages
  const ids = new Set(messages.map(({id}) => id))
  const left = kept.filter(({id}) => !ids.has(id))
  draft.state = {...draft.state, messages: left.length === 0 ? others : {...others, [ticket]: left}}
}

/** Whether the turn of the ticket's agent is over or failed, and no prompt is on its way to it. */
function waitsForPrompt({tickets, agents}: State, issue: number): boolean {
  const ticket = tickets[issue]
  const slot = ticket && agents[ticket.context.agent]
  return ticket?.value === 'working' && slot?.context.ticket === issue && slot.context.waitsFor === 'prompt'
}

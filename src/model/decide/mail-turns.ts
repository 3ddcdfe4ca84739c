import {count} from '../../base/words.ts'
import {type Draft, setTicket} from '../core/draft.ts'
import {afterTurn, type MailTurns, NO_MAIL_TURNS, type Writer} from '../hub/mail-turns.ts'
import type {TicketState} from '../ticket/ticket.ts'

/** Name of the custom event that records how many turns words of other sessions began for a ticket. */
export const MAIL_TURNS_EVENT = 'mail_turns'

/** Counts a turn that began with these words. */
export function countMailTurn(draft: Draft, issue: number, words: readonly Writer[]): void {
  const ticket = draft.state.tickets[issue]
  if (!ticket) return
  const turns = afterTurn(ticket.context.mailTurns, words)
  const limit = draft.state.config.hub.max_mail_turns
  const what =
    turns.begun === 0
      ? `a person wrote to ${ticket.context.agent}`
      : `messages of other sessions began a turn of ${ticket.context.agent} (${turns.begun} of ${limit} on #${issue})`
  setTurns(draft, ticket, turns, what)
}

/** Lets other sessions begin turns again, since a person took notice of the ticket. */
export function renewMailTurns(draft: Draft, issue: number, who: string): void {
  const ticket = draft.state.tickets[issue]
  if (ticket)
    setTurns(draft, ticket, NO_MAIL_TURNS, `messages of other sessions may begin turns on #${issue} again: ${who}`)
}

/** Tells a person once that messages wait, as other sessions have begun all the turns that they may. */
export function tellHeldMail(draft: Draft, ticket: TicketState): void {
  const {issue, agent, mailTurns} = ticket.context
  const message = `${heldText(ticket)}; ${nextOfHeld(ticket)}`
  setTurns(draft, ticket, {...mailTurns, toldAt: mailTurns.begun}, message, 'warning')
  draft.effects.push({
    name: 'notify',
    level: 'warning',
    text: `${agent} on #${issue}: ${heldText(ticket)}`,
    kept: 'the messages: they come with its next prompt',
    next: nextOfHeld(ticket),
  })
}

/** What became of the messages to an agent in whose ticket other sessions have begun all the turns that they may. */
export function heldText({context: {agent, mailTurns}}: TicketState): string {
  const turns = count(mailTurns.begun, 'turn')
  return `other sessions began ${turns} of ${agent} in a row: what they write now comes with its next prompt and holds up nothing`
}

/** What a person may do about that. */
export function nextOfHeld({context: {agent}}: TicketState): string {
  return `clambake send ${agent} "…" lets them begin turns again; hub.max_mail_turns is how many`
}

/** The event of each change is what a restart counts on from. */
function setTurns(
  draft: Draft,
  {value, context}: TicketState,
  turns: MailTurns,
  message: string,
  severity?: 'warning',
): void {
  const {begun, toldAt} = context.mailTurns
  if (turns.begun === begun && turns.toldAt === toldAt) return
  setTicket(draft, {value, context: {...context, mailTurns: turns}})
  const about = {ticket: context.issue, agent: context.agent, ...(severity && {severity})}
  const event = {type: 'custom', name: MAIL_TURNS_EVENT, message, metadata: {...turns}, ...about} as const
  draft.effects.push({name: 'record', event})
}

import type {Fact} from '../../model/core/facts.ts'
import type {Assignment} from '../../model/data/assignment.ts'
import type {EffectOf} from '../../model/data/effects.ts'
import {type AgentGateways, panesOf} from '../gateways.ts'
import {promptText} from '../prompts.ts'
import {untilReady, untilSettled} from '../terminal/deliver.ts'
import {memoryOf, promptDetails} from './details.ts'
import {deliver} from './give.ts'
import {noteDelivered} from './messages.ts'

/** Gives an agent the task of its turn, with the messages and mail that wait for it. */
export async function promptAgent(gateways: AgentGateways, effect: EffectOf<'promptAgent'>): Promise<Fact[]> {
  const {host, clock} = gateways
  const {ticket, agent, branch, assignment, forgot = false, held = []} = effect
  const notGiven: Fact[] = held.length === 0 ? [] : [{type: 'messagesKept', ticket, messages: held}]
  const info = (await panesOf(host, ticket)).find(pane => !pane.exit)
  // The agent ended meanwhile; the fact of its exit decides what comes next.
  if (!info) return notGiven
  const atStart = assignment.kind === 'first' || assignment.kind === 'repair'
  if (atStart && !forgot && info.meta.promptBy === 'argument') {
    return [...notGiven, ...(await noteReviewed(gateways, ticket, assignment))]
  }
  const acknowledged = info.meta.state === 'signals'
  const start = acknowledged
    ? await untilReady(host, info.pane, clock)
    : await untilSettled(host, info.pane, {clock, atStart: info.meta.prompted === undefined})
  if (start === 'exited') return notGiven
  // A dialog may stay open for hours, and the ticket must stay stoppable meanwhile.
  if (start === 'late') return [...notGiven, {type: 'agentNotReady', ticket, agent, pane: info.pane}]
  // After the start the agent knows its task already.
  const remembers = !forgot && (!atStart || info.meta.remembers === 'yes')
  const {think, template, ...details} = await promptDetails(gateways, ticket, assignment, info.cwd)
  const text = promptText(assignment, {...details, branch, ...(atStart && {think})}, {remembers, template})
  const memory = remembers ? null : await memoryOf(gateways, details)
  const mail = await gateways.mail.take(agent, ticket)
  const said = held.length === 0 ? null : promptText({kind: 'message', said: held}, {...details, branch})
  const whole = [text, memory, mail?.text ?? null, said].filter(part => part !== null).join('\n\n')
  const outcome = await deliver(gateways, {info, ticket, agent, text: whole, what: 'its prompt', mail})
  if (outcome === 'taken') {
    return [
      ...(await noteReviewed(gateways, ticket, assignment)),
      ...(held.length === 0 ? [] : await noteDelivered(gateways, ticket, held)),
    ]
  }
  return outcome === 'gone' ? notGiven : [...notGiven, outcome]
}

/** Notes that an agent has what reviewers said, if that was its task. */
async function noteReviewed(gateways: AgentGateways, ticket: number, assignment: Assignment): Promise<Fact[]> {
  if (assignment.kind !== 'repair' || assignment.repair.kind !== 'review') return []
  const messages = assignment.repair.said.flatMap(({id}) => (id === null ? [] : [{id}]))
  return noteDelivered(gateways, ticket, messages)
}

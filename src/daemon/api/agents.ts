import {typeCommand} from '../../agents/terminal/deliver.ts'
import {ClambakeError} from '../../base/errors.ts'
import type {State} from '../../model/core/state.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {programOf} from '../../model/data/message.ts'
import {contextWindow} from '../../model/data/usage.ts'
import {writerOf} from '../../model/hub/mail-turns.ts'
import {isMeant, type SlotMeant} from '../../model/hub/meant.ts'
import {TICKET_STATES} from '../../model/ticket/states.ts'
import type {TicketValue} from '../../model/ticket/ticket.ts'
import type {ContextState} from '../../protocol/daemon.ts'
import {type ApiParts, assertAgent, type Handlers, ticketOf} from './parts.ts'
import {nowOf} from './refuse-other.ts'

/** The methods that act on running agents. */
export function agentApi(
  parts: ApiParts,
): Handlers<'stopAgent' | 'answerAgent' | 'send' | 'messages' | 'context' | 'compact' | 'clear'> {
  const {engine, git, host, messages, requests, clock, caller} = parts

  async function command(agent: AgentId, text: string, meant?: SlotMeant): Promise<ContextState> {
    const before = contextOf(parts, agent, meant)
    await typeCommand({host, pane: paneWaiting(engine.state(), agent), command: text, clock})
    return before
  }

  return {
    context: async ({agent}) => contextOf(parts, agent),
    compact: ({agent, meant}) => command(agent, '/compact', meant),
    // The client's SessionStart reports the new conversation, and then the task is given again.
    clear: ({agent, meant}) => command(agent, '/clear', meant),

    async stopAgent({agent, meant}) {
      const {value, context} = ticketOf(parts, agent, meant)
      const {issue, worktree} = context
      refuseUnstoppable(agent, issue, value)
      const before = nowOf(parts.claimOf, issue)
      const rescue = worktree ? await git.rescueIfThere({worktree, reason: `${agent} stopped by hand`}) : null
      // Meanwhile its work may have been handed in, or its ticket released and claimed again.
      const isSame = isMeant(nowOf(parts.claimOf, issue), before)
      refuseUnstoppable(agent, issue, isSame ? engine.state().tickets[issue]?.value : undefined)
      engine.dispatch({type: 'stopAsked', ticket: issue})
      return {saved: rescue?.ref ?? null}
    },
    async answerAgent({agent, id, answer, meant}) {
      assertAgent(engine.state(), agent)
      // A host that starts again numbers requests from its clock's time on, so where that went back a number comes twice.
      if (meant !== undefined) ticketOf(parts, agent, meant)
      return requests.answer({agent, answer, by: caller, ...(id === undefined ? {} : {id})})
    },
    async send({to, text, program = false, meant}) {
      const isPerson = writerOf({from: caller}) === 'person'
      const from = program && isPerson ? programOf(caller) : caller
      return {messages: await messages.send({from, to, text, ...(meant && {meant})})}
    },
    async messages({agent, limit}) {
      const found = await messages.list({limit, ...(agent === undefined ? {} : {to: agent})})
      // One that the configuration no longer has may still have messages.
      if (agent !== undefined && found.length === 0) assertAgent(engine.state(), agent)
      return found
    },
  }
}

/** Throws `not-stoppable` for a ticket that has no agent to stop. */
function refuseUnstoppable(agent: AgentId, issue: number, value: TicketValue | undefined): void {
  if (value !== undefined && TICKET_STATES[value].has.slot && TICKET_STATES[value].may.stop) return
  throw new ClambakeError({
    code: 'not-stoppable',
    message: `${agent} does not work on #${issue} now: it is ${value ?? 'not claimed here'}`,
    next: 'try again in a moment',
  })
}

function contextOf(parts: ApiParts, agent: AgentId, meant?: SlotMeant): ContextState {
  const {issue} = ticketOf(parts, agent, meant).context
  const state = parts.engine.state()
  const pane = state.agents[agent]?.context.pane
  const fill = pane == null ? undefined : state.spending.fills[pane]
  return {agent, ...nowOf(parts.claimOf, issue), fill: fill ? {...fill, window: contextWindow(fill)} : null}
}

/** The agent's pane while it waits for a prompt; a client that works or asks would misread the typed command. */
function paneWaiting(state: State, agent: AgentId): string {
  const slot = state.agents[agent]
  if (slot?.value === 'waiting' && slot.context.waitsFor === 'prompt' && slot.context.pane !== null) {
    return slot.context.pane
  }
  throw new ClambakeError({
    code: 'agent-busy',
    message:
      slot?.value === 'waiting'
        ? `${agent} waits for an answer (${slot.context.activity})`
        : `${agent} is in the middle of its turn (${slot?.context.activity || slot?.value})`,
    kept: 'nothing was typed',
    next: slot?.value === 'waiting' ? `clambake attach ${agent}` : 'try again when it waits for a prompt',
  })
}

import {HUB_TOOLS} from '../../agents/claude/hub-server.ts'
import {promptText} from '../../agents/prompts.ts'
import type {Clock} from '../../base/clock.ts'
import {ClambakeError, hasCode, toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {McpSession, OpenSession, TicketView} from '../../mcp/session.ts'
import type {State} from '../../model/core/state.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {Issue} from '../../model/data/issue.ts'
import {sentText} from '../../model/data/message.ts'
import type {MailItem, PaneInfo} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'
import type {HubGateway} from '../../model/gateways/hub.ts'
import type {ClaimOf, Peer} from '../../model/hub/instance.ts'
import {instancesOf} from '../loops/heartbeats.ts'
import type {Sessions} from '../world.ts'
import type {Messages} from './messages.ts'

/** Answers the posts by which agents use the tools of the hub. */
export type HubTools = {
  /** True: the post was one, and nothing else is to be done with it. */
  take(item: MailItem, info: PaneInfo | undefined): boolean
}

/** Only the secret of a pane says whose post it is, so an agent speaks for itself whatever it writes. */
export function createHubTools(options: {
  host: Pick<HostGateway, 'answer' | 'panes'>
  hub: Pick<HubGateway, 'register'>
  /** null: a read-only run opens no hub. */
  sessions: Sessions | null
  messages: Pick<Messages, 'send'>
  state: () => State
  /** Whether an issue's text may go to its agent as it is now. */
  approves: (issue: Issue) => boolean
  root: string
  claimOf: ClaimOf
  clock: Clock
  log: Log
}): HubTools {
  const {host, hub, sessions, messages, state, approves, root, claimOf, clock, log} = options

  function open(agent: AgentId): OpenSession {
    return async () => {
      if (sessions === null) throw away()
      const session: McpSession = {
        hub: sessions,
        clock,
        self: () => ownPeer(sessions, agent),
        async author() {
          const {id, session} = await ownPeer(sessions, agent)
          const number = state().agents[agent]?.context.ticket ?? null
          const context = number === null ? undefined : state().tickets[number]?.context
          return {by: id, instance: id, session, ticket: number, commit: context?.head ?? context?.base ?? null}
        },
        ticket: async () => ticketOf(state(), agent, approves),
        async sendToAgent(message) {
          const sent = await messages.send({from: agent, ...message})
          return sent.map(one => `${sentText(one)}.`).join('\n')
        },
      }
      return {...session, [Symbol.asyncDispose]: async () => {}}
    }
  }

  /** The agent as the hub knows it; it is registered where it is not, as when the hub was away at its start. */
  async function ownPeer(known: Sessions, agent: AgentId): Promise<Peer> {
    const id = known.named(`${agent}@${root}`)
    if (!(await known.beat(id))) {
      const all = instancesOf(state(), {root, claimOf, panes: await host.panes()})
      const own = all.find(instance => instance.id === `${agent}@${root}`)
      if (own) await hub.register(own)
    }
    const found = (await known.seen()).find(({peer}) => peer.id === id)
    if (found) return found.peer
    throw new ClambakeError({
      code: 'no-instance',
      message: `${agent} has no ticket, so it takes no part in the hub`,
      next: 'work on without the hub',
    })
  }

  async function answer(item: MailItem, agent: AgentId): Promise<void> {
    try {
      const {answerPost} = await import('../../mcp/post.ts')
      await host.answer(item.seq, await answerPost(item.body, open(agent)))
    } catch (error) {
      // The host refuses the post of an agent that has waited too long.
      if (!hasCode(error, 'no-such-mail')) log.warn('cannot answer a tool call', {agent, error: toErrorData(error)})
    }
  }

  return {
    take(item, info) {
      if (item.kind !== HUB_TOOLS) return false
      const agent = info?.meta.agent as AgentId | undefined
      if (item.reply && agent !== undefined) void answer(item, agent)
      return true
    },
  }
}

function away(): ClambakeError {
  return new ClambakeError({
    code: 'hub-unavailable',
    message: 'this is a read-only run of Clambake, which opens no hub',
    next: 'work on without the hub',
  })
}

/** The issue of an agent, and what was asked of it last; null: it has none. */
export function ticketOf(
  {agents, tickets, issues}: State,
  agent: AgentId,
  approves: (issue: Issue) => boolean,
): TicketView | null {
  const number = agents[agent]?.context.ticket
  const context = number == null ? undefined : tickets[number]?.context
  if (context === undefined) return null
  const {issue, title, branch, base, assignment} = context
  const found = issues.find(one => one.number === issue)
  const body = bodyOf(found, approves)
  const isTask = assignment.kind === 'first' || (assignment.kind === 'repair' && assignment.repair.kind === 'resume')
  const text = 'text' in body ? body.text : ''
  const asked = isTask ? null : promptText(assignment, {number: issue, title, body: text, branch})
  return {issue, title, body, branch, base, asked}
}

/** A stranger may edit an issue after somebody approved it; that text must not reach the agent by this way either. */
function bodyOf(issue: Issue | undefined, approves: (issue: Issue) => boolean): TicketView['body'] {
  if (issue === undefined) return {missing: 'Its text is not known yet'}
  return approves(issue) ? {text: issue.body} : {missing: 'Its text was edited after it was approved'}
}

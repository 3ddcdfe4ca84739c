import {safeLine} from '../../base/text.ts'
import type {State} from '../../model/core/state.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {AGENT_ELSEWHERE} from '../../model/data/message.ts'
import {DAEMON_ACCESS} from '../../protocol/daemon/access.ts'
import {parseDaemonParams} from '../../protocol/daemon/params.ts'
import type {DaemonApi, DaemonTopics} from '../../protocol/daemon.ts'
import {agentRefused, type Caller} from '../../rpc/caller.ts'
import type {Handlers as Served} from '../../rpc/peer.ts'
import {assertAgent, type Handlers} from './parts.ts'

type Method = keyof DaemonApi

/** What these tell of may be of a slot that the configuration no longer has. */
const TELL_OF_FORMER_AGENTS: ReadonlySet<Method> = new Set(['history', 'messages'])

/**
 * The daemon's API as a socket serves it: every parameter is checked, an agent may only do what is an agent's, and what
 * it does is done in its own name.
 */
export function guardedApi(options: {
  /** The API in the name of whoever speaks; null: the person that this daemon belongs to. */
  apiFor: (speaker: string | null) => Handlers
  state: () => State
}): Served<DaemonApi, DaemonTopics> {
  const {apiFor, state} = options
  const person = apiFor(null)

  function answer<M extends Method>(method: M, given: unknown, caller: Caller): Promise<DaemonApi[M]['result']> {
    if (caller.kind === 'person') {
      const params = parseDaemonParams(method, given)
      assertAgents(method, params)
      return person[method](params)
    }
    const agent = agentOf(state(), caller.session)
    const speaker = agent ?? AGENT_ELSEWHERE
    const access = DAEMON_ACCESS[method]
    if (access === 'person') throw agentRefused(method, speaker)
    const params = parseDaemonParams(method, given)
    const meant = (params as {agent?: AgentId}).agent
    if (access === 'own agent' && (agent === null || meant !== agent)) {
      throw agentRefused(`${method} of ${safeLine(String(meant))}`, speaker)
    }
    return apiFor(speaker)[method](params)
  }

  /** Throws `unknown-agent` for a parameter that names an agent which the configuration does not have. */
  function assertAgents(method: Method, params: object): void {
    if (TELL_OF_FORMER_AGENTS.has(method)) return
    // A pass has `agents` as a yes or no.
    const {agent, agents} = params as {agent?: AgentId; agents?: readonly AgentId[] | boolean}
    const list = Array.isArray(agents) ? agents : []
    for (const named of agent === undefined ? list : [agent, ...list]) assertAgent(state(), named)
  }

  const methods = Object.keys(DAEMON_ACCESS) as Method[]
  return Object.fromEntries(
    methods.map(method => [
      method,
      async (params: unknown, {caller}: {caller: Caller}) => answer(method, params, caller),
    ]),
  ) as unknown as Served<DaemonApi, DaemonTopics>
}

/** The agent whose ticket has the session; null: none here. */
function agentOf(state: State, session: string | null): AgentId | null {
  const ticket = Object.values(state.tickets).find(({context}) => session !== null && context.session === session)
  return ticket?.context.agent ?? null
}

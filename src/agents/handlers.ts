import type {EffectHandlers} from '../model/core/effect-handler.ts'
import {type AgentGateways, panesOf} from './gateways.ts'
import {setUpWorktree, verifyWork} from './jobs/verify.ts'
import {endLeftOf} from './left-behind.ts'
import {endAgent, instanceOf, startAgent, tellHub} from './process.ts'
import {deliverMessages, expireMessages} from './turns/messages.ts'
import {promptAgent} from './turns/prompt.ts'

type AgentEffect =
  | 'setUpWorktree'
  | 'verifyWork'
  | 'startAgent'
  | 'promptAgent'
  | 'keepSession'
  | 'deliverMessages'
  | 'expireMessages'
  | 'stopAgent'
  | 'saveWork'

/** The handlers that start an agent's process in its worktree, prompt it, and end it with all that it started. */
export function agentHandlers(gateways: AgentGateways): EffectHandlers<AgentEffect> {
  return {
    setUpWorktree: effect => setUpWorktree(gateways, effect),
    verifyWork: effect => verifyWork(gateways, effect),
    startAgent: effect => startAgent(gateways, effect),
    promptAgent: effect => promptAgent(gateways, effect),
    deliverMessages: effect => deliverMessages(gateways, effect),

    expireMessages: effect => expireMessages(gateways, effect),

    async keepSession({ticket, session}) {
      await gateways.book.bump(ticket, {session})
      return []
    },

    async stopAgent({ticket, agent}) {
      const {host, hub, jobs} = gateways
      await jobs.end(ticket)
      for (const info of await panesOf(host, ticket)) await endAgent(gateways, info)
      await endLeftOf(gateways, {ticket, agent})
      tellHub(gateways, hub.deregister(instanceOf(gateways, agent)))
      return [{type: 'agentStopped', agent, ticket}]
    },

    async saveWork({ticket, agent, worktree, reason}) {
      const saved = await gateways.git.rescueIfThere({worktree, reason})
      const message = saved
        ? `the work on #${ticket} is saved in ${saved.ref}`
        : `there is no worktree of #${ticket} any more, so no work of it is saved now`
      gateways.hub.append({type: 'status_update', ticket, agent, message})
      return []
    },
  }
}

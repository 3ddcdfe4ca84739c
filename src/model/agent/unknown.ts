import {usageError} from '../../base/errors.ts'

/** The error for an agent that the configuration has no slot for. */
export function unknownAgent(agents: readonly string[], agent: string): Error {
  return usageError({
    code: 'unknown-agent',
    message: `There is no ${agent} here: agents are ${agents.join(', ')}`,
    next: 'name one of them, or raise routing.max_agents in clambake.toml',
  })
}

import {isForgeToken} from '../../base/environment/forge-tokens.ts'
import {type ClambakeError, usageError} from '../../base/errors.ts'
import type {Config} from '../../model/data/config.ts'
import {type AgentId, slotOf} from '../../model/data/ids.ts'
import type {ClaimBook} from '../../model/gateways/git.ts'
import {createPorts} from './ports.ts'

/** Gives the variables of a ticket's worktree; `agent` is who works there, by default who did so last. */
export type VariablesOf = (of: {ticket: number; worktree: string; agent?: AgentId}) => Promise<Record<string, string>>

/** `folder`: where the user's ports are noted. */
export function createVariables(options: {config: Config; book: Pick<ClaimBook, 'get'>; folder: string}): VariablesOf {
  const {config, book, folder} = options
  const ports = createPorts({
    folder,
    get first() {
      return config.worktree.first_port
    },
  })
  return async ({ticket, worktree, agent}) =>
    ticketVariables(config, {
      issue: ticket,
      agent: agent ?? (book.get(ticket)?.record.agent as AgentId | undefined) ?? null,
      ports: await ports.of(worktree, config.worktree.ports),
    })
}

/** The variables of a ticket's worktree: its ports, and those of `worktree.env`. Throws `forge-token-refused`. Pure. */
export function ticketVariables(
  {worktree, github}: Config,
  {issue, agent, ports}: {issue: number; agent: AgentId | null; ports: readonly number[]},
): Record<string, string> {
  const numbered = (name: string, separator: string) =>
    ports.map((port, index) => [index === 0 ? name : `${name}${separator}${index + 1}`, String(port)] as const)
  const words: Readonly<Record<string, string>> = {
    issue: String(issue),
    // What is left of a ticket that has no claim any more belongs to no slot.
    slot: agent === null ? '0' : String(slotOf(agent)),
    ...Object.fromEntries(numbered('port', '_')),
  }
  const filled = Object.entries(worktree.env).map(([name, template]) => {
    if (isForgeToken(name, github.token_env)) throw refused(name)
    // In one pass; the configuration admits no other words.
    return [name, template.replace(/\{(\w+)\}/g, (whole, word: string) => words[word] ?? whole)] as const
  })
  return Object.fromEntries([...numbered('CLAMBAKE_PORT', '_'), ...filled])
}

function refused(name: string): ClambakeError {
  return usageError({
    code: 'forge-token-refused',
    message: `${name} is a token for the forge and is not given to agents`,
    kept: 'nothing was started',
    next: `remove ${name} from worktree.env in clambake.toml; the daemon pushes for the agents`,
  })
}

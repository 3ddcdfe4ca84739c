import {realpath} from 'node:fs/promises'
import {relative, resolve, sep} from 'node:path'
import {ClambakeError, usageError} from '../base/errors.ts'
import type {AgentId} from '../model/data/ids.ts'
import {parseWorktreeFolder} from '../model/data/names.ts'
import type {Meant} from '../model/hub/meant.ts'
import type {CommandContext, DaemonConnection} from './context.ts'

/**
 * The agent that a command without a name means, and its ticket: the one in whose worktree it is called, or the only one with a ticket.
 * Throws `no-ticket`; `bad-usage`, which names those that have one.
 */
export async function agentHere(
  command: string,
  daemon: DaemonConnection,
  context: CommandContext,
): Promise<{agent: AgentId; meant: Meant}> {
  const {agents} = await daemon.call('state', {})
  const busy = agents.flatMap(({agent, ticket, claim}) => (ticket === null ? [] : {agent, ticket, claim}))
  const issue = await worktreeIssue(context)
  const here = issue === null ? undefined : busy.find(({ticket}) => ticket === issue)
  const only = busy.length === 1 && issue === null ? busy[0] : undefined
  const found = here ?? only
  if (found) return {agent: found.agent, meant: {ticket: found.ticket, claim: found.claim}}
  const [first] = busy
  if (!first) {
    throw new ClambakeError({
      code: 'no-ticket',
      message: `${command}: no agent has a ticket`,
      next: 'clambake pop starts one',
    })
  }
  throw usageError({
    code: 'bad-usage',
    message: `${command}: it is not clear which agent is meant: ${busy.map(({agent, ticket}) => `${agent} #${ticket}`).join(', ')}`,
    next: `name it: clambake ${command} ${first.agent}`,
  })
}

/** The issue in whose worktree the command is called; null: it is called elsewhere. */
async function worktreeIssue(context: CommandContext): Promise<number | null> {
  const {root, config} = await context.surrounding()
  const [workspace, cwd] = await Promise.all([real(resolve(root, config.agents.workspace_root)), real(context.cwd)])
  return parseWorktreeFolder(relative(workspace, cwd).split(sep)[0] ?? '')
}

async function real(path: string): Promise<string> {
  // A folder that does not exist holds no worktree.
  return realpath(path).catch(() => path)
}

import {resolve} from 'node:path'
import {safeLine, truncate} from '../base/text.ts'
import {count} from '../base/words.ts'
import type {Config} from '../model/data/config.ts'
import {worktreeFolder} from '../model/data/names.ts'
import type {ClaimBook, GitGateway} from '../model/gateways/git.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import type {HubGateway} from '../model/gateways/hub.ts'

/** Columns of a command line in the message. */
const COMMAND_WIDTH = 80

type Gateways = {
  git: Pick<GitGateway, 'root'>
  host: Pick<HostGateway, 'endLeftBehind'>
  hub: Pick<HubGateway, 'append'>
  book: Pick<ClaimBook, 'get'>
  config: Config
  stopGraceMs: number
}

/**
 * Ends the servers and the like that a ticket's agent left behind: also after its own program, its pane or its host has
 * ended, and whatever became of their environment and parents.
 */
export async function endLeftOf(gateways: Gateways, {ticket, agent}: {ticket: number; agent: string}): Promise<void> {
  const {git, host, hub, book, config, stopGraceMs: graceMs} = gateways
  const session = book.get(ticket)?.record.session
  const ended = await host.endLeftBehind(
    {
      sessions: session === undefined ? [] : [session, `${session}-job`],
      folder: resolve(git.root, config.agents.workspace_root, worktreeFolder(ticket)),
    },
    {graceMs},
  )
  if (ended.length === 0) return
  const names = ended.map(({command}) => truncate(safeLine(command), COMMAND_WIDTH))
  const message = `${agent} left ${count(ended.length, 'process', 'processes')} of #${ticket} behind, ended now: ${names.join(', ')}`
  hub.append({type: 'status_update', ticket, agent, severity: 'warning', message})
}

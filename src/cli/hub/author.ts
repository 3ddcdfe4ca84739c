import type {Coordination} from '../../hub/coordination.ts'
import type {Author} from '../../model/hub/memory/memory.ts'
import type {CommandContext} from '../context.ts'
import {findSelf, projectOf, senderOf} from './self.ts'

/** An agent is registered with its ticket before its title. */
const TICKET = /^#(\d+)\b/

/** Who writes a memory, in which project, and at what: the session that the command acts for, or the person. */
export async function authorOf(
  context: CommandContext,
  hub: Coordination,
): Promise<{author: Author; project: string; isPerson: boolean}> {
  const sender = await senderOf(context, hub)
  const self = sender.instance === null ? null : await findSelf(hub)
  const [{shortHead}, project] = await Promise.all([
    import('../../git/head.ts'),
    sender.project === null ? projectOf(context) : sender.project,
  ])
  const ticket = TICKET.exec(self?.task ?? '')?.[1]
  const author = {
    by: sender.name,
    instance: sender.instance,
    session: self?.session ?? null,
    ticket: ticket === undefined ? null : Number(ticket),
    commit: await shortHead(context.cwd, context.env),
  }
  return {author, project, isPerson: sender.instance === null}
}

/** The project that a command's memories are of: the session's, or that of the folder. Registers nothing. */
export async function projectHere(context: CommandContext, hub: Coordination): Promise<string> {
  return (await findSelf(hub))?.project ?? (await projectOf(context))
}

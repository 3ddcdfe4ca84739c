import {createHash} from 'node:crypto'
import {hostname, userInfo} from 'node:os'
import {basename} from 'node:path'
import {ClambakeError, hasCode} from '../../base/errors.ts'
import {ancestryOf} from '../../base/processes/ancestry.ts'
import {actingProcess, type RunningProcess} from '../../base/processes/process-id.ts'
import type {Coordination} from '../../hub/coordination.ts'
import type {Sender} from '../../model/hub/draft.ts'
import {type InstanceStatus, instanceName, type Peer} from '../../model/hub/instance.ts'
import type {CommandContext} from '../context.ts'

/** Hexadecimal digits that tell the sessions of one project apart; more where fewer are another's already. */
const DIGITS = [4, 8, 16] as const

/** What a session says of itself; what is not named is found out. */
export type Words = {
  project?: string
  directory?: string
  task?: string
  model?: string
  status?: InstanceStatus
  session?: string
}

/**
 * The registered session that a command acts for: the one whose process is above it. Nothing that is typed can name
 * another. null: there is none.
 */
export async function findSelf(hub: Coordination): Promise<Peer | null> {
  const acting = await actingProcess(process.pid)
  return acting === null ? null : selfAmong(await hub.seen(), acting)
}

function selfAmong(seen: readonly {peer: Peer}[], {pid, start}: RunningProcess): Peer | null {
  const own = seen.find(
    ({peer}) => peer.host === hostname() && peer.process?.pid === pid && peer.process.start === start,
  )
  return own?.peer ?? null
}

/** Registers the session that a command acts for, or changes what it says of itself. */
export async function joinSelf(context: CommandContext, hub: Coordination, words: Words = {}): Promise<Peer> {
  const acting = await actingProcess(process.pid)
  if (acting === null) {
    throw new ClambakeError({
      code: 'no-instance',
      message: 'the program that runs this command has ended or cannot be seen, so it is not known who acts',
      next: 'run it from a shell or from a tool of your client',
    })
  }
  const seen = await hub.seen()
  const known = selfAmong(seen, acting)
  const project = words.project ?? known?.project ?? (await projectOf(context))
  const {pid, start} = acting
  const peer = {
    id: known?.id ?? newName(project, acting, {taken: seen.map(({peer}) => peer.id), inPane: await isInPane()}),
    project,
    directory: words.directory ?? known?.directory ?? context.cwd,
    task: words.task ?? known?.task ?? '',
    model: words.model ?? known?.model ?? basename(acting.command[0] ?? ''),
    status: words.status ?? known?.status ?? 'active',
    host: hostname(),
    process: {pid, start},
    session: words.session ?? context.env.CLAUDE_CODE_SESSION_ID ?? known?.session ?? null,
  } as const
  await hub.join(peer)
  return {...peer, heartbeatAt: context.clock.now(), registeredAt: known?.registeredAt ?? context.clock.now()}
}

/** Ends the name of what is registered from an agent's pane, so that it passes for no session that a person started. */
const IN_PANE = '@pane'

async function isInPane(): Promise<boolean> {
  return (await ancestryOf(process.pid))?.sessions.length !== 0
}

/** A name that no other session of the last day has: what is sent to that one, and what it holds, stays its own. */
function newName(
  project: string,
  {pid, start}: RunningProcess,
  {taken, inPane}: {taken: readonly string[]; inPane: boolean},
): string {
  const hash = createHash('sha256').update(`${hostname()} ${pid} ${start}`).digest('hex')
  const names = DIGITS.map(digits => `${instanceName(project, hash.slice(0, digits))}${inPane ? IN_PANE : ''}`)
  return names.find(name => !taken.includes(name)) ?? names.at(-1)!
}

/** The name of the repository as its remote has it; outside of one, that of the folder. */
export async function projectOf(context: CommandContext): Promise<string> {
  return (await repositoryOf(context)) ?? basename(context.cwd)
}

/** The name of the repository as its remote has it; null: outside of one. */
async function repositoryOf(context: CommandContext): Promise<string | null> {
  try {
    const [{root}, {projectName}] = await Promise.all([context.place(), import('../../git/project-name.ts')])
    return await projectName(root, context.env)
  } catch (error) {
    if (hasCode(error, 'not-a-repository')) return null
    throw error
  }
}

/**
 * Who sends: the registered session that the command acts for; a person at a terminal; any other program is registered
 * first, since programs do not act for people.
 */
export async function senderOf(context: CommandContext, hub: Coordination): Promise<Sender> {
  const known = await findSelf(hub)
  if (known === null && (await isPerson())) {
    return {name: `${userInfo().username}@${hostname()}`, instance: null, project: await repositoryOf(context)}
  }
  const {id, project} = known ?? (await joinSelf(context, hub))
  return {name: id, instance: id, project}
}

/** Whether a person typed the command: its input is a terminal, and no agent's pane is above it. */
export async function isPerson(): Promise<boolean> {
  return process.stdin.isTTY === true && (await ancestryOf(process.pid))?.sessions.length === 0
}

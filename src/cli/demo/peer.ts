import {hostname} from 'node:os'
import {join} from 'node:path'
import {processOf} from '../../base/processes/process-id.ts'
import type {CommandContext} from '../context.ts'

/** The session of another project that the demo plays itself, as its name and task say. */
const PEER = {id: 'web-demo', project: 'acme/web', task: 'scripted: a new look for the cart page'} as const

/**
 * Registers the demo's own process as a session of another project, which reserves files and says what it does, so that
 * Peers and the mailbox have something to show. Its message costs no agent a turn.
 */
export async function joinDemoPeer(context: CommandContext, folder: string): Promise<void> {
  const [hub, own] = await Promise.all([context.hub(), processOf(process.pid)])
  await hub.join({
    ...PEER,
    directory: join(folder, 'web'),
    model: 'demo',
    status: 'busy',
    host: hostname(),
    process: own && {pid: own.pid, start: own.start},
    session: null,
  })
  const sender = {name: PEER.id, instance: PEER.id, project: PEER.project}
  await hub.reservations.reserve(sender, {patterns: ['src/pages/**'], why: 'the page gets a new look', lifeMs: null})
  await hub.send(sender, {
    to: '@all',
    kind: 'info',
    text: 'The cart page of acme/web gets a new look today; its addresses stay as they are.',
    resource: null,
    lifeMs: null,
    answers: null,
  })
}

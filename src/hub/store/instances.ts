import type {Kysely, Selectable} from 'kysely'
import {INSTANCE_STATUSES, type Instance, type InstanceStatus, type Peer} from '../../model/hub/instance.ts'
import {endEarlier} from './claims.ts'
import {known} from './known.ts'
import type {Tables} from './schema.ts'

/** A sign of life; what it does not name stays as it was. */
export type Beat = {id: string; at: number; status?: InstanceStatus; task?: string}

export async function deleteInstance(db: Kysely<Tables>, id: string): Promise<void> {
  await db.deleteFrom('instances').where('id', '=', id).execute()
}

/** Instances with a heartbeat since `since`, in milliseconds since 1970. */
export async function findInstances(db: Kysely<Tables>, since: number): Promise<Instance[]> {
  const rows = await db.selectFrom('instances').selectAll().where('heartbeat_at', '>=', since).orderBy('id').execute()
  return rows.map(instanceOf)
}

/** Registers a session with its process, or changes what it said; keeps when it came. */
export async function upsertPeer(db: Kysely<Tables>, peer: Peer): Promise<void> {
  const {heartbeatAt, registeredAt, host, process, session, claim, ...rest} = peer
  const changes = {
    ...rest,
    heartbeat_at: heartbeatAt,
    host,
    pid: process?.pid ?? null,
    process_start: process?.start ?? null,
    session,
    // An agent's own commands, which register it too, do not know its claim.
    ...(claim !== undefined && {claim}),
  }
  await db.transaction().execute(async transaction => {
    if (claim !== undefined) await endEarlier(transaction, {id: peer.id, claim, at: heartbeatAt})
    await transaction
      .insertInto('instances')
      .values({...changes, registered_at: registeredAt})
      .onConflict(conflict => conflict.column('id').doUpdateSet(changes))
      .execute()
  })
}

/** Notes a sign of life. An older one that comes late takes none back. */
export async function beat(db: Kysely<Tables>, {id, at, status, task}: Beat): Promise<boolean> {
  const {numUpdatedRows} = await db
    .updateTable('instances')
    .set(eb => ({
      heartbeat_at: eb.case().when('heartbeat_at', '>', at).then(eb.ref('heartbeat_at')).else(at).end(),
      ...(status === undefined ? {} : {status}),
      ...(task === undefined ? {} : {task}),
    }))
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** The instances with a heartbeat since `since`, in milliseconds since 1970, by project and name. */
export async function findPeers(db: Kysely<Tables>, {since}: {since: number}): Promise<Peer[]> {
  const rows = await db
    .selectFrom('instances')
    .selectAll()
    .where('heartbeat_at', '>=', since)
    .orderBy('project')
    .orderBy('id')
    .execute()
  return rows.map(row => ({
    ...instanceOf(row),
    registeredAt: row.registered_at,
    host: row.host,
    process: row.pid === null || row.process_start === null ? null : {pid: row.pid, start: row.process_start},
    session: row.session,
    ...(row.claim !== null && {claim: row.claim}),
  }))
}

function instanceOf(row: Selectable<Tables['instances']>): Instance {
  const {id, project, directory, task, model, heartbeat_at: heartbeatAt} = row
  return {id, project, directory, task, model, status: known(INSTANCE_STATUSES, row.status, 'active'), heartbeatAt}
}

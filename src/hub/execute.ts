import type {Kysely} from 'kysely'
import type {CallMessage} from './calls.ts'
import {storable} from './storable.ts'
import type {Dialect} from './store/dialect.ts'
import {appendEvents, findEvents} from './store/events.ts'
import {refreshGuard} from './store/guard.ts'
import {beat, deleteInstance, findInstances, findPeers, upsertPeer} from './store/instances.ts'
import {beginTurn, findMail, findReceipts, handOverMail, postMail, readMail, takeBack} from './store/mail.ts'
import {listMemories, recallMemories} from './store/memory/recall.ts'
import {findRelevant} from './store/memory/relevant.ts'
import {getMemories} from './store/memory/rows.ts'
import {findUnembedded, putVectors} from './store/memory/vectors.ts'
import {linkMemories, rememberMemory, updateMemory} from './store/memory/write.ts'
import {expireMessage, findMessages, insertMessage, markDelivered} from './store/messages.ts'
import {notAfter} from './store/not-after.ts'
import {openReservations, release, reserve} from './store/reservations.ts'
import type {Tables} from './store/schema.ts'
import {findLog, writeLog} from './store/session-log.ts'

/** The calls that change nothing. */
const READS: ReadonlySet<CallMessage['name']> = new Set([
  'find',
  'messages',
  'instances',
  'peers',
  'mail',
  'receipts',
  'reservations',
  'logged',
  'recall',
  'relevant',
  'memories',
  'memoriesAfter',
  'unembedded',
  // What is found by it is what it was.
  'putVectors',
  'guard',
  'watch',
  'close',
])

export function isWrite({name}: CallMessage): boolean {
  return !READS.has(name)
}

/**
 * Executes a call on either database. Each may be executed twice, as when the answer to the first was lost: what is written
 * has a key of the caller's. Throws the database's errors.
 */
export async function execute(
  db: Kysely<Tables>,
  asked: CallMessage,
  dialect: Dialect,
  /** The guard of this machine's hooks, where a store has no other machines. */
  guard?: string,
): Promise<unknown> {
  const call = storable(asked)
  switch (call.name) {
    case 'append':
      return appendEvents(db, call.argument, dialect)
    case 'find':
      return findEvents(db, call.argument)
    case 'deregister':
      return deleteInstance(db, call.argument)
    case 'send':
      return insertMessage(db, call.argument)
    case 'delivered':
      return markDelivered(db, call.argument)
    case 'expire':
      return expireMessage(db, call.argument)
    case 'messages':
      return findMessages(db, call.argument)
    case 'instances':
      return findInstances(db, call.argument.since)
    case 'join':
      return upsertPeer(db, call.argument)
    case 'beat':
      return beat(db, call.argument)
    case 'peers':
      await notAfter(db, call.argument.at)
      return findPeers(db, call.argument)
    case 'post':
      return postMail(db, call.argument, dialect, guard)
    case 'mail':
      return findMail(db, call.argument)
    case 'receipts':
      return findReceipts(db, call.argument.messages)
    case 'handOver':
      return handOverMail(db, call.argument, dialect)
    case 'begun':
      return beginTurn(db, call.argument)
    case 'takeBack':
      return takeBack(db, call.argument)
    case 'read':
      return readMail(db, call.argument)
    case 'reserve':
      return reserve(db, call.argument, dialect, guard)
    case 'release':
      return release(db, call.argument)
    case 'reservations':
      return openReservations(db, call.argument.at)
    case 'log':
      return writeLog(db, call.argument)
    case 'logged':
      return findLog(db, call.argument)
    case 'remember':
      return rememberMemory(db, call.argument, dialect)
    case 'linkMemories':
      return linkMemories(db, call.argument, dialect)
    case 'updateMemory':
      return updateMemory(db, call.argument, dialect)
    case 'recall':
      return recallMemories(db, call.argument, dialect)
    case 'relevant':
      return findRelevant(db, call.argument, dialect)
    case 'unembedded':
      return findUnembedded(db, call.argument, dialect)
    case 'putVectors':
      return putVectors(db, call.argument, dialect)
    case 'memories':
      return getMemories(db, call.argument.refs, dialect)
    case 'memoriesAfter':
      return listMemories(db, call.argument, dialect)
    case 'guard':
      return refreshGuard(db, call.argument)
    case 'watch':
    case 'close':
      return
  }
}

import type {Kysely} from 'kysely'
import {messageOf} from '../../base/errors.ts'
import {type Guard, writeGuard} from '../hooks/guard.ts'
import {guardWords} from '../hooks/words.ts'
import {findMail} from './mail.ts'
import {openReservations} from './reservations.ts'
import type {Tables} from './schema.ts'

/** More blockers than sessions ever hold at once. */
const LOOKED_AT = 1000

/** `watcher`: the process that keeps the guard up to date. */
export type GuardAsked = {file: string; watcher: Pick<Guard, 'pid' | 'start'>; at: number}

/**
 * Writes what is held now into a guard; says why it could not. On SQLite the transaction keeps other writers out, so that
 * none can add to the guard what this one does not know.
 */
export async function refreshGuard(
  db: Kysely<Tables>,
  {file, watcher, at}: GuardAsked,
): Promise<{failure: string | null}> {
  return db.transaction().execute(async transaction => {
    const held = await findMail(transaction, {kinds: ['blocker'], openAt: at, limit: LOOKED_AT})
    const reserved = await openReservations(transaction, at)
    try {
      const resources = [...held.flatMap(({resource}) => resource ?? []), ...reserved.map(({pattern}) => pattern)]
      writeGuard(file, {...watcher, words: guardWords(resources)})
      return {failure: null}
    } catch (error) {
      return {failure: messageOf(error)}
    }
  })
}

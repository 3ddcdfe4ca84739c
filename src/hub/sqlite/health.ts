import {statSync} from 'node:fs'
import {DatabaseSync} from 'node:sqlite'
import {type TroubleKind, troubleOf} from '../trouble.ts'

/** How long to wait for other writers, which need only milliseconds. */
const BUSY_MS = 1000

export type HubHealth = {kind: 'none'} | {kind: 'sound'; events: number} | {kind: TroubleKind; message: string}

/**
 * Checks that the hub's database is readable to its last page and can be written. Changes nothing: it begins a transaction
 * and rolls it back.
 */
export function checkHubHealth(file: string): HubHealth {
  let database: DatabaseSync | undefined
  try {
    if (!statSync(file, {throwIfNoEntry: false})) return {kind: 'none'}
    database = new DatabaseSync(file, {timeout: BUSY_MS})
    const problem = database.prepare('pragma quick_check(1)').get()?.quick_check
    if (problem !== 'ok') return {kind: 'corrupt', message: String(problem)}
    database.exec('begin immediate')
    database.exec('rollback')
    return {kind: 'sound', events: Number(database.prepare('select count(*) as events from events').get()?.events)}
  } catch (error) {
    const {kind, message} = troubleOf(error)
    return {kind, message}
  } finally {
    database?.close()
  }
}

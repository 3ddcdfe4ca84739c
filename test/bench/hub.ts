import {join} from 'node:path'
import {findPostgres, startPostgres} from '../../fixtures/postgres/server.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import type {HubPlace} from '../../src/hub/place.ts'
import {postgresPlace} from '../hub/stores.ts'
import {stress} from '../hub/stress.ts'
import {benchDelivery, benchHubHooks} from './hub-hooks.ts'
import {type BenchResult, judge, valueAtLeast, valueAtMost} from './result.ts'
import type {Say} from './say.ts'

const PROCESSES = 32
const MS = 60_000
/** On two slow cores, on which the processes themselves take most of the time. */
const CALLS_A_SECOND = 50

/** Lets many processes write to and read from one hub for a minute, on both stores. */
export async function benchHub(say: Say): Promise<BenchResult[]> {
  await using folder = temporaryFolder('clambake-bench-hub-')
  const hooks = await benchHubHooks(say)
  const results = await measured('SQLite', {kind: 'file', file: join(folder.path, 'hub.db')}, folder.path, say)
  const bin = findPostgres()
  if (bin === null) {
    say('hub: Postgres is left out, since no server is installed (Debian: apt-get install postgresql)')
    return [...hooks, ...results]
  }
  await using server = await startPostgres(bin)
  return [
    ...hooks,
    ...results,
    ...(await measured('Postgres', postgresPlace(server.database('bench')), folder.path, say)),
  ]
}

async function measured(store: string, place: HubPlace, home: string, say: Say): Promise<BenchResult[]> {
  say(`hub: ${PROCESSES} processes write and read ${store} for a minute`)
  const asked = {place, processes: PROCESSES, rounds: Number.MAX_SAFE_INTEGER, ms: MS, home}
  const {sent, lost, twice, unlogged, errors, operations, slowestMs} = await stress(asked)
  say(`hub: ${operations} calls, ${sent} messages; the slowest call took ${Math.round(slowestMs)} ms`)
  for (const error of new Set(errors)) say(`hub: ${error}`)
  const figure = (name: string, value: number) => ({name: `hub on ${store}: ${name}`, value, unit: '', reference: null})
  say(`hub: messages from one program to another on ${store}`)
  return [
    await benchDelivery(store, place, home),
    judge(figure('messages lost', lost), valueAtMost(0)),
    judge(figure('messages given twice', twice), valueAtMost(0)),
    judge(figure('entries of the log lost', unlogged), valueAtMost(0)),
    judge(figure('calls that failed as busy or otherwise', errors.length), valueAtMost(0)),
    judge({...figure('calls a second', operations / (MS / 1000)), unit: '/s'}, valueAtLeast(CALLS_A_SECOND)),
  ]
}

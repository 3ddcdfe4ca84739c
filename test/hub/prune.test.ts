import {join} from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {type TemporaryFolder, temporaryFolder} from '../../fixtures/repos/folder.ts'
import {type Database, openDatabase} from '../../src/hub/sqlite/database.ts'
import {appendEvents, findEvents, toRow} from '../../src/hub/store/events.ts'
import {prune} from '../../src/hub/store/prune.ts'

const DAY_MS = 24 * 60 * 60_000
const NOW = 1000 * DAY_MS
const keptMs = {events: 365 * DAY_MS, messages: 30 * DAY_MS, instances: 30 * DAY_MS, session_log: 90 * DAY_MS}

let folder: TemporaryFolder
let database: Database
beforeEach(async () => {
  folder = temporaryFolder('clambake-prune-')
  database = await openDatabase(join(folder.path, 'hub.db'))
})
afterEach(async () => {
  await database[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

async function append(count: number, at: (n: number) => number, message = 'x') {
  const rows = Array.from({length: count}, (_, n) =>
    toRow({type: 'status_update', message, key: `${at(n)} ${n}`, at: at(n), repository: 'acme/widgets'}),
  )
  for (let begin = 0; begin < rows.length; begin += 500) {
    await appendEvents(database.kysely, rows.slice(begin, begin + 500), 'sqlite')
  }
}

const kept = async () => await findEvents(database.kysely, {repository: 'acme/widgets', limit: 100_000})

it('deletes events of more than a year, and keeps the others', async () => {
  await append(7000, () => NOW - 400 * DAY_MS)
  await append(3, n => NOW - n * DAY_MS)
  await prune(database.kysely, NOW, 'sqlite')
  expect((await kept()).map(({seq}) => seq)).toEqual([7001, 7002, 7003])
})

it('deletes the oldest while the database is too large, however young they are', async () => {
  await append(12_000, () => NOW, 'x'.repeat(200))
  await prune(database.kysely, NOW, 'sqlite', {keptMs, maxBytes: 2_000_000})
  const left = await kept()
  expect(left.length).toBeGreaterThan(0)
  expect(left.length).toBeLessThan(8000)
  expect(left.at(-1)!.seq).toBe(12_000)
})

it('reads the other events around a row that was damaged', async () => {
  await append(3, n => NOW + n)
  await database.kysely.updateTable('events').set({metadata: '{"broken'}).where('seq', '=', 2).execute()
  expect((await kept()).map(({metadata}) => metadata)).toEqual([undefined, {unreadable: '{"broken'}, undefined])
})

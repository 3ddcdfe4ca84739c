import {mkdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {sql} from 'kysely'
import {expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {createAppendQueue, MAX_HELD} from '../../src/hub/queue.ts'
import {openDatabase} from '../../src/hub/sqlite/database.ts'
import {appendEvents, findEvents, toRow} from '../../src/hub/store/events.ts'
import {TroubleError, troubleOf} from '../../src/hub/trouble.ts'

const full = new TroubleError('full', 'database or disk is full')

it('writes everything once and in order, however writing fails', async () => {
  const run = fc.asyncProperty(
    fc.array(fc.nat({max: 1200}), {maxLength: 8}),
    fc.array(fc.boolean(), {maxLength: 12}),
    async (bursts, failures) => {
      const clock = createFakeClock()
      const written: number[] = []
      using queue = createAppendQueue<number>({
        write: async batch => {
          if (failures.pop()) throw full
          written.push(...batch)
        },
        clock,
        onTrouble() {},
      })
      let next = 0
      for (const burst of bursts) {
        for (let count = 0; count < burst; count++) queue.push(next++)
        await clock.advance(50)
      }
      await clock.advance(120_000)
      expect(written).toEqual(Array.from({length: next}, (_, index) => index))
      expect(queue.held).toBe(0)
      expect(clock.pending).toBe(0)
    },
  )
  await fc.assert(run, {numRuns: 30})
})

it('holds a bounded number, gives up the oldest, and tells trouble and its end', async () => {
  const clock = createFakeClock()
  const told: (string | null)[] = []
  const written: number[] = []
  let broken = true
  using queue = createAppendQueue<number>({
    write: async batch => {
      if (broken) throw full
      written.push(...batch)
    },
    clock,
    onTrouble: trouble => told.push(trouble?.kind ?? null),
  })
  for (let item = 0; item < MAX_HELD + 5; item++) queue.push(item)
  await clock.advance(0)
  expect(queue).toMatchObject({held: MAX_HELD, dropped: 5})
  await expect(queue.flush()).rejects.toBe(full)
  broken = false
  await clock.advance(10_000)
  expect(written).toEqual(Array.from({length: MAX_HELD}, (_, index) => index + 5))
  expect([told[0], told.at(-1)]).toEqual(['full', null])
})

it('calls a full disk what it is, also where SQLite ends the transaction by itself', async () => {
  using folder = temporaryFolder()
  await using database = await openDatabase(join(folder.path, 'hub.db'))
  const failing = database.kysely.transaction().execute(async transaction => {
    // What SQLite does on a full disk.
    await sql`rollback`.execute(transaction)
    throw Object.assign(new Error('database or disk is full'), {errcode: 13})
  })
  expect(troubleOf(await failing.catch((error: unknown) => error)).kind).toBe('full')
})

it('makes a file that only its user can read', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'hub.db')
  await using _database = await openDatabase(file)
  for (const path of [file, `${file}-wal`]) expect(statSync(path).mode & 0o077).toBe(0)
})

it('keeps events through a full disk and stores them when there is room', async () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'state'))
  await using database = await openDatabase(join(folder.path, 'state', 'hub.db'))
  // The database may not grow: SQLite fails as it does on a full disk.
  await sql`pragma max_page_count = 1`.execute(database.kysely)
  const clock = createFakeClock()
  const told: (string | null)[] = []
  using queue = createAppendQueue<ReturnType<typeof toRow>>({
    write: async rows => {
      try {
        await appendEvents(database.kysely, rows, 'sqlite')
      } catch (error) {
        throw troubleOf(error)
      }
    },
    clock,
    onTrouble: trouble => told.push(trouble?.kind ?? null),
  })
  for (let ticket = 1; ticket <= 2000; ticket++) {
    queue.push(
      toRow({type: 'task_started', message: 'x'.repeat(100), ticket, key: `${ticket}`, at: 0, repository: 'r'}),
    )
  }
  await clock.advance(1000)
  expect(told[0]).toBe('full')
  await sql`pragma max_page_count = 100000`.execute(database.kysely)
  await clock.advance(10_000)
  expect(told.at(-1)).toBeNull()
  const stored = await findEvents(database.kysely, {repository: 'r', limit: 5000})
  expect(stored.map(event => event.ticket)).toEqual(Array.from({length: 2000}, (_, index) => index + 1))
})

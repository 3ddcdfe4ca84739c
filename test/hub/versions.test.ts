import {mkdirSync} from 'node:fs'
import {dirname} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {Kysely, SqliteDialect} from 'kysely'
import {Migrator} from 'kysely/migration'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {firstMigrations} from '../../src/hub/store/migrations.ts'
import {AUTHOR, memoryDraft} from './memory-contract.ts'
import {type TestHubs, testHubs} from './open.ts'
import {draft, sender, session} from './samples.ts'

let hubs: TestHubs
beforeEach(() => {
  hubs = testHubs()
})
afterEach(() => hubs[Symbol.asyncDispose]())

/** Opens the file as the first programs did, which refuse one whose ledger names a migration that they do not know. */
async function openAsBefore(): Promise<DatabaseSync> {
  mkdirSync(dirname(hubs.file), {recursive: true})
  const sqlite = new DatabaseSync(hubs.file, {timeout: 2000})
  const prepare = (sql: string) => {
    const statement = sqlite.prepare(sql)
    return {
      reader: statement.columns().length > 0,
      all: (values: readonly unknown[]) => statement.all(...(values as string[])),
      run: (values: readonly unknown[]) => statement.run(...(values as string[])),
      iterate: (values: readonly unknown[]) => statement.iterate(...(values as string[])),
    }
  }
  const db = new Kysely({dialect: new SqliteDialect({database: {close: () => {}, prepare}})})
  const {error} = await new Migrator({
    db,
    provider: {getMigrations: async () => firstMigrations('sqlite')},
  }).migrateToLatest()
  expect(error).toBeUndefined()
  return sqlite
}

/** Writes what the first programs wrote, in their words. */
function writeAsBefore(sqlite: DatabaseSync, n: number): void {
  const now = Date.now()
  sqlite.exec(`insert into events (key, repository, at, type, message, ticket)
    values ('k${n}', 'acme/widgets', ${now}, 'task_started', 'began', ${n})`)
  sqlite.exec(`insert into messages (sender, recipient, kind, body, sent_at, expires_at, repository, ticket, key)
    values ('ada', 'agent001', 'request', 'hello ${n}', ${now}, ${now + 60_000}, 'acme/widgets', 7, 'review:${n}')`)
  sqlite.exec(
    `insert into instances values ('agent00${n}@/w', '/w', '/w/7', '#7', 'claude', 'busy', ${now})`.replace(
      'instances values',
      'instances (id, project, directory, task, model, status, heartbeat_at) values',
    ),
  )
}

it('an older file keeps what it holds, and gets what this program needs', async () => {
  {
    using before = await openAsBefore()
    writeAsBefore(before, 1)
    for (const [project, title] of [
      ["'acme/widgets'", 'about one'],
      ['null', 'about all'],
    ]) {
      before.exec(`insert into memory (project, kind, title, body, status, tags, files, created_by, updated_at)
        values (${project}, 'lesson', '${title}', 'b', 'active', '[]', '[]', 'ada', 5)`)
    }
  }
  const hub = await hubs.open()
  expect((await hub.recent(10)).map(({ticket}) => ticket)).toEqual([1])
  expect(await hub.messages({limit: 10})).toEqual([expect.objectContaining({text: 'hello 1', key: 'review:1'})])
  expect((await hub.sessions.seen()).map(({peer}) => peer)).toEqual([
    expect.objectContaining({id: 'agent001@/w', registeredAt: null, host: null, process: null}),
  ])
  using file = new DatabaseSync(hubs.file)
  expect(file.prepare('select project, type, title, created_at from project_memory').all()).toEqual([
    {project: 'acme/widgets', type: 'lesson', title: 'about one', created_at: 5},
  ])
  expect(file.prepare('select type, title from global_memory').all()).toEqual([{type: 'lesson', title: 'about all'}])
  for (const view of ['active_instances', 'unread_messages', 'recent_activity']) {
    expect(() => file.prepare(`select * from ${view}`).all(), view).not.toThrow()
  }
})

it('an older program works on the file of this one, beside it', async () => {
  const hub = await hubs.open()
  hub.append({type: 'task_started', message: 'began', ticket: 1})
  await hub.flush()
  using before = await openAsBefore()
  writeAsBefore(before, 2)
  expect((await hub.recent(10)).map(({ticket}) => ticket)).toEqual([1, 2])
  expect(await hub.instances()).toHaveLength(1)
  expect(before.prepare('select ticket from events order by seq').all()).toEqual([{ticket: 1}, {ticket: 2}])
})

it('this program works on the file of a newer one, and says so when it cannot', async () => {
  await (await hubs.open()).recent(1)
  {
    using newer = new DatabaseSync(hubs.file)
    newer.exec('alter table messages add column later text')
    newer.exec("insert into hub_migration values ('199-later', '2030-01-01')")
  }
  const hub = await hubs.open()
  await hub.sessions.send(
    {name: 'ada', instance: null, project: null},
    {
      to: '@all',
      kind: 'info',
      text: 'hello',
      resource: null,
      lifeMs: null,
      answers: null,
    },
  )
  expect(await hub.sessions.mail({limit: 10})).toHaveLength(1)
  {
    using newest = new DatabaseSync(hubs.file)
    newest.exec("insert into hub_migration values ('200-other-messages-breaking', '2030-01-02')")
  }
  const refused = await hubs.open()
  await expect(refused.recent(1)).rejects.toMatchObject({
    code: 'hub-unavailable',
    message: expect.stringContaining('update this one'),
  })
})

it('words of a newer program are read as the nearest that this one knows, and hide no others', async () => {
  const hub = await hubs.open()
  const {id} = await hub.sessions.send(sender('api'), draft('@all', {text: 'a vote'}))
  await hub.sessions.join(session('web'))
  await hub.sessions.memory.remember(memoryDraft('about one'), AUTHOR)
  using file = new DatabaseSync(hubs.file)
  file.exec("update messages set kind = 'vote'; update instances set status = 'asleep'")
  file.exec("update project_memory set status = 'archived'; update global_memory set status = 'archived'")
  expect(await hub.sessions.mail({ids: [id], limit: 1})).toMatchObject([{kind: 'warning', text: 'a vote'}])
  expect((await hub.sessions.seen()).map(({peer}) => peer.status)).toEqual(['active'])
  for await (const memory of hub.sessions.memory.all('project', null)) expect(memory.status).toBe('deprecated')
})

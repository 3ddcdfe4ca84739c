import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {type TemporaryFolder, temporaryFolder} from '../../fixtures/repos/folder.ts'
import {systemClock} from '../../src/base/clock.ts'
import type {CallMessage, HubCall} from '../../src/hub/calls.ts'
import {createMemories, type Memories} from '../../src/hub/memories.ts'
import {SqliteEngine} from '../../src/hub/sqlite/engine.ts'
import {AUTHOR, memoryDraft} from './memory-contract.ts'

let folder: TemporaryFolder
let engines: AsyncDisposableStack
beforeEach(() => {
  folder = temporaryFolder('clambake-full-text-')
  engines = new AsyncDisposableStack()
})
afterEach(async () => {
  await engines[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const file = () => join(folder.path, 'hub.db')

/** Memories by a SQLite with or without FTS5. */
function open(fullText: boolean): Memories {
  const engine = engines.use(new SqliteEngine({file: file(), fullText, notify: () => {}}))
  const call: HubCall = (name, argument) =>
    engine.run({id: 1, name, argument} as CallMessage) as ReturnType<typeof call<typeof name>>
  return createMemories({call, clock: systemClock})
}

const recall = (memories: Memories, query: string) => memories.recall({query, project: 'acme/widgets', limit: 5})

it('a SQLite without full text looks into all texts, and says so', async () => {
  const memories = open(false)
  await memories.remember(memoryDraft('The Cart rounds prices down'), AUTHOR)
  await memories.remember(memoryDraft('100 % of nothing'), AUTHOR)
  for (const query of ['cart price', 'CART -up', 'missing or rounds']) {
    const {memories: found, fullText} = await recall(memories, query)
    expect(
      found.map(({title}) => title),
      query,
    ).toEqual(['The Cart rounds prices down'])
    expect(fullText).toBe(false)
  }
  expect((await recall(memories, 'nowhere')).memories).toEqual([])
  const near = await memories.remember(memoryDraft('The Cart rounds the prices down'), AUTHOR)
  expect(near).toHaveProperty('similar')
})

it('programs with and without full text work on one file in turns, and each finds what the other wrote', async () => {
  await open(true).remember(memoryDraft('Apples are red'), AUTHOR)
  const without = open(false)
  await without.remember(memoryDraft('Bananas are yellow'), AUTHOR)
  expect((await recall(without, 'apples')).memories).toHaveLength(1)
  const again = open(true)
  for (const query of ['apple', 'banana']) {
    expect((await recall(again, query)).memories, query).toHaveLength(1)
  }
  expect((await recall(again, 'banana')).fullText).toBe(true)
  using database = new DatabaseSync(file())
  expect(database.prepare('pragma integrity_check').all()).toEqual([{integrity_check: 'ok'}])
  database.exec("insert into project_memory_fts (project_memory_fts, rank) values ('integrity-check', 1)")
})

import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {probeAbilities} from '../../src/hub/sqlite/abilities.ts'
import {checkHubHealth} from '../../src/hub/sqlite/health.ts'
import {type TestHubs, testHubs} from './open.ts'

let hubs: TestHubs
beforeEach(() => {
  hubs = testHubs()
})
afterEach(() => hubs[Symbol.asyncDispose]())

it('there is none before the first event, and the look makes none', () => {
  expect(checkHubHealth(hubs.file)).toEqual({kind: 'none'})
  expect(checkHubHealth(hubs.file)).toEqual({kind: 'none'})
})

it('is sound while others use it, and told how much it holds', async () => {
  const hub = await hubs.open()
  hub.append({type: 'task_started', message: 'began #1', ticket: 1})
  hub.append({type: 'task_started', message: 'began #2', ticket: 2})
  await hub.flush()
  expect(checkHubHealth(hubs.file)).toEqual({kind: 'sound', events: 2})
  hub.append({type: 'task_started', message: 'began #3', ticket: 3})
  await hub.flush()
  expect(await hub.recent(10)).toHaveLength(3)
})

it('is locked while another process writes and does not end', async () => {
  const hub = await hubs.open()
  hub.append({type: 'task_started', message: 'began #1', ticket: 1})
  await hub.flush()
  const holder = new DatabaseSync(hubs.file)
  holder.exec('begin immediate')
  expect(checkHubHealth(hubs.file)).toMatchObject({kind: 'locked'})
  holder.exec('rollback')
  holder.close()
  expect(checkHubHealth(hubs.file)).toMatchObject({kind: 'sound'})
})

it('is corrupt when it is no database, and stays as it was', () => {
  mkdirSync(dirname(hubs.file), {recursive: true})
  writeFileSync(hubs.file, 'no database at all, '.repeat(100))
  expect(checkHubHealth(hubs.file)).toMatchObject({kind: 'corrupt'})
})

it('is not available when a folder has its name', () => {
  mkdirSync(hubs.file, {recursive: true})
  expect(checkHubHealth(hubs.file)).toMatchObject({kind: 'unavailable'})
})

it('the SQLite here has full text and loads extensions', () => {
  expect(probeAbilities()).toEqual({fullText: true, extensions: true})
})

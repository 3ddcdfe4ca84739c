import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import {dirname, join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {systemClock} from '../../src/base/clock.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import type {Hub} from '../../src/hub/hub.ts'
import type {NewEvent} from '../../src/model/data/event.ts'
import {builtFile} from '../built.ts'
import {settled, type TestHubs, testHubs} from './open.ts'

let hubs: TestHubs
beforeEach(() => {
  hubs = testHubs()
})
afterEach(() => hubs[Symbol.asyncDispose]())

const started = (ticket: number): NewEvent => ({type: 'task_started', message: `began #${ticket}`, ticket})
const tickets = async (hub: Hub) => (await hub.recent(1000)).map(event => event.ticket)
const quarantined = () => readdirSync(dirname(hubs.file)).filter(name => /^hub\.db\.corrupt-[\dTZ-]+$/.test(name))

/** A database with history, closed. */
async function withHistory(events = 2000): Promise<void> {
  const hub = await hubs.open()
  for (let ticket = 1; ticket <= events; ticket++) hub.append(started(ticket))
  await hub.flush()
  await hub[Symbol.asyncDispose]()
}

function damage(write: (file: number, size: number) => void): void {
  const file = openSync(hubs.file, 'r+')
  write(file, statSync(hubs.file).size)
  closeSync(file)
}

describe('a corrupt database is put aside and a new one takes over', () => {
  it.each<[string, () => void]>([
    ['its header is overwritten', () => damage(file => writeSync(file, Buffer.alloc(100, 0x55), 0, 100, 0))],
    [
      'its pages are overwritten',
      () => damage((file, size) => writeSync(file, Buffer.alloc(size - 4096, 0xa5), 0, size - 4096, 4096)),
    ],
    ['it is cut in half', () => truncateSync(hubs.file, Math.floor(statSync(hubs.file).size / 8192) * 4096)],
    ['it is another kind of file', () => writeFileSync(hubs.file, '# notes\n'.repeat(1000))],
  ])('when %s', async (_how, harm) => {
    await withHistory()
    harm()
    const hub = await hubs.open()
    hub.append(started(5001))
    await settled(hub)
    expect(await tickets(hub)).toEqual([5001])
    expect(quarantined()).toHaveLength(1)
    expect(hubs.troubles).toContainEqual(
      expect.objectContaining({kind: 'rebuilt', aside: join(dirname(hubs.file), quarantined()[0] ?? '')}),
    )
  })

  it('while two processes have it open: both go on in the new one', async () => {
    await withHistory()
    const [one, other] = [await hubs.open(), await hubs.open()]
    await Promise.all([one.recent(1), other.recent(1)])
    damage((file, size) => writeSync(file, Buffer.alloc(size, 0xa5), 0, size, 0))
    for (let ticket = 5001; ticket <= 5020; ticket++) (ticket % 2 ? one : other).append(started(ticket))
    await Promise.all([settled(one), settled(other)])
    expect((await tickets(one)).toSorted()).toEqual(Array.from({length: 20}, (_, index) => 5001 + index))
    expect(await tickets(other)).toEqual(await tickets(one))
    expect(quarantined()).toHaveLength(1)
  })

  it('and a command says so that finds it', async () => {
    await withHistory(1)
    writeFileSync(hubs.file, '# notes\n'.repeat(1000))
    const told: string[] = []
    await using hub = openDirectHub({
      place: {kind: 'file', file: hubs.file},
      clock: systemClock,
      onRebuilt: aside => told.push(aside),
    })
    expect(await hub.seen()).toEqual([])
    expect(told).toEqual([join(dirname(hubs.file), quarantined()[0] ?? '')])
  })

  it('but an empty file is just a new database', async () => {
    await withHistory(1)
    truncateSync(hubs.file, 0)
    const hub = await hubs.open()
    hub.append(started(1))
    await settled(hub)
    expect(await tickets(hub)).toEqual([1])
    expect(quarantined()).toEqual([])
  })
})

describe('while it is open', () => {
  it.each<[string, () => void]>([
    ['deleted', () => rmSync(dirname(hubs.file), {recursive: true})],
    ['moved', () => renameSync(hubs.file, `${hubs.file}.elsewhere`)],
    ['cut to nothing', () => truncateSync(hubs.file, 0)],
  ])('the file may be %s: later events are kept', async (_how, harm) => {
    const hub = await hubs.open()
    hub.append(started(1))
    await hub.flush()
    harm()
    hub.append(started(2))
    await settled(hub)
    expect((await tickets(hub)).at(-1)).toBe(2)
  })

  it('its log may be removed', async () => {
    const hub = await hubs.open()
    hub.append(started(1))
    await hub.flush()
    rmSync(`${hubs.file}-wal`)
    hub.append(started(2))
    await settled(hub)
    expect(await tickets(hub)).toContain(2)
  })
})

it('another process that holds the database delays events and loses none', async () => {
  const hub = await hubs.open()
  hub.append(started(1))
  await hub.flush()
  const holder = new DatabaseSync(hubs.file)
  holder.exec('begin immediate')
  hub.append(started(2))
  for (let ticket = 3; ticket <= 100; ticket++) hub.append(started(ticket))
  await expect.poll(() => hubs.troubles, {timeout: 15_000}).toContainEqual(expect.objectContaining({kind: 'locked'}))
  holder.exec('commit')
  holder.close()
  await settled(hub)
  expect(await tickets(hub)).toEqual(Array.from({length: 100}, (_, index) => index + 1))
  expect(hubs.troubles.at(-1)).toBeNull()
})

it('a place where no database can be is told, held events follow when it is cleared', async () => {
  mkdirSync(hubs.file, {recursive: true})
  const hub = await hubs.open()
  hub.append(started(1))
  await expect(hub.flush()).rejects.toMatchObject({code: 'hub-unavailable'})
  await expect(hub.recent(1)).rejects.toMatchObject({code: 'hub-unavailable', kept: expect.any(String)})
  expect(hubs.troubles).toMatchObject([{kind: 'unavailable', held: 1, dropped: 0}])
  rmSync(hubs.file, {recursive: true})
  await settled(hub)
  expect(await tickets(hub)).toEqual([1])
  expect(hubs.troubles.at(-1)).toBeNull()
})

it('a worker that cannot even start is told, and closing does not hang', async () => {
  const hub = await hubs.open({worker: new URL('no-such-worker.ts', import.meta.url)})
  hub.append(started(1))
  await expect(hub.flush()).rejects.toMatchObject({code: 'hub-unavailable'})
  expect(hubs.troubles).toMatchObject([{kind: 'unavailable'}])
})

it('a worker that dies is started anew: nothing is lost', async () => {
  const hub = await hubs.open({worker: await builtFile(join(import.meta.dirname, 'mortal-worker.ts'))})
  const other = await hubs.open()
  hub.append(started(1))
  await hub.flush()
  const dying = hub.deregister('die')
  hub.append(started(2))
  await expect(dying).rejects.toMatchObject({code: 'hub-unavailable'})
  other.append(started(3))
  await other.flush()
  await settled(hub)
  expect((await tickets(hub)).toSorted()).toEqual([1, 2, 3])
})

import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {poll} from '../../src/base/clock.ts'
import {acquireProcessLock, readProcessInfo} from '../../src/rpc/lock.ts'

const MODULE = resolve(import.meta.dirname, '../../src/rpc/lock.ts')

let folder: string
let paths: {lock: string; info: string}
const info = {pid: process.pid, version: '1', cwd: '/', startedAt: 5}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
  paths = {lock: join(folder, 'p', 'daemon.lock'), info: join(folder, 'p', 'daemon.json')}
})
afterEach(() => rmSync(folder, {recursive: true}))

/** A process that takes the lock, says so and stays. */
async function holder(): Promise<ChildProcess> {
  const script = `
    const {acquireProcessLock} = await import(${JSON.stringify(MODULE)})
    const taken = acquireProcessLock({paths: ${JSON.stringify(paths)}, info: {pid: process.pid, version: '2', cwd: '/', startedAt: 7}})
    console.log('heldBy' in taken ? 'refused' : 'taken')
    setInterval(() => taken, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {stdio: ['ignore', 'pipe', 'inherit']})
  const [chunk] = await once(child.stdout, 'data')
  expect(String(chunk)).toBe('taken\n')
  return child
}

it('is held by one process, says by whom, and frees at kill -9', async () => {
  const child = await holder()
  expect(acquireProcessLock({paths, info})).toEqual({heldBy: {pid: child.pid, version: '2', cwd: '/', startedAt: 7}})
  child.kill('SIGKILL')
  const taken = await poll(
    () => {
      const now = acquireProcessLock({paths, info})
      return 'heldBy' in now ? undefined : now
    },
    {everyMs: 10, timeoutMs: 5000},
  )
  expect(taken?.info).toEqual(info)
  expect(readProcessInfo(paths.info)).toEqual(info)
  taken?.[Symbol.dispose]()
  expect(readProcessInfo(paths.info)).toBeNull()
})

it('refuses a second taker in the same process and can be taken again when freed', () => {
  for (let round = 0; round < 2; round++) {
    const taken = acquireProcessLock({paths, info})
    expect('heldBy' in taken).toBe(false)
    expect(acquireProcessLock({paths, info})).toEqual({heldBy: info})
    if (!('heldBy' in taken)) taken[Symbol.dispose]()
  }
})

it('leaves the description of another that took the lock in a new folder', () => {
  const taken = acquireProcessLock({paths, info})
  rmSync(join(folder, 'p'), {recursive: true})
  const other = acquireProcessLock({paths, info: {...info, pid: 1}})
  if ('heldBy' in taken || 'heldBy' in other) throw new Error('the lock is held')
  taken[Symbol.dispose]()
  expect(readProcessInfo(paths.info)?.pid).toBe(1)
  other[Symbol.dispose]()
  expect(readProcessInfo(paths.info)).toBe(null)
})

it('is taken again after its folder was removed, unless another has it by then', async () => {
  const taken = acquireProcessLock({paths, info})
  if ('heldBy' in taken) throw new Error('the lock is held')
  rmSync(join(folder, 'p'), {recursive: true})
  expect(taken.renew()).toBe(true)
  expect(acquireProcessLock({paths, info: {...info, pid: 1}})).toEqual({heldBy: info})
  rmSync(join(folder, 'p'), {recursive: true})
  const child = await holder()
  expect(taken.renew()).toBe(false)
  taken[Symbol.dispose]()
  expect(readProcessInfo(paths.info)?.pid).toBe(child.pid)
  child.kill('SIGKILL')
})

it.each([
  ['zeroes, as a loss of power leaves them', Buffer.alloc(512)],
  ['the text of something else', Buffer.from('not a database, and long enough to be read as one'.repeat(20))],
])('is taken also where its file holds %s', async (_, content) => {
  mkdirSync(join(folder, 'p'), {mode: 0o700})
  writeFileSync(paths.lock, content)
  const child = await holder()
  // A holder's file is never cleared: what is in it is read only while none holds it.
  expect(acquireProcessLock({paths, info})).toMatchObject({heldBy: {pid: child.pid}})
  expect(statSync(paths.lock).size).toBe(0)
  child.kill('SIGKILL')
})

it('names the file that something else is in the place of', () => {
  mkdirSync(paths.lock, {recursive: true, mode: 0o700})
  expect(() => acquireProcessLock({paths, info})).toThrow(
    `A file or folder cannot be used: ${paths.lock}: unable to open`,
  )
})

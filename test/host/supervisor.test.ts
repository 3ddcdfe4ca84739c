import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import type {LogFields} from '../../src/base/log.ts'
import {silentLog} from '../../src/base/log.ts'
import {isAlive} from '../../src/base/run.ts'
import {Supervisor} from '../../src/host/supervisor.ts'
import {eventually, ManualClock} from '../terminal/helpers.ts'
import {PATH} from './setup.ts'

let folder: string
let clock: ManualClock
let pauses: unknown[]
let errors: string[]
let supervisor: Supervisor

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervisor-'))
  clock = new ManualClock()
  pauses = []
  errors = []
  const log = {
    ...silentLog,
    warn: (_: string, fields?: LogFields) => void pauses.push(fields?.pauseMs),
    error: (message: string) => void errors.push(message),
  }
  supervisor = new Supervisor({clock, log})
})
afterEach(() => {
  supervisor[Symbol.dispose]()
  rmSync(folder, {recursive: true})
})

const log = () => join(folder, 'log')
const starts = () => readFileSync(log(), 'utf8').split('\n').filter(Boolean).length
const supervise = (script: string) =>
  supervisor.supervise({argv: ['sh', '-c', script], cwd: folder, env: {PATH}, log: log()})

it('starts again after a crash, ever later, and stops when it is hopeless', async () => {
  supervise('echo started; exit 3')
  for (const [index, pause] of [1000, 2000, 4000, 8000].entries()) {
    await eventually(`pause ${pause}`, () => pauses.length === index + 1)
    expect(pauses.at(-1)).toBe(pause)
    clock.advance(pause - 1)
    expect(starts()).toBe(index + 1)
    clock.advance(1)
  }
  await eventually('the quarantine', () => errors.length === 1)
  clock.advance(3_600_000)
  expect(starts()).toBe(5)
  expect(supervisor.active).toBe(false)
})

it('forgets crashes of long ago', async () => {
  supervise('echo started; kill -9 $$')
  await eventually('a crash', () => pauses.length === 1)
  clock.advance(1000)
  await eventually('a second crash', () => pauses.length === 2)
  expect(pauses).toEqual([1000, 2000])
  clock.advance(2000)
  await eventually('a third crash', () => pauses.length === 3)
  expect(supervisor.active).toBe(true)
})

it('starts again also where the folder of its log was removed', async () => {
  const logs = join(folder, 'logs', 'daemon.log')
  supervisor.supervise({argv: ['sh', '-c', 'echo started; exit 3'], cwd: folder, env: {PATH}, log: logs})
  await eventually('a crash', () => pauses.length === 1)
  rmSync(join(folder, 'logs'), {recursive: true})
  clock.advance(1000)
  await eventually('a second crash', () => pauses.length === 2)
  expect(readFileSync(logs, 'utf8')).toBe('started\n')
})

it('respects an end by its own wish', async () => {
  const {pid} = supervise('echo started; exit 0')
  expect(pid).toBeGreaterThan(0)
  await eventually('the end', () => !supervisor.active)
  clock.advance(3_600_000)
  expect(starts()).toBe(1)
  expect(pauses).toEqual([])
})

it('has one child however often it is asked, and lets it go', async () => {
  const {pid} = supervise('echo started; sleep 1000')
  expect(supervise('echo another')).toEqual({pid})
  supervisor.release()
  expect(supervisor.active).toBe(false)
  expect(process.kill(pid, 0)).toBe(true)
  process.kill(pid, 'SIGKILL')
  await eventually('its end', () => {
    try {
      return !process.kill(pid, 0)
    } catch {
      return true
    }
  })
  clock.advance(3_600_000)
  expect(pauses).toEqual([])
})

it('watches a program that another host had started, and starts it when it is gone', async () => {
  using orphan = spawn('sleep', ['1000'])
  const ended = once(orphan, 'exit')
  const charge = {argv: ['sh', '-c', 'echo started; sleep 1000'], cwd: folder, env: {PATH}, log: log()}
  expect(supervisor.supervise({...charge, pid: orphan.pid!})).toEqual({pid: orphan.pid})
  clock.advance(60_000)
  expect(existsSync(log())).toBe(false)
  orphan.kill('SIGKILL')
  await ended
  clock.advance(1000)
  await eventually('a start', () => existsSync(log()) && starts() === 1)
  process.kill(supervisor.supervise(charge).pid, 'SIGKILL')
  await eventually('a crash', () => pauses.length === 1)
})

it('says when the program cannot be started at all', () => {
  expect(() => supervisor.supervise({argv: [join(folder, 'missing')], cwd: folder, env: {}, log: log()})).toThrow(
    'could not be started',
  )
})

it('starts again once its program is there again, which an upgrade had replaced', async () => {
  const program = join(folder, 'program')
  const install = () => writeFileSync(program, '#!/bin/sh\necho started; exit 3\n', {mode: 0o755})
  install()
  supervisor.supervise({argv: [program], cwd: folder, env: {PATH}, log: log()})
  await eventually('a crash', () => pauses.length === 1)
  rmSync(program)
  clock.advance(1000)
  await eventually('a start that fails', () => pauses.length === 2)
  install()
  clock.advance(2000)
  await eventually('the next start', () => starts() === 2)
})

it('ends its program for good where that is asked for', async () => {
  const {pid} = supervise('echo started; sleep 1000')
  await eventually('its start', () => existsSync(log()) && starts() === 1)
  supervisor.end()
  await eventually('its end', () => !isAlive(pid))
  clock.advance(60_000)
  expect([starts(), supervisor.active]).toEqual([1, false])
})

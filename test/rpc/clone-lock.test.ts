import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it, vi} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import type {ClambakeError} from '../../src/base/errors.ts'
import {silentLog} from '../../src/base/log.ts'
import {daemonElsewhere, lockClone} from '../../src/rpc/clone-lock.ts'

const info = {pid: process.pid, version: '1', cwd: '/', startedAt: 5}

it('a clone has one daemon, whose state folder the others are told', async () => {
  await using folder = temporaryFolder()
  const lock = (state: string) => lockClone({commonDir: folder.path, state, info, log: silentLog})
  const first = lock('/state/of/cron')
  expect(() => lock('/state/of/shell')).toThrow(
    expect.objectContaining<Partial<ClambakeError>>({
      code: 'already-running',
      message: `Another daemon (pid ${process.pid}) works in this clone, with its state in /state/of/cron`,
      next: expect.stringContaining('CLAMBAKE_STATE_DIR=/state/of/cron clambake daemon stop'),
    }),
  )
  expect(daemonElsewhere(folder.path, '/state/of/shell')).toEqual({pid: process.pid, state: '/state/of/cron'})
  expect(daemonElsewhere(folder.path, '/state/of/cron')).toBeUndefined()
  first[Symbol.dispose]()
  expect(daemonElsewhere(folder.path, '/state/of/shell')).toBeUndefined()
  lock('/state/of/shell')[Symbol.dispose]()
})

it('a clone that takes no lock has its daemon all the same, and its log says so', async () => {
  await using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'clambake'), '')
  const log = {...silentLog, warn: vi.fn(silentLog.warn)}
  lockClone({commonDir: folder.path, state: '/state', info, log})[Symbol.dispose]()
  expect(log.warn).toHaveBeenCalledOnce()
})

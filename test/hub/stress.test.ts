import {join} from 'node:path'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {stress} from './stress.ts'

/** `npm run bench -- hub` lets 32 of them work for a minute. */
it('loses nothing, gives nothing twice and is never busy while five processes write and read one file', async () => {
  await using folder = temporaryFolder('clambake-stress-')
  const place = {kind: 'file', file: join(folder.path, 'hub.db')} as const
  const {
    sent,
    operations: _,
    slowestMs: _ms,
    ...wrong
  } = await stress({place, processes: 5, rounds: 20, ms: 60_000, home: folder.path})
  expect(wrong).toEqual({lost: 0, twice: 0, unlogged: 0, errors: []})
  expect(sent).toBe(5 * 20)
}, 120_000)

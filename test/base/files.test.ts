import {rmSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect, it, vi} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {makeTemporaryFolder, textOrNull} from '../../src/base/files.ts'
import {run} from '../../src/base/run.ts'

it('makes a temporary folder also where the folder of all of them was removed', () => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'session', 'tmp')
  vi.stubEnv('TMPDIR', session)
  try {
    const first = makeTemporaryFolder('a-')
    rmSync(session, {recursive: true})
    const second = makeTemporaryFolder('a-')
    expect([dirname(first), dirname(second)]).toEqual([session, session])
    expect(statSync(session).mode & 0o777).toBe(0o700)
  } finally {
    vi.unstubAllEnvs()
  }
})

it('reads no pipe and no device as a file, which would be waited for without end', async () => {
  using folder = temporaryFolder()
  const pipe = join(folder.path, 'pipe')
  await run('mkfifo', {args: [pipe], env: {PATH: process.env.PATH}})
  expect([pipe, '/dev/zero', join(folder.path, 'none')].map(textOrNull)).toEqual([null, null, null])
})

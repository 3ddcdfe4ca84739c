import {mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect, it, vi} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {makeTemporaryFolder, replaceFile, textOrNull, writePrivateFile} from '../../src/base/files.ts'
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

it('says of a folder in the place of a file which one it is', () => {
  using folder = temporaryFolder()
  expect(() => textOrNull(folder.path)).toThrow(`A file or folder cannot be used: ${folder.path} is a folder`)
})

it('leaves a file as it was, and nothing beside it, where the new text cannot be written whole', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'note')
  writeFileSync(file, 'before')
  // What is written there finds a full disk.
  symlinkSync('/dev/full', `${file}.${process.pid}`)
  expect(() => writePrivateFile(file, 'after')).toThrow('ENOSPC')
  expect([readdirSync(folder.path), readFileSync(file, 'utf8')]).toEqual([['note'], 'before'])
  rmSync(file)
  mkdirSync(join(file, 'full'), {recursive: true})
  for (let tries = 0; tries < 2; tries++) {
    await expect(replaceFile(file, 'after')).rejects.toMatchObject({code: 'EISDIR'})
    expect(readdirSync(folder.path)).toEqual(['note'])
  }
})

it('leaves alone what another process has in the place of its draft', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'note')
  writeFileSync(`${file}.${process.pid}`, 'of another')
  await expect(replaceFile(file, 'after')).rejects.toMatchObject({code: 'EEXIST'})
  expect(readFileSync(`${file}.${process.pid}`, 'utf8')).toBe('of another')
})

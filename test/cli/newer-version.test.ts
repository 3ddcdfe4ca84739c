import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {sealedEnv, TEST_IDENTITY} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {run} from '../../src/base/run.ts'
import {isOlder} from '../../src/cli/entry/choose-node.ts'
import {askForNewer, registryAnswer} from '../../src/cli/newer-version.ts'

const asked = "npm's registry"
const answer = (stdout: unknown, exitCode = 0) => registryAnswer({asked, exitCode, stdout: JSON.stringify(stdout)})

describe("what npm's registry says", () => {
  it('is a newer version, the same, or none', () => {
    const bin = {clambake: 'dist/clambake.cjs'}
    expect(answer({version: '9.0.0', bin})).toMatchObject({newer: true, next: 'npm install -g clambake@9.0.0'})
    expect(answer({version: '0.0.0', bin})).toMatchObject({newer: false, next: null})
    expect(answer({error: {code: 'E404'}}, 1)).toMatchObject({newer: null, says: 'it has no package of this name'})
    expect(answer({error: {code: 'ECONNREFUSED'}}, 1)).toMatchObject({
      newer: null,
      says: expect.stringContaining('ECONNREFUSED'),
    })
    expect(registryAnswer({asked, exitCode: 1, stdout: ''})).toMatchObject({newer: null})
  })

  it('is never a package of the same name that is another program', () => {
    expect(answer({version: '9.0.0', bin: {clambake: 'cli.js'}})).toMatchObject({newer: null, next: null})
    expect(answer({version: '9.0.0'})).toMatchObject({newer: null, next: null})
  })
})

it('compares versions part by part', () => {
  expect(isOlder('0.9.9', '0.10.0')).toBe(true)
  expect(isOlder('1.0.0', '0.10.0')).toBe(false)
  expect(isOlder('22.15.0', '22.15')).toBe(false)
  expect(isOlder('0.1.0', '0.1.1')).toBe(true)
})

it('asks the origin of a clone whether it has commits that are not here', async () => {
  await using folder = temporaryFolder('clambake-newer-')
  const env = sealedEnv(join(folder.path, 'home'))
  const upstream = join(folder.path, 'upstream')
  const clone = join(folder.path, 'clone')
  const git = (cwd: string, ...args: string[]) =>
    run('git', {
      args: ['-c', `user.name=${TEST_IDENTITY.name}`, '-c', `user.email=${TEST_IDENTITY.email}`, ...args],
      cwd,
      env,
    })
  mkdirSync(upstream)
  await git(upstream, 'init', '-q')
  writeFileSync(join(upstream, 'a'), '1')
  await git(upstream, 'add', 'a')
  await git(upstream, 'commit', '-qm', 'one')
  await git(folder.path, 'clone', '-q', upstream, clone)
  expect(await askForNewer({folder: clone, env})).toMatchObject({newer: false})
  await git(upstream, 'commit', '-qm', 'two', '--allow-empty')
  expect(await askForNewer({folder: clone, env})).toMatchObject({
    newer: true,
    next: expect.stringContaining('git pull'),
  })
  await git(clone, 'remote', 'remove', 'origin')
  expect(await askForNewer({folder: clone, env})).toMatchObject({newer: null})
})

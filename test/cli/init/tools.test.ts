import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {sealedEnv} from '../../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../../fixtures/repos/folder.ts'
import {run} from '../../../src/base/run.ts'
import {findTools} from '../../../src/cli/init/tools.ts'
import {openCheckout} from '../../../src/git/checkout.ts'

it('a lock file counts once git has it: one that is only here does not reach CI', async () => {
  await using folder = temporaryFolder()
  const root = folder.path
  const env = sealedEnv(join(root, 'home'))
  const checkout = openCheckout({root, env})
  const lock = async () => (await findTools(root, path => checkout.tracks(path))).node?.lock
  await run('git', {args: ['init', '-q'], cwd: root, env})
  writeFileSync(join(root, 'package.json'), '{"scripts": {"test": "node --test"}}')
  expect(await lock()).toBeNull()
  writeFileSync(join(root, 'package-lock.json'), '{}')
  writeFileSync(join(root, '.gitignore'), 'package-lock.json\n')
  expect(await lock()).toBeNull()
  await run('git', {args: ['add', '-f', 'package-lock.json'], cwd: root, env})
  expect(await lock()).toBe('npm')
})

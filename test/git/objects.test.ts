import {copyFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {createGitRunner} from '../../src/git/command/run-git.ts'
import {readObjects} from '../../src/git/objects.ts'
import {createSandbox} from './setup.ts'

it('objects are read as they were written: one whose file was changed, or that is missing, is left out', async () => {
  await using sandbox = await createSandbox()
  const clone = await sandbox.clone()
  const message = 'ünï ✓\n\n{"a": 1}'
  const [kept, changed, forged] = [
    await clone.git('commit-tree', '-m', message, 'HEAD^{tree}'),
    await clone.git('commit-tree', '-m', 'true', 'HEAD^{tree}'),
    await clone.git('commit-tree', '-m', 'forged', 'HEAD^{tree}'),
  ]
  const fileOf = (oid: string) => join(clone.dir, '.git/objects', oid.slice(0, 2), oid.slice(2))
  await rm(fileOf(changed))
  await copyFile(fileOf(forged), fileOf(changed))
  const runner = createGitRunner({dir: clone.dir, env: sandbox.env, token: async () => null, now: Date.now})
  const found = await readObjects(runner, [changed, 'f'.repeat(40), kept, forged])
  expect([...found.keys()]).toEqual([kept, forged])
  expect(found.get(kept)?.type).toBe('commit')
  expect(found.get(kept)?.content.toString()).toMatch(`\n\n${message}\n`)
})

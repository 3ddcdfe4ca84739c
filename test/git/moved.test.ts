import {readFile, rename, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {createSandbox, startTicket} from './setup.ts'

it('worktrees of a clone whose folder was moved keep their work, and are found at their new place', async () => {
  await using sandbox = await createSandbox()
  const clone = await sandbox.clone('before')
  const before = await sandbox.open(clone)
  const {path} = await startTicket(before, 7, clone)
  await writeFile(join(path, 'half.txt'), 'half\n')
  const dir = join(sandbox.path, 'after')
  await rename(clone.dir, dir)

  const after = await sandbox.open({...clone, dir})
  const moved = join(after.workspaceRoot, 'issue-7')
  expect((await after.worktrees()).map(worktree => [worktree.path, worktree.prunable])).toEqual([[moved, false]])
  expect(await after.inspect(moved)).toMatchObject({dirty: ['half.txt']})
  const {ref} = await after.rescue({worktree: moved, reason: 'it was moved'})
  expect(ref).toMatch(/^refs\/clambake\/rescue\//)
  expect(await readFile(join(moved, 'half.txt'), 'utf8')).toBe('half\n')
})

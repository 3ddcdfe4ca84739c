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

it('says that the clone itself is gone, whatever git says of it, and works on where it is back', async () => {
  await using sandbox = await createSandbox({'a.txt': 'one\n'})
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const gone = {code: 'clone-gone', message: `${clone.dir} has no .git any more: the repository was moved or removed`}
  await rename(join(clone.dir, '.git'), join(sandbox.path, 'kept'))
  await expect(repository.fetch()).rejects.toMatchObject(gone)
  await expect(repository.worktrees()).rejects.toMatchObject(gone)
  await rename(join(sandbox.path, 'kept'), join(clone.dir, '.git'))
  await rename(clone.dir, join(sandbox.path, 'moved'))
  await expect(repository.worktrees()).rejects.toMatchObject(gone)
  await rename(join(sandbox.path, 'moved'), clone.dir)
  await repository.fetch()
})

import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import type {UndoPart} from '../../src/model/data/recovery/undo.ts'
import {createSandbox, startTicket} from './setup.ts'

/** A worktree with changes that was archived, and a new process that is killed at a point of its undo. */
async function killedUndo(sandbox: Awaited<ReturnType<typeof createSandbox>>, point: string) {
  const clone = await sandbox.clone()
  const state = join(sandbox.path, 'state')
  const first = await sandbox.open(clone, {state})
  const {claim, path, work} = await startTicket(first, 1, clone)
  await work.write({'a.txt': 'changed\n', 'staged.txt': 'staged\n', 'new.txt': 'new\n'})
  await work.git('add', 'staged.txt')
  await first.releaseClaim(claim)
  const [orphan] = await first.orphans({dead: new Set()})
  const parts: UndoPart[] = []
  const note = async (found: readonly UndoPart[]) => {
    parts.push(...found)
    const step = {version: 1, at: 'then', by: 'ada', what: 'archived', steps: ['archived'], group: 'g'} as const
    await first.noteStep({...step, steps: [...step.steps], parts: [...parts]})
  }
  await first.archive(orphan!, note)
  const killed = await sandbox.open(clone, {
    state,
    checkpoint(name) {
      if (name === point) throw new Error('killed')
    },
  })
  await expect(undo(killed)).rejects.toThrow('killed')
  return {clone, path, work, next: await sandbox.open(clone, {state})}
}

async function undo(repository: Awaited<ReturnType<Awaited<ReturnType<typeof createSandbox>>['open']>>) {
  const said: string[] = []
  for (const part of (await repository.lastStep())!.parts) said.push(await repository.bringBack(part))
  return said
}

it.each(['worktree:made', 'files:back'])(
  'an undo that was killed at %s brings all files back when it is repeated',
  async point => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const {path, work, next} = await killedUndo(sandbox, point)
    // A killed git leaves its lock, and half a file.
    await writeFile(join(await work.git('rev-parse', '--absolute-git-dir'), 'index.lock'), '')
    await writeFile(join(path, 'new.txt'), 'n')
    expect((await undo(next)).join('\n')).toContain(`${path} is back with its files`)
    expect(await work.git('status', '--porcelain')).toBe(' M a.txt\nA  staged.txt\n?? new.txt')
    expect(await readFile(join(path, 'a.txt'), 'utf8')).toBe('changed\n')
    expect(await readFile(join(path, 'new.txt'), 'utf8')).toBe('new\n')
    await work.write({'a.txt': 'mine\n'})
    expect((await undo(next)).join('\n')).toContain('is there already and stays as it is')
    expect(await readFile(join(path, 'a.txt'), 'utf8')).toBe('mine\n')
  },
)

it('what was changed in a half-made worktree since the kill is kept in a rescue', async () => {
  await using sandbox = await createSandbox({'a.txt': 'a\n'})
  const {work, next} = await killedUndo(sandbox, 'worktree:made')
  await work.write({'a.txt': 'by hand\n', 'note.txt': 'by hand\n'})
  const [, saved] = /what was there is in (\S+)/.exec((await undo(next)).join('\n'))!
  expect(await work.git('status', '--porcelain')).toContain('?? note.txt')
  expect(await work.git('show', `${saved}:a.txt`)).toBe('by hand')
})

it('a place at which an undo was killed before git had made the worktree is filled', async () => {
  await using sandbox = await createSandbox({'a.txt': 'a\n'})
  const {clone, path, work, next} = await killedUndo(sandbox, 'worktree:made')
  await clone.git('worktree', 'remove', '--force', path)
  await mkdir(path)
  await undo(next)
  expect(await work.git('status', '--porcelain')).toBe(' M a.txt\nA  staged.txt\n?? new.txt')
})

it('a half-made worktree that is on another branch by now stays as it is', async () => {
  await using sandbox = await createSandbox({'a.txt': 'a\n'})
  const {work, next} = await killedUndo(sandbox, 'worktree:made')
  await work.git('switch', '--quiet', '-c', 'other')
  expect((await undo(next)).join('\n')).toContain('is there already and stays as it is')
  expect(await work.git('status', '--porcelain')).toBe('')
})

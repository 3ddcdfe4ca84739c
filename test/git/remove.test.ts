import {existsSync} from 'node:fs'
import {readdir, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {defaultConfig} from '../../src/model/data/config.ts'
import {createSandbox, startTicket} from './setup.ts'

const CHECKPOINTS = ['rescue:saved', 'worktree:moved', 'worktree:forgotten', 'worktree:removed', 'branch:deleted']

describe('removing a worktree', () => {
  it('of landed work leaves nothing and rescues nothing', async () => {
    await using sandbox = await createSandbox({'.gitignore': 'node_modules/\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('a.txt', 'a')
    await work.write({'node_modules/x.js': 'x'})
    await work.git('push', '--quiet', 'origin', 'HEAD:main')
    await repository.fetch()
    await repository.removeWorktree({path, branch, landed: head})
    expect(existsSync(path)).toBe(false)
    expect(await repository.worktrees()).toEqual([])
    expect(await clone.git('for-each-ref', 'refs/heads/agent001', 'refs/clambake/rescue', 'refs/clambake/landed')).toBe(
      '',
    )
    await repository.removeWorktree({path, branch, landed: head})
  })

  it('rescues a file that was copied from the checkout only if it was changed', async () => {
    await using sandbox = await createSandbox({'.gitignore': '.env*\nconf/\n'})
    const clone = await sandbox.clone()
    const copy = ['.env.local', 'conf/ä.json']
    const repository = await sandbox.open(clone, {
      config: {...defaultConfig, worktree: {...defaultConfig.worktree, copy}},
    })
    const files = {'.env.local': 'KEY=1\n', 'conf/ä.json': '{}\n'}
    await clone.write(files)
    const same = await startTicket(repository, 1, clone)
    await same.work.write(files)
    expect(await repository.removeWorktree({path: same.path, branch: same.branch, landed: null})).toEqual([])
    expect(existsSync(same.path)).toBe(false)
    for (const [issue, change] of [{'.env.local': 'KEY=2\n'}, {'.env.other': 'KEY=1\n'}].entries()) {
      const other = await startTicket(repository, issue + 2, clone)
      await other.work.write({...files, ...change})
      const rescues = await repository.removeWorktree({path: other.path, branch: other.branch, landed: null})
      expect(rescues).toHaveLength(1)
      const [path] = Object.keys(change)
      expect(await clone.git('cat-file', 'blob', `${rescues[0]}:${path}`)).toBe(Object.values(change)[0]!.trim())
    }
  })

  it('of landed work asks the remote nothing, and of other work does nothing while it is away', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const landed = await startTicket(repository, 1, clone)
    const other = await startTicket(repository, 2, clone)
    const head = await landed.work.commitFile('a.txt', 'a')
    await other.work.commitFile('b.txt', 'b')
    const bare = (await clone.git('remote', 'get-url', 'origin')).replace('file://', '')
    await rename(bare, `${bare}.away`)
    await repository.removeWorktree({path: landed.path, branch: landed.branch, landed: head})
    expect(existsSync(landed.path)).toBe(false)
    await expect(repository.removeWorktree({path: other.path, branch: other.branch, landed: null})).rejects.toThrow()
    expect(existsSync(join(other.path, 'b.txt'))).toBe(true)
  })

  it('of squashed work keeps its commits in a ref', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('a.txt', 'a')
    await repository.removeWorktree({path, branch, landed: head})
    expect(await sandbox.remoteRefs('refs/clambake/rescue')).toEqual([])
    const ref = `refs/clambake/landed/${branch}`
    expect(await clone.resolve(ref)).toBe(head)
    expect(await repository.lostCommits()).toEqual([])
    const at = Number(await clone.git('show', '--no-patch', '--format=%ct', head)) * 1000
    expect(await repository.leftovers()).toEqual([{what: 'landed', ref, oid: head, why: null, at}])
  })

  it.each([
    ['untracked', {'x.txt': 'x'}],
    ['changed', {'a.txt': 'changed'}],
    ['ignored', {'x.log': 'x'}],
  ])('rescues %s files of work that landed', async (_, files) => {
    await using sandbox = await createSandbox({'.gitignore': '*.log\n', 'a.txt': 'a'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    await work.write(files)
    await repository.removeWorktree({path, branch, landed: base})
    const ref = await clone.git('for-each-ref', '--format=%(refname)', 'refs/clambake/rescue')
    const [[name, text]] = Object.entries(files) as [[string, string]]
    expect(await clone.git('cat-file', 'blob', `${ref}:${name}`)).toBe(text)
    // What git ignores stays in this clone.
    expect(await sandbox.remoteRefs('refs/clambake/rescue')).toEqual(name === 'x.log' ? [] : [ref])
    expect(existsSync(path)).toBe(false)
  })

  it.each(CHECKPOINTS)('killed after %s loses nothing, and a second try ends it', async killAt => {
    await using sandbox = await createSandbox({'.gitignore': '*.log\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('done.txt', 'done')
    await work.write({'half.txt': 'half', 'notes.log': 'ignored'})

    expect(await sandbox.act(clone, {act: 'remove', path, branch, landed: null, killAt})).toBeNull()
    const rescued = async () => {
      const [ref, ...more] = await sandbox.remoteRefs('refs/clambake/rescue/issue-1')
      expect(more).toEqual([])
      expect(await sandbox.remote('cat-file', 'blob', `${ref}:half.txt`)).toBe('half')
      const [here] = (await clone.git('for-each-ref', '--sort=refname', '--format=%(refname)', 'refs/clambake/rescue'))
        .split('\n')
        .filter(name => name !== ref)
      expect(await clone.git('cat-file', 'blob', `${here}:notes.log`)).toBe('ignored')
      await expect(sandbox.remote('merge-base', '--is-ancestor', head, ref!)).resolves.toBe('')
    }
    await rescued()

    await repository.removeWorktree({path, branch, landed: null})
    await rescued()
    expect(existsSync(path)).toBe(false)
    expect(await repository.worktrees()).toEqual([])
    expect(await clone.git('for-each-ref', 'refs/heads/agent001')).toBe('')
    expect(await repository.lostCommits()).toEqual([])
  })

  it('keeps what a person’s editor saved while the rescue was pushed', async () => {
    await using sandbox = await createSandbox({'.gitignore': '*.log\n', 'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const path = join(clone.dir, '.clambake/worktrees/issue-1')
    const repository = await sandbox.open(clone, {
      checkpoint: async name => {
        if (name !== 'rescue:saved') return
        await writeFile(join(path, 'a.txt'), 'saved late\n')
        await writeFile(join(path, 'late.log'), 'late too\n')
      },
    })
    const {branch} = await startTicket(repository, 1, clone)

    const [ref, ...more] = await repository.removeWorktree({path, branch, landed: null})

    expect(more).toEqual([])
    expect(await clone.git('show', `${ref}:a.txt`)).toBe('saved late')
    expect(await clone.git('show', `${ref}:late.log`)).toBe('late too')
    expect(await readdir(join(repository.workspaceRoot, '.leaving'))).toEqual([])
  })

  it('keeps a branch whose commits are nowhere else when the worktree was deleted from outside', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('a.txt', 'a')
    await rm(path, {recursive: true})
    await repository.removeWorktree({path, branch, landed: null})
    expect(await clone.resolve(branch)).toBe(head)
    expect(await repository.worktrees()).toEqual([])
  })

  it('never deletes main, nor a branch that is checked out elsewhere', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path} = await startTicket(repository, 1, clone)
    const second = await startTicket(repository, 2, clone)
    await repository.removeWorktree({path, branch: second.branch, landed: null})
    expect(await clone.resolve(second.branch)).toBe(second.base)
    await clone.git('switch', '--quiet', '--detach')
    await repository.removeWorktree({path, branch: 'main', landed: null})
    expect(await clone.resolve('main')).toBe(second.base)
  })
})

describe('a stash of an agent', () => {
  it('goes into a rescue ref with its worktree, and no other stash does', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const one = await startTicket(repository, 1, clone)
    const two = await startTicket(repository, 2, clone)
    for (const {work} of [one, two, one]) {
      await work.write({'a.txt': `${Math.random()}\n`})
      await work.git('stash', 'push', '--quiet')
    }
    const [newest, other, oldest] = (await clone.git('log', '-g', '--format=%H', 'refs/stash')).split('\n')
    const refs = await repository.removeWorktree({path: one.path, branch: one.branch, landed: null})
    const kept = await Promise.all(refs.map(ref => clone.resolve(ref)))
    expect(kept).toEqual(expect.arrayContaining([newest, oldest]))
    expect((await clone.git('log', '-g', '--format=%H', 'refs/stash')).split('\n')).toEqual([other])
    expect(await two.work.git('stash', 'list')).toContain('stash@{0}')
  })
})

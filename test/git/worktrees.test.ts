import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {access, mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {systemClock} from '../../src/base/clock.ts'
import {run} from '../../src/base/run.ts'
import {createSandbox, refusal, startTicket} from './setup.ts'

describe('a ticket worktree', () => {
  it('six at once are made, checked out, and out of sight of the main checkout', async () => {
    await using sandbox = await createSandbox({'README.md': '# Sample\n', 'src/a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {main: base} = await repository.fetch()
    const tickets = [1, 2, 3, 4, 5, 6].map(issue => ({
      path: join(repository.workspaceRoot, `issue-${issue}`),
      branch: `agent00${issue}/${issue}-work`,
      base,
    }))
    const made = await Promise.all(tickets.map(repository.ensureWorktree))
    expect(made).toEqual(tickets.map(() => ({head: base, created: true})))
    for (const {path, branch} of tickets) {
      expect(await readFile(join(path, 'src/a.txt'), 'utf8')).toBe('a\n')
      expect(await repository.inspect(path)).toEqual({
        head: base,
        branch,
        commits: [],
        dirty: [],
        changed: [],
        loosePointers: [],
      })
    }
    expect((await repository.worktrees()).map(({path}) => path).sort()).toEqual(tickets.map(({path}) => path))
    expect(await clone.git('status', '--porcelain')).toBe('')
    expect(await repository.ensureWorktree(tickets[0]!)).toEqual({head: base, created: false})
  })

  it('keeps the whole text of a long issue beside it, whatever link an agent put there', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path} = await startTicket(repository, 1, clone)
    const file = await repository.keepIssueText(path, 'first')
    const target = join(dirname(file), 'mine.txt')
    await writeFile(target, 'untouched')
    await rm(file)
    await symlink(target, file)
    await symlink(target, join(dirname(file), 'clambake-set-up'))
    expect(await repository.keepIssueText(path, 'second')).toBe(file)
    await repository.markSetUp(path)
    expect(await readFile(file, 'utf8')).toBe('second')
    expect(await readFile(target, 'utf8')).toBe('untouched')
    expect((await repository.inspect(path)).dirty).toEqual([])
  })

  it('is noted as set up until it is removed, out of sight', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, base, branch} = await startTicket(repository, 1, clone)
    expect(await repository.isSetUp(path)).toBe(false)
    await repository.markSetUp(path)
    await repository.markSetUp(path)
    expect(await repository.isSetUp(path)).toBe(true)
    expect((await repository.inspect(path)).dirty).toEqual([])
    await repository.removeWorktree({path, branch, landed: null})
    await repository.ensureWorktree({path, branch, base})
    expect(await repository.isSetUp(path)).toBe(false)
  })

  it('shows commits, changed and dirty paths; ignored files are not dirty, untracked ones are', async () => {
    await using sandbox = await createSandbox({'.gitignore': '*.log\n', 'a.txt': 'one\n', 'gone.txt': 'x\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, base, work} = await startTicket(repository, 1, clone)
    await work.commit({message: 'First', files: {'a.txt': 'one\ntwo\n'}})
    const head = await work.commit({message: 'Second', files: {'b c.txt': 'b\n', bin: '\0\x01'}})
    await work.write({
      'debug.log': 'noise',
      'new/deep.txt': 'n',
      'a.txt': 'changed\n',
      'gone.txt': null,
      'ü "q".txt': 'q',
    })
    const state = await repository.inspect(path)
    expect(state.head).toBe(head)
    expect(state.commits.map(({subject}) => subject)).toEqual(['Second', 'First'])
    expect(state.changed).toEqual([
      {path: 'a.txt', added: 1, removed: 0},
      {path: 'b c.txt', added: 1, removed: 0},
      {path: 'bin', added: 0, removed: 0},
    ])
    expect([...state.dirty].sort()).toEqual(['a.txt', 'gone.txt', 'new/deep.txt', 'ü "q".txt'])
    expect(base).not.toBe(head)
  })

  it('names the branch that its HEAD truly is on, whatever name an agent chose, and says when there is no commit', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    const found = async () => {
      const {branch, head} = await repository.inspect(path)
      expect(head).toBe(base)
      return branch
    }
    for (const name of ['(detached)', '(null)', '(initial)', 'refs/heads/main', 'HEAD', 'origin/main']) {
      await work.git('update-ref', `refs/heads/${name}`, base)
      await work.git('symbolic-ref', 'HEAD', `refs/heads/${name}`)
      expect(await found()).toBe(name)
      expect((await refusal(repository.ensureWorktree({path, branch, base}))).message).toContain(`the branch ${name} `)
    }
    await work.git('update-ref', 'refs/elsewhere/x', base)
    await work.git('symbolic-ref', 'HEAD', 'refs/elsewhere/x')
    expect(await found()).toBe('refs/elsewhere/x')
    await work.git('symbolic-ref', 'refs/heads/other-name', `refs/heads/${branch}`)
    await work.git('symbolic-ref', 'HEAD', 'refs/heads/other-name')
    expect(await found()).toBe(branch)
    // A branch that is called HEAD makes the name ambiguous.
    expect(await repository.ensureWorktree({path, branch, base})).toEqual({head: base, created: false})
    await work.git('checkout', '--quiet', '--detach')
    expect(await found()).toBe(null)
    await work.git('update-ref', '-d', 'refs/heads/HEAD')
    await work.git('symbolic-ref', 'HEAD', 'refs/heads/unborn')
    expect((await refusal(repository.inspect(path))).code).toBe('git-failed')
  })

  it('says when its work changed last, by commits and by files in no commit', async () => {
    await using sandbox = await createSandbox({'.gitignore': '*.log\n', 'deep/gone.txt': 'x\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, work} = await startTicket(repository, 1, clone)
    const last = () => repository.lastChange(path)
    await work.write({'debug.log': 'noise'})
    expect(await last()).toBe(null)

    const long = Date.parse('2020-01-01T00:00:00Z')
    await work.commit({message: 'First', files: {'a.txt': 'one\n'}})
    const date = (time: string) =>
      run('git', {
        args: ['-C', path, 'commit', '--quiet', '--amend', '--no-edit'],
        env: {...sandbox.env, GIT_COMMITTER_DATE: time},
      })
    await date('2090-01-01T00:00:00Z')
    expect(await last()).toBe(null)
    await date('2020-01-01T00:00:00Z')
    expect(await last()).toBe(long)

    const before = Date.now() - 1000
    await work.write({'deep/gone.txt': null})
    expect(await last()).toBeGreaterThan(before)
    await work.git('checkout', '--quiet', '--', '.')
    expect(await last()).toBe(long)
    await work.write({'b.txt': 'two\n'})
    await utimes(join(path, 'b.txt'), new Date(long), new Date(long))
    expect(await last()).toBeGreaterThan(before)
    // The clock was set back: what was written before that says nothing.
    const yesterday = {...systemClock, now: () => systemClock.now() - 24 * 3_600_000}
    expect(await (await sandbox.open(clone, {clock: yesterday})).lastChange(path)).toBe(long)
    await rm(join(path, 'b.txt'))
    expect(await last()).toBe(long)

    // A repository of its own is not looked into.
    await work.git('init', '--quiet', 'nested')
    const identity = ['-c', 'user.name=Agent', '-c', 'user.email=agent@example.com']
    await work.git('-C', 'nested', ...identity, 'commit', '--quiet', '--allow-empty', '--message=Own')
    expect(await last()).toBeGreaterThan(before)
  })

  it('continues with what was there before a restart, dirty files too', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const {path, branch, base, work} = await startTicket(await sandbox.open(clone), 1, clone)
    const head = await work.commitFile('done.txt', 'done\n')
    await work.write({'half.txt': 'half\n'})
    const again = await sandbox.open(clone)
    expect(await again.ensureWorktree({path, branch, base})).toEqual({head, created: false})
    await rm(path, {recursive: true})
    expect(await again.ensureWorktree({path, branch, base})).toEqual({head, created: true})
    expect(await readFile(join(path, 'done.txt'), 'utf8')).toBe('done\n')
  })

  it('starts from the branch on the remote when this machine has none, and moves an old branch on', async () => {
    await using sandbox = await createSandbox()
    const [here, there] = [await sandbox.clone(), await sandbox.clone()]
    const base = await here.resolve('HEAD')
    await there.git('switch', '--quiet', '-c', 'agent001/1-work')
    const head = await there.commitFile('theirs.txt', 'x')
    await there.git('push', '--quiet', 'origin', 'agent001/1-work')
    const repository = await sandbox.open(here)
    const path = join(repository.workspaceRoot, 'issue-1')
    expect(await repository.ensureWorktree({path, branch: 'agent001/1-work', base})).toEqual({head, created: true})

    await here.git('branch', 'agent001/2-work', base)
    await there.git('switch', '--quiet', 'main')
    const newer = await there.commitFile('main.txt', 'x')
    await there.git('push', '--quiet', 'origin', 'main')
    await repository.fetch()
    const second = join(repository.workspaceRoot, 'issue-2')
    expect(await repository.ensureWorktree({path: second, branch: 'agent001/2-work', base: newer})).toEqual({
      head: newer,
      created: true,
    })
  })

  it('a half-made worktree of a killed daemon is made whole', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base} = await startTicket(repository, 1, clone)
    // Killed between adding and checking out.
    const gitDir = join(repository.commonDir, 'worktrees', 'issue-1')
    await rm(join(gitDir, 'index'))
    await rm(join(path, 'a.txt'))
    await repository.ensureWorktree({path, branch, base})
    expect((await repository.inspect(path)).dirty).toEqual([])
    // Killed within git worktree add, which leaves its lock.
    await writeFile(join(gitDir, 'locked'), 'initializing')
    await rm(join(gitDir, 'index'))
    await rm(join(path, 'a.txt'))
    expect(await repository.ensureWorktree({path, branch, base})).toMatchObject({created: true})
    expect((await repository.inspect(path)).dirty).toEqual([])
    expect((await repository.worktrees()).map(({locked}) => locked)).toEqual([false])
  })

  it('whose index somebody removed keeps its changed files, and gets those that a killed checkout did not write', async () => {
    const text = 'line\n'.repeat(100)
    await using sandbox = await createSandbox({'a.txt': 'a\n', 'half.txt': text, 'sub/missing.txt': 'm\n', same: 's\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    await work.write({
      'a.txt': 'in no commit\n',
      'half.txt': text.slice(0, 99),
      'new.txt': 'new\n',
      'sub/missing.txt': null,
    })
    await rm(join(repository.commonDir, 'worktrees', 'issue-1', 'index'))

    expect(await repository.ensureWorktree({path, branch, base})).toEqual({head: base, created: false})

    expect((await repository.inspect(path)).dirty).toEqual(['a.txt', 'new.txt'])
    expect(await readFile(join(path, 'a.txt'), 'utf8')).toBe('in no commit\n')
    expect(await readFile(join(path, 'half.txt'), 'utf8')).toBe(text)
  })

  // Without /proc, no process can be proven dead.
  it.runIf(existsSync('/proc'))('an index lock goes when its owner is dead, and is waited for otherwise', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const after = vi.fn(systemClock.after)
    const repository = await sandbox.open(clone, {clock: {...systemClock, after}})
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    const lock = join(repository.commonDir, 'worktrees', 'issue-1', 'index.lock')
    await writeFile(lock, '')
    await repository.ensureWorktree({path, branch, base})
    await expect(access(lock)).rejects.toThrow()

    // A live git that holds the lock until its input ends.
    const holder = spawn('git', ['update-index', '--stdin'], {
      cwd: path,
      env: clone.env,
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    await vi.waitFor(() => access(lock))
    const inode = (await stat(lock)).ino
    const waiting = repository.ensureWorktree({path, branch, base})
    after.mockClear()
    await vi.waitFor(() => expect(after.mock.calls.length).toBeGreaterThan(2))
    expect((await stat(lock)).ino).toBe(inode)
    holder.stdin.end()
    await waiting
    expect(await work.git('status', '--porcelain')).toBe('')
  })

  it('two callers of one ticket get the same worktree', async () => {
    await using sandbox = await createSandbox()
    const repository = await sandbox.open(await sandbox.clone())
    const {main: base} = await repository.fetch()
    const ensure = () => repository.ensureWorktree({path: 'issue-1', branch: 'agent001/1-x', base})
    // Which of the two comes first is the disk's business.
    expect((await Promise.all([ensure(), ensure()])).map(({created}) => created).sort()).toEqual([false, true])
  })

  it('commits that only a deleted worktree named are kept when its place is used again', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    await work.git('switch', '--quiet', '--detach')
    const head = await work.commitFile('only.txt', 'x')
    await rm(path, {recursive: true})
    await repository.ensureWorktree({path, branch, base})
    await clone.git('reflog', 'expire', '--expire=now', '--all')
    await clone.git('gc', '--quiet', '--prune=now')
    expect(await clone.git('for-each-ref', '--format=%(objectname)', 'refs/clambake/rescue/issue-1')).toBe(head)
  })
})

describe('a place or branch with other work is refused and left alone', () => {
  it.each(['folder', 'file'])('a %s in its place', async kind => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const path = join(repository.workspaceRoot, 'issue-1')
    const mine = kind === 'folder' ? join(path, 'mine.txt') : path
    await mkdir(join(mine, '..'), {recursive: true})
    await writeFile(mine, 'mine')
    const base = await clone.resolve('HEAD')
    const error = await refusal(repository.ensureWorktree({path, branch: 'agent001/1-x', base}))
    expect(error).toMatchObject({code: 'worktree-path-taken', kept: 'it was not touched'})
    expect(await readFile(mine, 'utf8')).toBe('mine')
  })

  it('a branch with other commits, here or on the remote only', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {main: base} = await repository.fetch()
    const other = await clone.git('commit-tree', '-m', 'unrelated', `${base}^{tree}`)
    await clone.git('branch', 'agent001/1-x', other)
    await clone.git('push', '--quiet', 'origin', `${other}:refs/heads/agent001/2-x`)
    for (const issue of [1, 2]) {
      const path = join(repository.workspaceRoot, `issue-${issue}`)
      const error = await refusal(repository.ensureWorktree({path, branch: `agent001/${issue}-x`, base}))
      expect(error.code).toBe('branch-other-work')
      await expect(access(path)).rejects.toThrow()
    }
    expect(await clone.resolve('agent001/1-x')).toBe(other)
  })

  it('a branch that is checked out elsewhere, a worktree on another branch, a name that blocks', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    const other = join(repository.workspaceRoot, 'issue-2')
    expect((await refusal(repository.ensureWorktree({path: other, branch, base}))).code).toBe('branch-checked-out')
    await work.git('switch', '--quiet', '-c', 'elsewhere')
    const error = await refusal(repository.ensureWorktree({path, branch, base}))
    expect(error.code).toBe('worktree-other-work')
    expect(error.message).toContain('elsewhere')
    await clone.git('branch', 'agent002')
    expect((await refusal(repository.ensureWorktree({path: other, branch: 'agent002/2-x', base}))).code).toBe(
      'branch-refused',
    )
    for (const bad of ['main', '-x', 'a..b', '@{-1}', 'a b']) {
      expect((await refusal(repository.ensureWorktree({path: other, branch: bad, base}))).code).toBe('bad-branch')
    }
  })

  it('a path outside of the workspace, or through a link', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const base = await clone.resolve('HEAD')
    await mkdir(join(sandbox.path, 'target'))
    await mkdir(repository.workspaceRoot, {recursive: true})
    await symlink(join(sandbox.path, 'target'), join(repository.workspaceRoot, 'link'))
    for (const path of [join(sandbox.path, 'x'), '../x', '../../.git', '.', 'link', 'link/x']) {
      expect((await refusal(repository.ensureWorktree({path, branch: 'agent001/1-x', base}))).code).toBe(
        'worktree-outside',
      )
    }
  })

  it('a folder whose .git was rewritten, linked, or belongs to another', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path} = await startTicket(repository, 1, clone)
    const second = await startTicket(repository, 2, clone)
    const evil = await sandbox.clone('evil')
    const link = join(path, '.git')
    const good = await readFile(link, 'utf8')
    const rewrites = [`gitdir: ${evil.dir}/.git\n`, await readFile(join(second.path, '.git'), 'utf8'), 'nothing\n']
    for (const text of rewrites) {
      await writeFile(link, text)
      for (const call of [
        () => repository.inspect(path),
        () => repository.rescue({worktree: path, reason: 'x'}),
        () => repository.removeWorktree({path, branch: 'agent001/1-work', landed: null}),
      ]) {
        expect((await refusal(call())).code).toBe('worktree-foreign')
      }
    }
    await rm(link)
    await symlink(join(evil.dir, '.git'), link)
    expect((await refusal(repository.inspect(path))).code).toBe('worktree-foreign')
    await rm(link)
    await writeFile(link, good)
    expect((await repository.inspect(path)).branch).toBe('agent001/1-work')
    await rename(path, `${path}-moved`)
    expect((await refusal(repository.inspect(`${path}-moved`))).code).toBe('worktree-foreign')
  })
})

describe('a free branch', () => {
  it('is the wanted one, unless it holds commits that do not start from main as it is', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {main: base} = await repository.fetch()
    const free = (from: string) => repository.freeBranch({branch: 'agent001/7-x', base: from})
    expect(await free(base)).toBe('agent001/7-x')
    await clone.git('switch', '--quiet', '-c', 'agent001/7-x')
    await clone.commitFile('a.txt', 'a')
    await clone.git('push', '--quiet', 'origin', 'agent001/7-x')
    expect(await free(base)).toBe('agent001/7-x')
    await clone.git('switch', '--quiet', 'main')
    await clone.git('branch', '--quiet', '-D', 'agent001/7-x')
    const moved = await clone.commitFile('m.txt', 'm')
    await clone.git('push', '--quiet', 'origin', 'main')
    await repository.fetch()
    expect(await free(moved)).toBe('agent001/7-x-2')
    // A note of a branch that the remote no longer has takes no name.
    await sandbox.remote('update-ref', '-d', 'refs/heads/agent001/7-x')
    expect(await free(moved)).toBe('agent001/7-x')
  })
})

describe('commits that were seen', () => {
  it('outlive a worktree and a branch that are deleted from outside, and git gc', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, claim, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('a.txt', 'a')
    await repository.pinWork()
    await rm(path, {recursive: true})
    await clone.git('worktree', 'prune')
    await clone.git('branch', '--quiet', '-D', branch)
    await clone.git('reflog', 'expire', '--expire=now', '--all')
    await clone.git('gc', '--quiet', '--prune=now')
    // While it is claimed, it comes back where it was; without a claim it is listed.
    expect(await repository.ensureWorktree({path, branch, base})).toEqual({head, created: true})
    await rm(path, {recursive: true})
    await clone.git('worktree', 'prune')
    await clone.git('branch', '--quiet', '-D', branch)
    await repository.releaseClaim(claim)
    expect(await repository.orphans({dead: new Set()})).toEqual([
      expect.objectContaining({kind: 'commit', head, branch, issue: 1, commits: 1}),
    ])
  })

  it('are kept when a branch is rewritten, and forgotten once they landed', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, work} = await startTicket(repository, 1, clone)
    const first = await work.commitFile('a.txt', 'a')
    await repository.pinWork()
    await work.git('commit', '--quiet', '--amend', '-m', 'better')
    await repository.pinWork()
    await clone.git('reflog', 'expire', '--expire=now', '--all')
    await clone.git('gc', '--quiet', '--prune=now')
    expect(await clone.resolve(first)).toBe(first)
    await repository.removeWorktree({path, branch, landed: await work.resolve('HEAD')})
    expect(await clone.git('for-each-ref', 'refs/clambake/pinned')).toBe('')
    expect(await repository.lostCommits()).toEqual([])
  })

  it('are pinned again in a worktree that was removed and came back as it was', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('a.txt', 'a')
    await repository.pinWork()
    const pins = () => clone.git('for-each-ref', '--format=%(objectname)', 'refs/clambake/pinned')
    expect(await pins()).toBe(head)
    await work.git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`)
    await repository.removeWorktree({path, branch, landed: null})
    expect(await pins()).toBe('')
    await repository.pinWork()
    await repository.fetch()
    await repository.ensureWorktree({path, branch, base})
    await repository.pinWork()
    expect(await pins()).toBe(head)
  })

  it('are kept too when another process saw them last, before the branch was rewritten', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const [one, other] = [await sandbox.open(clone), await sandbox.open(clone)]
    const {work} = await startTicket(one, 1, clone)
    const first = await work.commitFile('a.txt', 'a')
    await one.pinWork()
    const second = await work.commitFile('b.txt', 'b')
    await other.pinWork()
    await work.git('reset', '--quiet', '--hard', first)
    const third = await work.commitFile('c.txt', 'c')
    await one.pinWork()
    expect(await clone.git('for-each-ref', '--format=%(objectname)', 'refs/clambake/pinned')).toBe(third)
    expect(await clone.git('for-each-ref', '--format=%(objectname)', 'refs/clambake/rescue')).toBe(second)
  })
})

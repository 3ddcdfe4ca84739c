import {chmodSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import type {SampleRepository} from '../../fixtures/repos/sample.ts'
import {lastMainFile} from '../../src/git/open-runner.ts'
import {conflictsWithMain, createSandbox, refusal, startTicket} from './setup.ts'

/** The file in which a clone keeps an object. */
async function objectFile(clone: SampleRepository, content: string): Promise<string> {
  await clone.write({'.content': content})
  const oid = await clone.git('hash-object', '-w', '.content')
  const file = join(clone.dir, '.git/objects', oid.slice(0, 2), oid.slice(2))
  chmodSync(file, 0o644)
  return file
}

describe('after a loss of power', () => {
  it.each([
    ['empty', (file: string) => truncateSync(file)],
    ['full of zeroes', (file: string) => writeFileSync(file, Buffer.alloc(40))],
  ])('a rescue has the files whose objects it left %s', async (_, damage) => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    await work.write({'half.txt': 'half', 'other.txt': 'other'})
    for (const content of ['half', 'other']) damage(await objectFile(clone, content))
    const [ref] = await repository.removeWorktree({path, branch, landed: base})
    expect(await clone.git('cat-file', 'blob', `${ref}:half.txt`)).toBe('half')
    expect(await sandbox.remote('cat-file', 'blob', `${ref}:other.txt`)).toBe('other')
    expect(existsSync(path)).toBe(false)
    expect(readdirSync(join(clone.dir, '.git/clambake-damaged-objects'))).toHaveLength(2)
  })

  it.each([
    ['a ref that remembers main', 'refs/clambake/last-main/main'],
    ['a pin', 'refs/clambake/pinned/agent001/1-x'],
  ])('%s that it emptied stops no fetch and no pin', async (_, ref) => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {branch, work} = await startTicket(repository, 1, clone)
    await repository.fetch()
    await repository.pinWork()
    const file = join(clone.dir, '.git', ref.replace('agent001/1-x', branch))
    truncateSync(file)
    const head = await work.commitFile('a.txt', 'a')
    await work.git('push', '--quiet', 'origin', 'HEAD:main')
    const later = await sandbox.open(clone)
    expect(await later.fetch()).toMatchObject({main: head})
    await later.pinWork()
    expect(readFileSync(file, 'utf8').trim()).toBe(head)
  })

  it('a note of main that it filled with zeroes stops no fetch', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const state = join(sandbox.path, 'state')
    const first = await sandbox.open(clone, {state})
    const {main} = await first.fetch()
    const file = lastMainFile(state, first.commonDir, 'main')
    writeFileSync(file, Buffer.alloc(41))
    const next = await sandbox.open(clone, {state})
    expect(await next.fetch()).toMatchObject({main, rewrite: null})
    const {work} = await startTicket(next, 1, clone)
    const head = await work.commitFile('a.txt', 'a')
    await work.git('push', '--quiet', 'origin', 'HEAD:main')
    await next.fetch()
    expect(readFileSync(file, 'utf8')).toBe(`${head}\n`)
  })

  it.each(['.git', 'gitdir'])(
    '%s of a worktree that it filled with zeroes is no bug, and stops no other',
    async name => {
      await using sandbox = await createSandbox()
      const clone = await sandbox.clone()
      const repository = await sandbox.open(clone)
      const [one, two] = [await startTicket(repository, 1, clone), await startTicket(repository, 2, clone)]
      const file = name === '.git' ? join(one.path, '.git') : join(clone.dir, '.git/worktrees/issue-1/gitdir')
      writeFileSync(file, Buffer.alloc(50))
      await repository.fetch()
      await repository.pinWork()
      expect((await repository.worktrees()).map(({path}) => path)).toContain(two.path)
      const said = await repository.inspect(one.path).catch((error: unknown) => error)
      if (said instanceof Error) expect(said).toMatchObject({code: expect.stringMatching(/^(?:worktree-|git-)/)})
      expect(await repository.inspect(two.path)).toMatchObject({branch: two.branch})
    },
  )

  it('work whose commit it emptied is fetched again, and stops nothing else', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {branch, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('a.txt', 'a')
    await work.git('push', '--quiet', 'origin', `HEAD:${branch}`)
    const names = [`${head}:a.txt`, `${head}^{tree}`, head]
    for (const oid of (await clone.git('rev-parse', ...names)).split('\n')) {
      const file = join(clone.dir, '.git/objects', oid.slice(0, 2), oid.slice(2))
      chmodSync(file, 0o644)
      writeFileSync(file, Buffer.alloc(oid === head ? 0 : 10))
    }
    await repository.fetch()
    expect(await clone.git('show', `${branch}:a.txt`)).toBe('a')
    expect(await clone.git('fsck', '--no-dangling')).toBe('')
  })

  it('a worktree of which it emptied a file of git stops no other', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path} = await startTicket(repository, 1, clone)
    const file = join(clone.dir, '.git/worktrees/issue-1/commondir')
    truncateSync(file)
    await repository.fetch()
    expect((await repository.worktrees()).map(worktree => worktree.path)).toEqual([path])
    expect(readFileSync(file, 'utf8')).toBe('../..\n')
  })

  it('a worktree whose index it damaged is read by its commit, and its files are kept', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    await work.write({'half.txt': 'half'})
    const index = join(clone.dir, '.git/worktrees/issue-1/index')
    for (const content of [Buffer.alloc(0), Buffer.alloc(300)]) {
      writeFileSync(index, content)
      expect((await repository.inspect(path)).dirty).toEqual(['half.txt'])
    }
    const [ref] = await repository.removeWorktree({path, branch, landed: base})
    expect(await clone.git('ls-tree', '--name-only', `${ref}`)).toBe('README.md\nhalf.txt')
  })

  it('a worktree whose HEAD it emptied is on its branch again', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, work} = await startTicket(repository, 1, clone)
    await startTicket(repository, 2, clone)
    const head = await work.commitFile('a.txt', 'a')
    await work.write({'half.txt': 'half'})
    const file = join(clone.dir, '.git/worktrees/issue-1/HEAD')
    for (const content of [Buffer.alloc(0), Buffer.alloc(41)]) {
      writeFileSync(file, content)
      expect(await repository.inspect(path)).toMatchObject({head, branch, dirty: ['half.txt']})
    }
  })

  it("conflicts are looked for though it damaged the index of the person's checkout, which is left to them", async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('README.md', 'other')
    const index = join(clone.dir, '.git/index')
    writeFileSync(index, Buffer.alloc(300))
    await repository.fetch()
    expect(await conflictsWithMain(repository, head)).toEqual([])
    expect(readFileSync(index)).toEqual(Buffer.alloc(300))
  })

  it.each([
    ['HEAD', '', 'its HEAD names no branch', 'ref: refs/heads/BRANCH'],
    ['config', '\0\0\0', 'bad config line 1', 'repair what git names'],
    ['refs/heads/main', `${'12'.repeat(20)}\n`, 'whose commit is not here', 'tail -3 .git/logs/refs/heads/main'],
    ['packed-refs', '\0\0\0', 'in .git/packed-refs', 'mv .git/packed-refs'],
  ])('%s that it damaged is named with what to do', async (file, content, message, next) => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    writeFileSync(join(clone.dir, '.git', file), content)
    const said = await refusal(sandbox.open(clone))
    expect(said.message).toContain(message)
    expect(said.next).toContain(next)
  })

  it('nothing is deleted whose rescue would not be whole', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, work} = await startTicket(repository, 1, clone)
    await work.commitFile('done.txt', 'done')
    await work.commitFile('done.txt', 'done again')
    truncateSync(await objectFile(clone, 'done'))
    await expect(repository.removeWorktree({path, branch, landed: null})).rejects.toMatchObject({
      code: 'rescue-damaged',
    })
    expect(readFileSync(join(path, 'done.txt'), 'utf8')).toBe('done again')
    expect(await clone.resolve(`refs/heads/${branch}`)).not.toBe('')
  })
})

describe('a rescue', () => {
  /** A `sync` that notes what is there as it runs. */
  function fakeSync(folder: string, {watched, end}: {watched: string; end: string}): string {
    const noted = join(folder, 'noted')
    const program = join(folder, 'sync')
    writeFileSync(program, `#!/bin/sh\n{ echo "$@"; ls '${watched}'; } >> '${noted}'\n${end}\n`, {mode: 0o755})
    return noted
  }

  it('is on the disk before anything is deleted, and nothing is deleted where the disk does not take it', async () => {
    using folder = temporaryFolder()
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    await work.write({'half.txt': 'half'})
    fakeSync(folder.path, {watched: path, end: "echo 'sync: error syncing: Input/output error' >&2; exit 1"})
    vi.stubEnv('PATH', `${folder.path}:${process.env.PATH}`)
    try {
      await expect(repository.removeWorktree({path, branch, landed: base})).rejects.toMatchObject({code: 'disk-broken'})
      expect(existsSync(join(path, 'half.txt'))).toBe(true)
      const noted = fakeSync(folder.path, {watched: path, end: 'exit 0'})
      await repository.removeWorktree({path, branch, landed: base})
      expect(readFileSync(noted, 'utf8')).toMatch(/half\.txt\n$/)
      expect(existsSync(path)).toBe(false)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

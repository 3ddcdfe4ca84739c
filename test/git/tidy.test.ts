import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {looseObjects} from '../../fixtures/repos/objects.ts'
import type {SampleRepository} from '../../fixtures/repos/sample.ts'
import {createSandbox, startTicket} from './setup.ts'

const notesIn = (clone: SampleRepository) => clone.git('for-each-ref', '--format=%(refname)', 'refs/remotes/origin/')

describe('tidying a clone', () => {
  it('forgets the branches of landed tickets and bundles, which the remote no longer has', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const before = await notesIn(clone)
    for (const issue of [1, 2, 3]) {
      const {path, branch, work} = await startTicket(repository, issue, clone)
      const head = await work.commitFile(`${issue}.txt`, 'x')
      await work.git(
        'push',
        '--quiet',
        'origin',
        `HEAD:refs/heads/${branch}`,
        `HEAD:refs/heads/bundle/20260101-000000-${issue}`,
      )
      // Squashed, it is on main as another commit.
      const tree = await work.git('rev-parse', 'HEAD^{tree}')
      const squashed = await work.git('commit-tree', '-m', `Land #${issue}`, '-p', 'origin/main', tree)
      await work.git('push', '--quiet', 'origin', `${squashed}:refs/heads/main`)
      await repository.fetch()
      await repository.deleteRemoteBranch(branch, head)
      await repository.deleteRemoteBranch(`bundle/20260101-000000-${issue}`, head)
      await repository.removeWorktree({path, branch, landed: head})
    }
    expect((await notesIn(clone)).split('\n').length).toBeGreaterThan(before.split('\n').length)
    await repository.tidy()
    expect(await notesIn(clone)).toBe(before)
    expect(await repository.lostCommits()).toEqual([])
    await repository.tidy()
  })

  it('keeps what only a note has, what the remote still has, and the notes of other people', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const there = await sandbox.clone()
    await there.git('push', '--quiet', 'origin', 'main:agent001/7-open', 'main:ann/idea')
    await there.git('switch', '--quiet', '-c', 'agent001/8-only')
    await there.commitFile('x.txt', 'x')
    await there.git('push', '--quiet', 'origin', 'agent001/8-only')
    await repository.fetch()
    const before = await notesIn(clone)
    await sandbox.remote('update-ref', '-d', 'refs/heads/agent001/8-only')
    await sandbox.remote('update-ref', '-d', 'refs/heads/ann/idea')
    await repository.tidy()
    expect(await notesIn(clone)).toBe(before)
  })

  it('keeps the note of a branch that another clone landed as another commit, so that nothing looks lost', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const there = await sandbox.clone()
    const base = await there.resolve('HEAD')
    await there.commitFile('x.txt', 'x')
    await there.git('push', '--quiet', 'origin', 'HEAD:refs/heads/agent001/8-x')
    const tree = await there.git('rev-parse', 'HEAD^{tree}')
    const squashed = await there.git('commit-tree', '-m', 'Land #8', '-p', base, tree)
    await there.git('push', '--quiet', 'origin', `${squashed}:refs/heads/main`)
    await repository.fetch()
    await there.git('push', '--quiet', 'origin', ':refs/heads/agent001/8-x')
    await repository.tidy()
    expect(await notesIn(clone)).toContain('refs/remotes/origin/agent001/8-x')
    expect(await repository.lostCommits()).toEqual([])
  })

  it('packs thousands of loose objects, and leaves fewer alone', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const objects = looseObjects(`${clone.dir}/.git`)
    // Git estimates by one folder of 256.
    const texts = Array.from({length: 20_000}, (_, index) => String(index)).filter(
      text => createHash('sha1').update(`blob ${text.length}\0${text}`).digest('hex').slice(0, 2) === '17',
    )
    const loose = async () => Number(/^count: (\d+)$/m.exec(await clone.git('count-objects', '-v'))?.[1])
    const ids = texts.slice(0, 20).map(text => objects.write('blob', text))
    const few = await loose()
    await repository.tidy()
    expect(await loose()).toBe(few)
    ids.push(...texts.slice(20, 40).map(text => objects.write('blob', text)))
    // What was packed is deleted one run later, so that who reads it just now finds it.
    await repository.tidy()
    await repository.tidy()
    expect(await loose()).toBe(0)
    // Also what no ref reaches is still there.
    for (const id of ids) expect(await clone.git('cat-file', '-t', id)).toBe('blob')
    expect(await clone.resolve('refs/remotes/origin/main')).toBe(await clone.resolve('main'))
  })
})

import {rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createForge, createSandbox, startTicket} from './setup.ts'

describe('orphans', () => {
  it('are branches and worktrees without a claim, and claims whose owner has no lease', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const one = await startTicket(repository, 1, clone)
    const two = await startTicket(repository, 2, clone)
    const three = await startTicket(repository, 3, clone)
    await repository.renewOwner({owner: 'tester', host: 'h', pid: 1, beat: 1, startedAt: ''})
    const head = await one.work.commitFile('one.txt', '1')
    await two.work.write({'a.txt': 'a', 'b.txt': 'b'})
    // One is on the remote only, and one belongs to no agent.
    const there = await sandbox.clone()
    await there.git('switch', '--quiet', '-c', 'agent-004/9-remote')
    const remote = await there.commitFile('nine.txt', '9')
    await there.git('push', '--quiet', 'origin', 'agent-004/9-remote', 'agent-004/9-remote:work-8', 'main:people/idea')
    await clone.git('branch', 'work-7')
    expect(await repository.orphans(new Set())).toEqual([
      expect.objectContaining({
        kind: 'branch',
        name: 'agent-004/9-remote',
        issue: 9,
        head: remote,
        commits: 1,
        proposal: 'open-pull',
      }),
      expect.objectContaining({kind: 'branch', name: 'work-8', issue: 8, commits: 1}),
      expect.objectContaining({kind: 'branch', name: 'work-7', issue: 7, commits: 0, proposal: 'leave'}),
    ])

    for (const {claim} of [one, two]) await repository.releaseClaim(claim)
    const worktrees = (await repository.orphans(new Set())).filter(({kind}) => kind === 'worktree')
    expect(worktrees).toEqual([
      {
        kind: 'worktree',
        name: one.path,
        issue: 1,
        head,
        commits: 1,
        lines: 1,
        dirty: 0,
        lastActivity: expect.any(Number),
        proposal: 'open-pull',
      },
      {
        kind: 'worktree',
        name: two.path,
        issue: 2,
        head: two.base,
        commits: 0,
        lines: 0,
        dirty: 2,
        lastActivity: expect.any(Number),
        proposal: 'resume',
      },
    ])

    await sandbox.remote('update-ref', '-d', 'refs/clambake/owners/tester')
    const claims = (await repository.orphans(new Set())).filter(({kind}) => kind === 'claim')
    expect(claims).toEqual([
      expect.objectContaining({name: 'refs/clambake/claims/issue-3', issue: 3, proposal: 'resume'}),
    ])
    await rm(three.path, {recursive: true})
    await writeFile(join(two.path, '.git'), 'gitdir: /elsewhere\n')
    expect((await repository.orphans(new Set())).map(({name}) => name)).toContain(one.path)
    expect((await repository.orphans(new Set())).map(({name}) => name)).not.toContain(three.branch)
  })
})

describe('reading', () => {
  it('writes nothing on the remote, not even a marker', async () => {
    await using sandbox = await createSandbox()
    const repository = await sandbox.open(await sandbox.clone())
    await repository.fetch()
    await repository.claims()
    await repository.owners()
    await repository.orphans(new Set())
    await repository.landingHolder()
    await repository.lostCommits()
    expect(await sandbox.remoteRefs('refs/')).toEqual(['refs/heads/main'])
  })
})

describe('lost commits', () => {
  it('are those that no ref reaches; claims that moved on are not work', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {claim, work} = await startTicket(repository, 1, clone)
    let moved = claim
    for (let times = 0; times < 3; times++) moved = await repository.bumpClaim(moved, {phase: 'working'})
    await repository.releaseClaim(moved)
    await repository.claims()
    expect(await repository.lostCommits()).toEqual([])

    const first = await work.commitFile('a.txt', 'a')
    const second = await work.commitFile('b.txt', 'b')
    await work.git('push', '--quiet', 'origin', `${second}:refs/pull/1/head`)
    await work.git('reset', '--quiet', '--hard', 'HEAD~2')
    expect(await repository.lostCommits()).toEqual([])
    await sandbox.remote('update-ref', '-d', 'refs/pull/1/head')
    expect((await repository.lostCommits()).sort()).toEqual([first, second].sort())
  })
})

describe('on a server that takes branches only', () => {
  it('rescue, owner and landing lock work as branches', async () => {
    await using forge = await createForge({refuseHiddenRefs: true})
    const {repository, clone} = forge
    const {path, branch, work} = await startTicket(repository, 1, clone)
    await work.write({'x.txt': 'x'})
    const lock = await repository.acquireLanding('tester')
    await repository.releaseLanding(lock!)
    await repository.removeWorktree({path, branch, landed: null})
    await repository.fetch()
    const rescues = await clone.git('for-each-ref', '--format=%(refname)', 'refs/clambake/rescue')
    expect(rescues).toMatch(/^refs\/clambake\/rescue\/issue-1\/[^/]+$/)
    expect(await clone.git('for-each-ref', 'refs/remotes/origin/clambake')).toBe('')
    expect((await repository.orphans(new Set())).filter(({kind}) => kind === 'branch')).toEqual([])
  })
})

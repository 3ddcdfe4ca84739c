import {readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {SampleRepository} from '../../fixtures/repos/sample.ts'
import {run} from '../../src/base/run.ts'
import type {UndoPart} from '../../src/model/data/recovery/undo.ts'
import {createForge, createSandbox, refusal, startTicket} from './setup.ts'

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
    expect(await repository.orphans({dead: new Set()})).toEqual([
      expect.objectContaining({
        kind: 'branch',
        name: 'agent-004/9-remote',
        issue: 9,
        head: remote,
        commits: 1,
        place: 'remote',
        landed: null,
        conflicts: [],
      }),
      expect.objectContaining({kind: 'branch', name: 'work-8', issue: 8, commits: 1}),
      expect.objectContaining({kind: 'branch', name: 'work-7', issue: 7, commits: 0, landed: 'commits', place: 'here'}),
    ])

    for (const {claim} of [one, two]) await repository.releaseClaim(claim)
    const worktrees = (await repository.orphans({dead: new Set()})).filter(({kind}) => kind === 'worktree')
    expect(worktrees).toEqual([
      expect.objectContaining({name: one.path, branch: one.branch, issue: 1, head, commits: 1, lines: 1, dirty: 0}),
      expect.objectContaining({name: two.path, issue: 2, head: two.base, commits: 0, lines: 0, dirty: 2}),
    ])

    await sandbox.remote('update-ref', '-d', 'refs/clambake/owners/tester')
    const claims = (await repository.orphans({dead: new Set()})).filter(({kind}) => kind === 'claim')
    expect(claims).toEqual([
      expect.objectContaining({name: 'refs/clambake/claims/issue-3', issue: 3, branch: three.branch, unsure: null}),
    ])
    await rm(three.path, {recursive: true})
    await writeFile(join(two.path, '.git'), 'gitdir: /elsewhere\n')
    expect((await repository.orphans({dead: new Set()})).map(({name}) => name)).toContain(one.path)
    expect((await repository.orphans({dead: new Set()})).map(({name}) => name)).not.toContain(three.branch)
  })
})

describe('reading', () => {
  it('writes nothing on the remote, not even a marker', async () => {
    await using sandbox = await createSandbox(undefined, {isNew: true})
    const repository = await sandbox.open(await sandbox.clone())
    await repository.fetch()
    await repository.claims()
    await repository.owners()
    await repository.orphans({dead: new Set()})
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
    expect((await repository.orphans({dead: new Set()})).filter(({kind}) => kind === 'branch')).toEqual([])
  })
})

describe('work is weighed', () => {
  it('by what main has of it, however it got there, and where it conflicts', async () => {
    await using sandbox = await createSandbox({'a.txt': lines(20), 'b.txt': lines(20)})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const branch = async (name: string, ...commits: readonly [path: string, text: string][]) => {
      await clone.git('switch', '--quiet', '-c', name, 'main')
      for (const [path, text] of commits) await clone.commitFile(path, text)
      await clone.git('switch', '--quiet', 'main')
    }
    await branch('agent-001/1-squashed', ['a.txt', lines(20, 2)], ['test/a.test.ts', 'one'])
    await branch('agent-001/2-rebased', ['b.txt', lines(20, 2)], ['c.txt', 'c'])
    await branch('agent-001/3-clash', ['a.txt', lines(20, 3)])
    await branch('feature/agent-001/4-clean', ['d.txt', 'd'], ['test/d.test.ts', 'd'])
    await branch('agent-001/5-same', ['e.txt', 'e'])
    await branch('agent-001/6-spaces', ['f.txt', 'a b\n'])
    await clone.git('merge', '--quiet', '--squash', 'agent-001/1-squashed')
    await clone.git('commit', '--quiet', '-m', 'Squashed (#1)')
    await clone.git('cherry-pick', 'agent-001/2-rebased~1', 'agent-001/2-rebased')
    // Main changed the same lines since, so only the patches tell.
    await clone.commitFile('a.txt', lines(20, 2).replace('changed', 'again'))
    await clone.commitFile('b.txt', lines(20, 2).replace('changed', 'again'))
    await clone.commitFile('e.txt', 'e')
    await clone.commitFile('f.txt', 'ab\n')
    await clone.git('push', '--quiet', 'origin', 'main')
    const found = await repository.orphans({dead: new Set()})
    const told = found.map(({name, commits, tests, landed, conflicts}) => [name, commits, tests, landed, conflicts])
    expect(told.sort()).toEqual([
      ['agent-001/1-squashed', 2, 1, 'patches', expect.anything()],
      ['agent-001/2-rebased', 2, 0, 'patches', expect.anything()],
      ['agent-001/3-clash', 1, 0, null, ['a.txt']],
      ['agent-001/5-same', 1, 0, 'files', []],
      ['agent-001/6-spaces', 1, 0, null, ['f.txt']],
      ['feature/agent-001/4-clean', 2, 1, null, []],
    ])
  })

  it('also where history is unrelated, or where main was merged in', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await clone.git('switch', '--quiet', '-c', 'work-2')
    await clone.commitFile('b.txt', 'b')
    await clone.git('switch', '--quiet', 'main')
    await clone.commitFile('m.txt', 'm')
    await clone.git('push', '--quiet', 'origin', 'main')
    await clone.git('switch', '--quiet', 'work-2')
    await clone.git('merge', '--quiet', '--no-edit', 'main')
    await clone.git('switch', '--quiet', '--orphan', 'work-1')
    await clone.commitFile('a.txt', 'a')
    await clone.git('switch', '--quiet', 'main')
    expect(await repository.orphans({dead: new Set()})).toEqual([
      expect.objectContaining({name: 'work-1', unsure: 'it shares no commit with main'}),
      expect.objectContaining({name: 'work-2', commits: 2, files: 1, landed: null, conflicts: [], unsure: null}),
    ])
  })

  it('in a few processes for 112 branches', {timeout: 120_000}, async () => {
    await using sandbox = await createSandbox({'a.txt': lines(30)})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await manyBranches(clone, 112)
    const started = performance.now()
    const steps: string[] = []
    const found = await repository.orphans({dead: new Set(), onStep: step => steps.push(step)})
    const seconds = (performance.now() - started) / 1000
    expect(found).toHaveLength(112)
    expect(found.filter(({conflicts}) => conflicts?.length === 1).length).toBeGreaterThan(0)
    expect(steps).toContain('trying merges')
    expect(seconds).toBeLessThan(30)
  })
})

/** Numbered lines; `changed` of them are other ones. */
function lines(count: number, ...changed: number[]): string {
  return Array.from({length: count}, (_, at) => `line ${at}${changed.includes(at) ? ' changed' : ''}\n`).join('')
}

/** Branches of one commit each, made by one process; main changes the same file afterwards. */
async function manyBranches(clone: SampleRepository, count: number): Promise<void> {
  const base = await clone.resolve('HEAD')
  const commands = Array.from({length: count}, (_, at) => {
    const name = `agent-${String((at % 12) + 1).padStart(3, '0')}/${at + 1}-task`
    const path = at % 3 === 0 ? 'a.txt' : `src/${at}.txt`
    const text = at % 3 === 0 ? lines(30, at % 30) : `work ${at}\n`
    return [
      `commit refs/heads/${name}`,
      `committer A <a@b> ${1_700_000_000 + at} +0000`,
      `data ${`Work ${at}`.length}`,
      `Work ${at}`,
      `from ${base}`,
      `M 100644 inline ${path}`,
      `data ${text.length}`,
      text,
    ].join('\n')
  })
  await run('git', {
    args: ['-C', clone.dir, 'fast-import', '--quiet'],
    env: clone.env,
    input: `${commands.join('\n')}\n`,
  })
  await clone.commitFile('a.txt', lines(30, 3, 12, 21).replaceAll('changed', 'again'))
  await clone.git('push', '--quiet', '--all', 'origin')
}

describe('what is on no branch', () => {
  it('is found too: stashes of agents, rescues, lost commits; a person’s own stash is not touched', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await repository.renewOwner({owner: 'tester', host: 'h', pid: 1, beat: 1, startedAt: ''})
    const {claim, work, path, branch} = await startTicket(repository, 1, clone)
    await work.write({'a.txt': 'stashed\n'})
    await work.git('stash', 'push', '--quiet')
    await clone.write({'a.txt': 'mine\n'})
    await clone.git('stash', 'push', '--quiet')
    const kinds = async (all = false) =>
      (await repository.orphans({dead: new Set(), all})).map(({kind, issue}) => `${kind} ${issue}`).sort()
    expect(await kinds()).toEqual([])
    await repository.releaseClaim(claim)
    expect(await kinds()).toEqual(['stash 1', 'worktree 1'])
    await work.commitFile('b.txt', 'b')
    await repository.removeWorktree({path, branch, landed: null})
    await clone.git('switch', '--quiet', '--detach')
    await clone.commitFile('lost.txt', 'x')
    await clone.git('switch', '--quiet', 'main')
    expect(await kinds(true)).toEqual(['commit null', 'rescue 1', 'rescue 1', 'stash null'])
  })
})

describe('archiving', () => {
  it('keeps a branch, a worktree and a stash in rescue refs, can be repeated, and comes back', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const one = await startTicket(repository, 1, clone)
    await one.work.write({'a.txt': 'stashed\n'})
    await one.work.git('stash', 'push', '--quiet')
    const head = await one.work.commitFile('one.txt', '1')
    await one.work.write({'a.txt': 'not committed\n', 'new.txt': 'new'})
    await repository.releaseClaim(one.claim)
    const own = (await clone.git('commit-tree', '-p', 'main', '-m', 'Own', 'main^{tree}')).trim()
    await clone.git('push', '--quiet', 'origin', `${own}:refs/heads/agent002/7-pushed`)
    await clone.git('branch', 'agent002/8-local', own)
    const parts: UndoPart[] = []
    const orphans = await repository.orphans({dead: new Set()})
    for (const orphan of orphans) {
      for (const _ of [1, 2]) {
        const {kept} = await repository.archive(orphan, async found => void parts.push(...found))
        for (const ref of kept) expect(await clone.resolve(ref)).toMatch(/^[0-9a-f]{40}$/)
      }
    }
    expect(orphans.map(({kind}) => kind).sort()).toEqual(['branch', 'branch', 'stash', 'worktree'])
    expect(await repository.orphans({dead: new Set()})).toEqual([
      expect.objectContaining({kind: 'rescue'}),
      expect.objectContaining({kind: 'rescue'}),
      expect.objectContaining({kind: 'rescue'}),
    ])
    expect(await clone.git('stash', 'list')).toBe('')
    expect(await clone.git('branch', '--list', '--all', 'agent*')).toBe('')
    expect(await sandbox.remoteRefs('refs/heads/')).toEqual(['refs/heads/main'])
    expect(await repository.lostCommits()).toEqual([])

    for (const part of parts) await repository.bringBack(part)
    for (const part of parts) await repository.bringBack(part)
    expect(await one.work.resolve('HEAD')).toBe(head)
    expect(await one.work.git('status', '--porcelain')).toBe(' M a.txt\n?? new.txt')
    expect(await readFile(join(one.path, 'a.txt'), 'utf8')).toBe('not committed\n')
    expect((await clone.git('stash', 'list')).split('\n')).toHaveLength(1)
    expect(await sandbox.remoteRefs('refs/heads/')).toContain('refs/heads/agent002/7-pushed')
    expect(await clone.resolve('agent002/8-local')).toBe(own)
  })

  it('of a worktree brings back what was stashed on its branch', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {claim, work} = await startTicket(repository, 1, clone)
    await work.write({'a.txt': 'stashed\n'})
    await work.git('stash', 'push', '--quiet')
    await repository.releaseClaim(claim)
    const orphan = (await repository.orphans({dead: new Set()})).find(({kind}) => kind === 'worktree')
    const parts: UndoPart[] = []
    await repository.archive(orphan!, async found => void parts.push(...found))
    expect(await clone.git('stash', 'list')).toBe('')
    for (const part of parts) await repository.bringBack(part)
    expect((await clone.git('stash', 'list')).split('\n')).toHaveLength(1)
    expect(await clone.git('show', 'stash@{0}:a.txt')).toBe('stashed')
  })

  it('brings files back byte by byte, whatever git converts as it checks them out', async () => {
    const attributes = '*.u16 text working-tree-encoding=UTF-16LE\n*.crlf text eol=crlf\n*.id ident\n'
    await using sandbox = await createSandbox({'.gitattributes': attributes, 'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {claim, path} = await startTicket(repository, 1, clone)
    const files = {'x.u16': 'h\0i\0\n\0', 'mixed.crlf': 'one\r\ntwo\n', 'v.id': '$Id$\n'}
    for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content)
    await repository.releaseClaim(claim)
    const parts: UndoPart[] = []
    const [orphan] = await repository.orphans({dead: new Set()})
    await repository.archive(orphan!, async found => void parts.push(...found))
    for (const part of parts) await repository.bringBack(part)
    for (const [name, content] of Object.entries(files)) expect(await readFile(join(path, name), 'utf8')).toBe(content)
  })

  it.each(['archive:kept', 'archive:remote-deleted'])('killed at %s loses nothing and can be repeated', async point => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const checkpoint = (name: string) => {
      if (name === point) throw new Error('killed')
    }
    const killed = await sandbox.open(clone, {checkpoint})
    await clone.git('switch', '--quiet', '-c', 'agent001/7-x')
    const head = await clone.commitFile('x.txt', 'x')
    await clone.git('push', '--quiet', 'origin', 'agent001/7-x')
    await clone.git('switch', '--quiet', 'main')
    const [orphan] = await killed.orphans({dead: new Set()})
    let noted = 0
    const note = async () => void noted++
    await expect(killed.archive(orphan!, note)).rejects.toThrow('killed')
    expect(noted).toBe(1)
    expect(await killed.lostCommits()).toEqual([])
    const repository = await sandbox.open(clone)
    await repository.archive(orphan!, note)
    expect(await clone.git('branch', '--list', 'agent*')).toBe('')
    expect(await sandbox.remoteRefs('refs/heads/')).toEqual(['refs/heads/main'])
    expect((await repository.rescues()).map(({oid}) => oid)).toEqual([head])
  })

  it('leaves a branch alone that someone rebases', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await clone.git('switch', '--quiet', '-c', 'agent001/7-x')
    const head = await clone.commitFile('a.txt', 'mine\n')
    await clone.git('switch', '--quiet', 'main')
    await clone.commitFile('a.txt', 'theirs\n')
    await expect(clone.git('rebase', '--quiet', 'main', 'agent001/7-x')).rejects.toThrow('a.txt')
    const [orphan] = await repository.orphans({dead: new Set()})
    const archived = refusal(repository.archive(orphan!, async () => {}))
    expect(await archived).toMatchObject({code: 'not-archivable', message: expect.stringContaining('rebased')})
    expect(await clone.resolve('refs/heads/agent001/7-x')).toBe(head)
  })

  it('leaves a branch alone that someone is on, and main', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await clone.git('switch', '--quiet', '-c', 'work-7')
    const [orphan] = await repository.orphans({dead: new Set()})
    const note = async () => {}
    expect((await refusal(repository.archive(orphan!, note))).message).toContain('checked out in')
    expect((await refusal(repository.archive({...orphan!, name: 'main'}, note))).code).toBe('not-archivable')
    expect(await clone.resolve('work-7')).toBe(await clone.resolve('main'))
  })
})

describe('leftovers', () => {
  it('are notes of deleted branches and pins whose commits another ref has; refs go and come back', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const there = await sandbox.clone()
    await there.git('push', '--quiet', 'origin', 'main:agent001/7-done')
    await there.git('switch', '--quiet', '-c', 'agent001/8-only')
    await there.commitFile('x.txt', 'x')
    await there.git('push', '--quiet', 'origin', 'agent001/8-only')
    await repository.fetch()
    await sandbox.remote('update-ref', '-d', 'refs/heads/agent001/7-done')
    await sandbox.remote('update-ref', '-d', 'refs/heads/agent001/8-only')
    const found = await repository.leftovers()
    expect(found.map(({ref, why}) => [ref, why])).toEqual([
      ['refs/remotes/origin/agent001/7-done', 'another ref has its commits'],
      ['refs/remotes/origin/agent001/8-only', null],
    ])
    const {path, branch, work} = await startTicket(repository, 1, clone)
    await work.commitFile('a.txt', 'a')
    await repository.removeWorktree({path, branch, landed: null})
    const [rescue] = await repository.rescues()
    expect(rescue?.isShared).toBe(true)
    const parts: UndoPart[] = []
    for (const _ of [1, 2]) {
      await repository.removeRefs([{ref: rescue!.ref, oid: rescue!.oid, remote: true}], async given => {
        parts.push(...given)
      })
    }
    expect(await repository.rescues()).toEqual([])
    expect(await sandbox.remoteRefs('refs/clambake/rescue/')).toEqual([])
    for (const part of parts) await repository.bringBack(part)
    expect(await repository.rescues()).toEqual([rescue])
    expect(await sandbox.remoteRefs('refs/clambake/rescue/')).toEqual([rescue!.ref])
    expect(await repository.diskUse(clone.dir)).toBeGreaterThan(10_000)
  })
})

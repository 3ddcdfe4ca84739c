import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {registerSecret} from '../../src/base/redact.ts'
import {run} from '../../src/base/run.ts'
import {remoteFailure} from '../../src/git/command/failures.ts'
import {claimOf, conflictsWithMain, createForge, createSandbox, refusal, startTicket} from './setup.ts'

describe('pushing work', () => {
  it('moves branch and claim together', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, claim, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('a.txt', 'a')
    const pushed = await repository.pushWork({worktree: path, claim, head, patch: {phase: 'review'}})
    expect(pushed.record).toMatchObject({fence: 2, head, phase: 'review'})
    expect(await repository.remoteHead(branch)).toBe(head)
    expect(await repository.claims()).toEqual([pushed])
    // The same again: the branch is there already, and the claim gets its next fence.
    const again = await repository.pushWork({worktree: path, claim: pushed, head, patch: {}})
    expect(again.record.fence).toBe(3)
  })

  it('commits that bring a token or a known secret stay here, until a person pushes them', async () => {
    const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_')
    await using sandbox = await createSandbox({'old.txt': `${token}\n`})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, claim, work} = await startTicket(repository, 1, clone)
    using _known = registerSecret('correct horse')
    // Main has it already, and this takes it away.
    await work.commitFile('old.txt', 'nothing\n')
    await work.commitFile('deep/leak.txt', `the word is correct horse\n`)
    const head = await work.commitFile('deep/leak.txt', 'taken out again\n')
    const error = await refusal(repository.pushWork({worktree: path, claim, head, patch: {}}))
    expect(error).toMatchObject({code: 'push-refused', said: expect.stringMatching(/push protection.*deep\/leak\.txt/)})
    expect(error.message).not.toContain('correct horse')
    expect(await repository.remoteHead(branch)).toBeNull()
    await work.git('push', '--quiet', 'origin', branch)
    await repository.pushWork({worktree: path, claim, head, patch: {}})
  })

  it('agents’ messages mention no one, skip no check and close only their own issue, and nothing else of a commit changes', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, claim, work} = await startTicket(repository, 1, clone)
    // A person's commit on another branch, which the agent merges, is on the remote already.
    await clone.git('switch', '--quiet', '--create', 'theirs')
    const theirs = await clone.commit({message: 'Fixes #9, says @ada', files: {'theirs.txt': 'x'}})
    await clone.git('push', '--quiet', 'origin', 'theirs')
    const plain = await work.commit({message: 'Add tax\n\nCloses #1', files: {'a.txt': 'a'}})
    await work.git('merge', '--quiet', '--no-edit', theirs)
    const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']
    const words = 'Fixes #2 for @octocat [skip ci]\n\nresolves: acme/shop#3\nCo-authored-by: Bob <bob@example.org>'
    await work.write({'b.txt': 'b'})
    await work.git('add', '.')
    await work.git(...author, 'commit', '--quiet', '--date=@86400 +0200', `--message=${words}`)
    const head = await work.commitFile('c.txt', 'c')
    const tree = await work.git('rev-parse', 'HEAD^{tree}')
    // An agent makes it look as if main had its commits.
    await work.git('update-ref', 'refs/remotes/origin/main', head)
    const format = '--format=%an %ae %ad %cn %cd%n%B'
    const before = await work.git('log', '-1', format, '--date=raw', 'HEAD~1')

    const pushed = await repository.pushWork({worktree: path, claim, head, patch: {}})
    const landed = pushed.record.head!
    expect(await repository.remoteHead(branch)).toBe(landed)
    expect([await work.resolve('HEAD'), await work.git('rev-parse', 'HEAD^{tree}')]).toEqual([landed, tree])
    expect(await work.git('status', '--porcelain')).toBe('')
    const after = await work.git('log', '-1', format, '--date=raw', 'HEAD~1')
    expect(after.replaceAll('\u200b', '')).toBe(before)
    expect(after).not.toMatch(/@octocat|fixes #2|resolves: acme|\[skip/i)
    expect(after).toContain('Co-authored-by: Bob <bob@example.org>')
    expect(await work.resolve('HEAD~2^1')).toBe(plain)
    expect(await work.resolve('HEAD~2^2')).toBe(theirs)
    // Again after a lost reply, by the head that was inspected.
    const again = await repository.pushWork({worktree: path, claim: pushed, head, patch: {}})
    expect(again.record.head).toBe(landed)
    expect(await repository.lostCommits()).toEqual([])
  })

  it('takes commits by names and dates that git itself does not write', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, claim, work} = await startTicket(repository, 1, clone)
    const header = `tree ${await work.git('rev-parse', 'HEAD^{tree}')}\nparent ${base}`
    const people = 'author Ren\xe9 <> 4102444800 +0000\ncommitter . <a@example.test> 1 +9999\nencoding ISO-8859-1'
    const input = Buffer.from(`${header}\n${people}\n\nCaf\xe9, fixes #99\n`, 'latin1')
    const args = ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally']
    const head = (await run('git', {args, input, cwd: path, env: work.env})).stdout
    await work.git('reset', '--quiet', '--hard', head)
    await repository.pushWork({worktree: path, claim, head, patch: {}})
    const pushed = await sandbox.remote('log', '-1', '--format=%an|%ad|%cn|%B', '--date=unix', branch)
    expect(pushed.trimEnd()).toBe('René|4102444800|unknown|Café, fixes \u200b#99')
  })

  it('leaves out what a message has behind a zero byte, which git does not show', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, claim, work} = await startTicket(repository, 1, clone)
    const header = `tree ${await work.git('rev-parse', 'HEAD^{tree}')}\nparent ${base}`
    const people = ['author', 'committer'].map(role => `${role} A <a@example.test> 1700000000 +0000`).join('\n')
    const input = `${header}\n${people}\n\nAdd tax\0\n\nCloses #99, says @ada\n`
    const args = ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally']
    const head = (await run('git', {args, input, cwd: path, env: work.env})).stdout
    await work.git('reset', '--quiet', '--hard', head)
    await repository.pushWork({worktree: path, claim, head, patch: {}})
    const pushed = await sandbox.remote('cat-file', 'commit', branch)
    expect(pushed.trimEnd().split('\n\n').slice(1)).toEqual(['Add tax'])
  })

  it('an owner whose claim was taken over can push neither', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, claim, work} = await startTicket(repository, 1, clone)
    const other = await sandbox.open(await sandbox.clone(), {owner: 'second'})
    const taken = await other.bumpClaim(claim, {owner: 'second'})
    const head = await work.commitFile('late.txt', 'late')
    const error = await refusal(repository.pushWork({worktree: path, claim, head, patch: {}}))
    expect(error.code).toBe('claim-lost')
    expect(error.message).toContain('second')
    expect(await repository.remoteHead(branch)).toBeNull()
    expect(await other.claims()).toEqual([taken])
    expect((await repository.inspect(path)).head).toBe(head)
  })

  it('commits of others on the branch are not overwritten, and the claim stays with them', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, claim, work} = await startTicket(repository, 1, clone)
    const there = await sandbox.clone()
    await there.git('switch', '--quiet', '-c', branch, base)
    const theirs = await there.commitFile('theirs.txt', 'x')
    await there.git('push', '--quiet', 'origin', branch)
    const head = await work.commitFile('ours.txt', 'x')
    expect((await refusal(repository.pushWork({worktree: path, claim, head, patch: {}}))).code).toBe('branch-moved')
    expect(await repository.remoteHead(branch)).toBe(theirs)
    expect(await repository.claims()).toEqual([claim])
  })

  it('what an amended branch leaves behind goes to a rescue ref in the same push', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, claim, work} = await startTicket(repository, 1, clone)
    const first = await work.commitFile('a.txt', 'a')
    const pushed = await repository.pushWork({worktree: path, claim, head: first, patch: {}})
    await work.write({'a.txt': 'better'})
    await work.git('commit', '--quiet', '--all', '--amend', '--message=Better')
    const head = await work.resolve('HEAD')
    await repository.pushWork({worktree: path, claim: pushed, head, patch: {}})
    expect(await repository.remoteHead(branch)).toBe(head)
    const [rescued] = await sandbox.remoteRefs('refs/clambake/rescue/issue-1')
    expect(await sandbox.remote('rev-parse', rescued!)).toBe(first)
    expect(await repository.lostCommits()).toEqual([])
  })

  it('a head that moved meanwhile, or another branch, is not pushed', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, base, claim, work} = await startTicket(repository, 1, clone)
    await work.commitFile('a.txt', 'a')
    const push = (head: string) => refusal(repository.pushWork({worktree: path, claim, head, patch: {}}))
    expect((await push(base)).code).toBe('head-moved')
    await work.git('switch', '--quiet', '--detach')
    expect((await push(await work.resolve('HEAD'))).message).toContain('detached HEAD')
    expect(await sandbox.remoteRefs('refs/heads/')).toEqual(['refs/heads/main'])
  })

  it('a dropped reply is found out by reading both refs', async () => {
    await using forge = await createForge()
    const {repository, clone} = forge
    const {path, branch, claim, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('a.txt', 'a')
    forge.github.fault({kind: 'drop-reply', match: {method: 'POST', path: /git-receive-pack$/}})
    const pushed = await repository.pushWork({worktree: path, claim, head, patch: {phase: 'review'}})
    expect(forge.github.unmetFaults()).toEqual([])
    expect(await repository.remoteHead(branch)).toBe(head)
    expect(await repository.claims()).toEqual([pushed])
  })

  it('a push whose answer and whose look got lost is repeated as this daemon’s own', async () => {
    await using forge = await createForge()
    const {repository, clone} = forge
    const {path, branch, claim, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('a.txt', 'a')
    const push = () => repository.pushWork({worktree: path, claim, head, patch: {phase: 'review'}})
    const read = {method: 'POST', path: /git-upload-pack$/}
    // The look at the branches before the push.
    forge.github.fault({kind: 'slow', ms: 0, match: read})
    forge.github.fault({kind: 'drop-reply', match: {method: 'POST', path: /git-receive-pack$/}})
    forge.github.fault({kind: 'status', status: 503, match: read})
    expect((await refusal(push())).code).toBe('remote-unreachable')
    expect(forge.github.unmetFaults()).toEqual([])
    const pushed = await push()
    expect(await repository.remoteHead(branch)).toBe(head)
    expect(await repository.claims()).toEqual([pushed])
  })

  it('tells a declined push in the server’s own words, in git’s own never, and not as a refused login', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, claim, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('config.py', 'key')
    const said = [
      'error: GH013: Repository rule violations found for refs/heads/agent001/1-x.',
      '',
      '- GITHUB PUSH PROTECTION',
      '  —————————————————————————',
      '    - Push cannot contain secrets',
      '      —— Amazon AWS Access Key ID ——',
      '         path: config.py:1',
    ]
    const hook = join(sandbox.path, 'remote.git/hooks/pre-receive')
    const only = 'while read -r _ _ ref; do case $ref in refs/heads/agent*)'
    const words = said.map(line => `echo '${line}' >&2`).join('; ')
    await writeFile(hook, `#!/bin/sh\n${only} ${words}; exit 1;; esac; done\n`, {mode: 0o755})
    const error = await refusal(repository.pushWork({worktree: path, claim, head, patch: {}}))
    expect(error).toMatchObject({code: 'push-refused', kept: expect.stringContaining('the commits')})
    expect(error.said?.split('\n').map(line => line.trim())).toEqual(
      [said[0], said[2], said[4], said[5], said[6]].map(line => line!.trim()),
    )
    expect(error.message).toContain('path: config.py:1')
    expect(error.message).not.toMatch(/refs\/clambake|remote rejected|login/)
  })

  it.each([
    [
      'remote: error: GH006: Protected branch update failed.\n!\ta:b\t[remote rejected] (hook declined)',
      'push-refused',
    ],
    [
      'remote: You are not allowed to push code.\n!\ta:b\t[remote rejected] (pre-receive hook declined)',
      'push-refused',
    ],
    ['!\ta:b\t[remote rejected] (Internal Server Error)', 'remote-unreachable'],
    ['!\ta:b\t[remote rejected] (unpacker error)', 'remote-unreachable'],
    [
      '!\ta:b\t[remote rejected] (cannot lock ref)\n!\tc:d\t[remote rejected] (atomic transaction failed)',
      'remote-unreachable',
    ],
    ['!\ta:b\t[remote rejected] (deny updating a hidden ref)', 'push-refused'],
    ['fatal: unable to access r: The requested URL returned error: 503', 'remote-unreachable'],
    ['fatal: unable to access r: The requested URL returned error: 429', 'remote-unreachable'],
    ['error: RPC failed; HTTP 413 curl 22 The requested URL returned error: 413', 'git-failed'],
    ['fatal: unable to access r: Could not resolve host: x', 'remote-unreachable'],
    ['fatal: Authentication failed for r', 'auth-refused'],
    ['remote: Permission to acme/x.git denied to bob.\nfatal: The requested URL returned error: 403', 'auth-refused'],
    ['git push was ended by SIGKILL', 'remote-unreachable'],
    ['error: git-remote-https died of signal 9', 'remote-unreachable'],
    ['', 'remote-unreachable'],
    ['hint: see git help fetch\n', 'remote-unreachable'],
    ['something that no one has seen before', 'git-failed'],
  ])('of what the remote says, %s is %s', (detail, code) => {
    expect(remoteFailure({doing: 'push x', remote: 'r', detail}).code).toBe(code)
  })

  it('deletes a remote branch only where it was expected', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const base = await clone.resolve('HEAD')
    const head = await clone.commitFile('x', 'x')
    await clone.git('push', '--quiet', 'origin', `${head}:refs/heads/work-1`)
    expect((await refusal(repository.deleteRemoteBranch('work-1', base))).code).toBe('branch-moved')
    await repository.deleteRemoteBranch('work-1', head)
    await repository.deleteRemoteBranch('work-1', head)
    expect(await repository.remoteHead('work-1')).toBeNull()
    expect((await refusal(repository.deleteRemoteBranch('main', base))).code).toBe('bad-branch')
  })
})

describe('main', () => {
  it('has what was pushed to it', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const head = await clone.commitFile('x', 'x')
    expect(await repository.isOnMain(head)).toBe(false)
    await clone.git('push', '--quiet', 'origin', 'main')
    expect(await repository.isOnMain(head)).toBe(true)
  })

  it('names the paths that would conflict, and leaves no object behind', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n', 'b.txt': 'b\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const base = await clone.resolve('HEAD')
    await clone.commit({message: 'main', files: {'a.txt': 'main\n', 'b.txt': 'main\n', 'ü c.txt': 'main\n'}})
    await clone.git('push', '--quiet', 'origin', 'main')
    await repository.fetch()
    await clone.git('switch', '--quiet', '-c', 'one', base)
    const clash = await clone.commit({message: 'x', files: {'a.txt': 'mine\n', 'ü c.txt': 'mine\n'}})
    const clean = await clone.commit({message: 'x', files: {'a.txt': 'a\n', 'ü c.txt': null, 'd.txt': 'd\n'}})
    const before = await clone.git('count-objects')
    expect(await conflictsWithMain(repository, clash)).toEqual(['a.txt', 'ü c.txt'])
    expect(await conflictsWithMain(repository, clean)).toEqual([])
    expect(await clone.git('count-objects')).toBe(before)
  })

  it('a stranger in the claim commit does not matter: the author is us', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await repository.claim(claimOf(1, await clone.resolve('HEAD')))
    expect(await sandbox.remote('log', '-1', '--format=%an <%ae>', 'refs/clambake/claims/issue-1')).toBe(
      'Clambake <clambake@localhost>',
    )
  })
})

import {existsSync} from 'node:fs'
import {chmod, mkdir, readdir, readFile, rename, rm, symlink, writeFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {run} from '../../src/base/run.ts'
import {cloneSettings, parseListing} from '../../src/git/command/own-config.ts'
import {planTrust} from '../../src/git/trust-clone.ts'
import {branchName, worktreeFolder} from '../../src/model/data/names.ts'
import {claimOf, conflictsWithMain, createForge, createSandbox, refusal, startTicket} from './setup.ts'

/** Settings by which an agent could let our git calls run its program, from any worktree. */
async function poison(git: (...args: string[]) => Promise<string>, trap: string): Promise<void> {
  const settings = {
    'core.fsmonitor': trap,
    'core.sshCommand': trap,
    'core.askPass': trap,
    'core.gitProxy': trap,
    'core.alternateRefsCommand': trap,
    'core.pager': trap,
    'core.editor': trap,
    'credential.helper': `!${trap}`,
    'filter.evil.clean': trap,
    'filter.evil.smudge': trap,
    'filter.evil.required': 'true',
    'merge.evil.driver': trap,
    'diff.evil.command': trap,
    'diff.evil.textconv': trap,
    'diff.external': trap,
    'remote.origin.uploadpack': trap,
    'remote.origin.receivepack': trap,
    'gpg.program': trap,
    'commit.gpgSign': 'true',
    'push.gpgSign': 'if-asked',
    'log.showSignature': 'true',
    'protocol.ext.allow': 'always',
    'uploadpack.packObjectsHook': trap,
    'hook.evil.command': trap,
    'hook.evil.event': 'pre-push',
    'include.path': '/nowhere',
  }
  for (const [key, value] of Object.entries(settings)) await git('config', key, value)
}

async function trapIn(folder: string): Promise<{trap: string; sprung: () => boolean}> {
  const trap = join(folder, 'trap.sh')
  const mark = join(folder, 'sprung')
  await writeFile(trap, `#!/bin/sh\necho "$0 $*" >> ${mark}\nexit 1\n`)
  await chmod(trap, 0o755)
  return {trap, sprung: () => existsSync(mark)}
}

describe('attacks', () => {
  it('configuration, hooks and attributes set by an agent run nothing in our calls', async () => {
    await using sandbox = await createSandbox({
      'a.txt': 'a\n',
      '.gitattributes': '* filter=evil merge=evil diff=evil\n',
    })
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {trap, sprung} = await trapIn(sandbox.path)
    const {path, branch, base, claim, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('a.txt', 'changed\n')
    await poison(work.git, trap)
    const hooks = join(repository.commonDir, 'hooks')
    await mkdir(hooks, {recursive: true})
    for (const hook of ['post-checkout', 'pre-push', 'reference-transaction', 'post-index-change', 'pre-auto-gc']) {
      await writeFile(join(hooks, hook), `#!/bin/sh\nexec ${trap} ${hook}\n`)
      await chmod(join(hooks, hook), 0o755)
    }
    await writeFile(join(path, 'new.txt'), 'new\n')

    await repository.fetch()
    expect((await repository.inspect(path)).dirty).toEqual(['new.txt'])
    await repository.rescue({worktree: path, reason: 'x'})
    const pushed = await repository.pushWork({worktree: path, claim, head, patch: {}})
    await conflictsWithMain(repository, head)
    const second = join(repository.workspaceRoot, 'issue-2')
    await repository.ensureWorktree({path: second, branch: 'agent002/2-x', base})
    expect(await readFile(join(second, 'a.txt'), 'utf8')).toBe('a\n')
    await repository.orphans({dead: new Set()})
    await repository.lostCommits()
    await repository.removeWorktree({path, branch, landed: null})
    await repository.releaseClaim(pushed)
    expect(sprung()).toBe(false)
  })

  it('the trap works on a git that is not ours', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const {trap, sprung} = await trapIn(sandbox.path)
    await poison(clone.git, trap)
    await clone.git('status')
    expect(sprung()).toBe(true)
  })

  it('what our git takes over from a clone runs nothing that an agent can change', () => {
    const listing = (entries: [scope: string, key: string, value: string][]) =>
      parseListing(entries.map(([scope, key, value]) => `${scope}\0${key}\n${value}\0`).join(''))
    const settings = cloneSettings(
      listing([
        ['global', 'filter.lfs.clean', 'git-lfs clean -- %f'],
        ['local', 'Filter.Crypt.Clean', '"git-crypt" clean'],
        ['local', 'core.AutoCRLF', 'input'],
        ['local', 'url.http://evil/.insteadOf', 'https://github.com/'],
        ['local', 'core.fsmonitor', 'evil'],
        ['local', 'include.path', '../evil'],
        ['worktree', 'hook.evil.command', 'evil'],
      ]),
    )
    expect(settings).toEqual({
      storage: [{scope: 'local', key: 'core.autocrlf', value: 'input'}],
      lasting: [{scope: 'local', key: 'filter.Crypt.clean', value: '"git-crypt" clean'}],
      refused: null,
    })
    const refused = (key: string, value: string) => cloneSettings(listing([['local', key, value]])).refused?.key
    expect(refused('extensions.partialClone', 'origin')).toBe('extensions.partialclone')
    expect(refused('remote.origin.promisor', 'true')).toBe('remote.origin.promisor')
    expect(refused('extensions.unheardOf', '1')).toBe('extensions.unheardof')
    expect(refused('filter.x.clean', 'python3 "tools/clean.py"')).toBe('filter.x.clean')
    expect(refused('filter.x.clean', '"/usr/bin/python3" -m nbstripout')).toBeUndefined()
  })

  it('a conflict that a merge driver of the repository would hide is seen', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n', '.gitattributes': '* merge=hide\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const base = await clone.resolve('HEAD')
    await clone.commitFile('a.txt', 'main\n')
    await clone.git('push', '--quiet', 'origin', 'main')
    await clone.git('switch', '--quiet', '-c', 'side', base)
    const commit = await clone.commitFile('a.txt', 'side\n')
    await repository.fetch()
    await clone.git('config', 'merge.hide.driver', 'true')
    expect(await conflictsWithMain(repository, commit)).toEqual(['a.txt'])
  })

  it('attributes that an agent gives beside the commits hide no conflict, also from the next start', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n', 'ours.txt': 'a\n'})
    const clone = await sandbox.clone()
    const attributes = join(clone.dir, '.git/info/attributes')
    // The person's own, from before.
    await writeFile(attributes, 'ours.txt merge=union\n')
    const state = join(sandbox.path, 'state')
    const repository = await sandbox.open(clone, {state})
    const base = await clone.resolve('HEAD')
    await clone.write({'a.txt': 'main\n', 'ours.txt': 'main\n'})
    await clone.git('commit', '--quiet', '-am', 'main')
    await clone.git('push', '--quiet', 'origin', 'main')
    await clone.git('switch', '--quiet', '-c', 'side', base)
    await clone.write({'a.txt': 'side\n', 'ours.txt': 'side\n'})
    await clone.git('commit', '--quiet', '-am', 'side')
    await repository.fetch()
    await writeFile(attributes, '* merge=union\n')
    for (const opened of [repository, await sandbox.open(clone, {state})]) {
      await opened.fetch()
      expect(await conflictsWithMain(opened, await clone.resolve('side'))).toEqual(['a.txt'])
    }
  })

  it('a file of attributes that an agent names in the configuration is refused at the next start', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const state = join(sandbox.path, 'state')
    await sandbox.open(clone, {state})
    await writeFile(join(sandbox.path, 'attributes'), '* merge=union\n')
    await clone.git('config', 'core.attributesFile', join(sandbox.path, 'attributes'))
    expect((await refusal(sandbox.open(clone, {state}))).message).toMatch(/worked here: core\.attributesfile$/)
  })

  it('commits that the agent replaced, grafted or cut off are seen as they are', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, claim, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('a.txt', 'a\n')
    const orphan = await work.git('commit-tree', '-m', 'other', `${head}^{tree}`)
    await work.git('replace', head, orphan)
    await writeFile(join(repository.commonDir, 'info', 'grafts'), `${head}\n`)
    await writeFile(join(repository.commonDir, 'shallow'), `${head}\n`)
    expect((await repository.inspect(path)).commits.map(({sha}) => sha)).toEqual([head])
    await repository.pushWork({worktree: path, claim, head, patch: {}})
    expect(await sandbox.remote('rev-list', '--count', branch)).toBe('2')
  })

  it('pipes in the place of files of git make no call wait', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    await work.commitFile('a.txt', 'a\n')
    const gitDir = await work.git('rev-parse', '--absolute-git-dir')
    const pipes = ['logs/HEAD', 'MERGE_HEAD', 'ORIG_HEAD'].map(name => join(gitDir, name))
    for (const pipe of [...pipes, join(repository.commonDir, 'info', 'exclude'), join(path, 'pipe')]) {
      await rm(pipe, {force: true})
      await run('mkfifo', {args: [pipe], env: sandbox.env})
    }
    await repository.ensureWorktree({path: join(repository.workspaceRoot, 'issue-2'), branch: 'agent002/2-x', base})
    await repository.rescue({worktree: path, reason: 'x'})
    await repository.removeWorktree({path, branch, landed: null})
  })

  it('a link in the place of a log of refs lets our git write into no other file', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, claim, work} = await startTicket(repository, 1, clone)
    await work.commit({message: 'Fixes #9, $(touch owned)', files: {'a.txt': 'a\n'}})
    const gitDir = await work.git('rev-parse', '--absolute-git-dir')
    const profile = join(sandbox.path, 'profile')
    await writeFile(profile, 'alias x=y\n')
    const log = logOf(`refs/heads/${branch}`)
    await rm(log)
    await symlink(profile, log)
    const head = await work.resolve('HEAD')
    const push = () => repository.pushWork({worktree: path, claim, head, patch: {}})
    expect((await refusal(push())).message).toContain('is a link')
    await rm(log)
    const pushed = await push()

    await clone.commitFile('b.txt', 'b\n')
    await clone.git('push', '--quiet', 'origin', 'main')
    const own = join(gitDir, 'logs/HEAD')
    await rm(own)
    await symlink(profile, own)
    const update = () => repository.bringUpToDate({worktree: path, branch, head: pushed.record.head!, linear: false})
    expect((await refusal(update())).message).toContain('is a link')

    await rename(logOf('refs'), logOf('other'))
    await symlink(logOf('other'), logOf('refs'))
    expect((await refusal(repository.rescue({worktree: path, reason: 'x'}))).message).toContain('is a link')
    expect(await readFile(profile, 'utf8')).toBe('alias x=y\n')

    function logOf(ref: string): string {
      return join(repository.commonDir, 'logs', ref)
    }
  })

  it('an address or a program that was changed before a start is refused by name', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const state = join(sandbox.path, 'state')
    await clone.git('config', 'filter.crypt.clean', 'git-crypt clean')
    await sandbox.open(clone, {state})
    await sandbox.open(clone, {state})
    await clone.git('config', 'filter.crypt.clean', 'evil')
    await clone.git('config', 'core.sshCommand', 'evil')
    await clone.git('config', 'remote.origin.url', `${sandbox.url}-evil`)
    const error = await refusal(sandbox.open(clone, {state}))
    expect(error.code).toBe('clone-changed')
    for (const name of ['address of origin', 'filter.crypt.clean', 'core.sshcommand'])
      expect(error.message).toContain(name)
    expect(error.next).toContain('clambake trust-clone')
  })

  it('what a person accepts is what was shown, with what had no effect before', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const state = join(sandbox.path, 'state')
    const {commonDir, root} = await sandbox.open(clone, {state})
    const plan = () => planTrust({root, commonDir, env: sandbox.env, state, now: Date.now})
    expect((await plan()).changes).toEqual([])
    await clone.git('config', 'http.proxy', 'http://proxy:8080')
    await writeFile(join(commonDir, 'hooks', 'pre-push'), '#!/bin/sh\ngit lfs pre-push "$@"\n')
    const shown = await plan()
    expect(shown.changes).toEqual([
      {what: 'http.proxy', before: null, now: 'http://proxy:8080'},
      {what: expect.stringContaining('pre-push'), before: null, now: expect.stringContaining('git lfs pre-push')},
    ])
    // An agent is quicker than the person's answer.
    await clone.git('config', 'core.sshCommand', 'evil')
    shown.accept()
    expect((await refusal(sandbox.open(clone, {state}))).message).toMatch(/worked here: core\.sshcommand$/)
    await clone.git('config', '--unset', 'core.sshCommand')
    await sandbox.open(clone, {state})
    // A note that cannot be read shows all that the clone has.
    const [key = ''] = await readdir(join(state, 'repositories'))
    const note = join(state, 'repositories', key, 'git-first-seen.json')
    await writeFile(note, '{')
    expect((await refusal(sandbox.open(clone, {state}))).next).toContain('clambake trust-clone')
    const all = await plan()
    expect(all.changes.map(({what}) => what)).toEqual(
      expect.arrayContaining(['the address of origin', 'http.proxy', 'the history']),
    )
    all.accept()
    await sandbox.open(clone, {state})
  })

  it('filters that the clone had before are run by us as by the agent', async () => {
    await using sandbox = await createSandbox({'.gitattributes': 'secret.txt filter=crypt\n'})
    const clone = await sandbox.clone()
    for (const [key, value] of [
      ['clean', 'tr a-z n-za-m'],
      ['smudge', 'tr a-z n-za-m'],
      ['required', 'true'],
    ] as const)
      await clone.git('config', `filter.crypt.${key}`, value)
    await clone.commitFile('secret.txt', 'password\n')
    await clone.git('push', '--quiet', 'origin', 'main')
    const repository = await sandbox.open(clone)
    const {path, work} = await startTicket(repository, 1, clone)
    expect(await readFile(join(path, 'secret.txt'), 'utf8')).toBe('password\n')
    expect((await repository.inspect(path)).dirty).toEqual([])
    await work.git('add', '--renormalize', '.')
    expect(await work.git('status', '--porcelain')).toBe('')
    expect(await work.git('show', 'HEAD:secret.txt')).toBe('cnffjbeq')
  })

  it('names that look like options or commands are only names', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const base = await clone.resolve('HEAD')
    const evil = ['$(touch$', '{IFS}owned)'].join('')
    const path = join(repository.workspaceRoot, 'issue-1')
    await repository.ensureWorktree({path, branch: evil, base})
    expect((await repository.inspect(path)).branch).toBe(evil)
    await repository.removeWorktree({path, branch: evil, landed: null})
    expect(await repository.remoteHead('--upload-pack=touch owned')).toBeNull()
    await clone.git('config', 'remote.origin.url', '--upload-pack=touch owned')
    expect((await refusal(sandbox.open(clone))).code).toBe('remote-protocol')
    await clone.git('config', 'remote.origin.url', 'ext::sh -c touch% owned')
    expect((await refusal(sandbox.open(clone))).code).toBe('remote-protocol')
    for (const folder of [clone.dir, process.cwd(), repository.workspaceRoot]) {
      expect(existsSync(join(folder, 'owned'))).toBe(false)
    }
  })

  it('a title of any kind becomes a worktree inside the workspace and a record that can be read', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {main: base} = await repository.fetch()
    const titles = ['../../.git', 'nul \0 and \u202e', 'x'.repeat(10_000), '$(touch owned)', 'MAIN']
    for (const [index, title] of titles.entries()) {
      const issue = index + 1
      const branch = branchName({template: '{agent}/{issue}-{slug}', agent: 'agent001', issue, title})
      const path = join(repository.workspaceRoot, worktreeFolder(issue))
      await repository.ensureWorktree({path, branch, base})
      await repository.claim(claimOf(issue, base, {title, branch}))
    }
    expect((await repository.claims()).map(({record}) => record.title)).toEqual(titles)
    expect(await repository.brokenClaims()).toEqual([])
  })

  it('a linked folder in a worktree is neither followed into a rescue nor deleted through', async () => {
    await using sandbox = await createSandbox({'.gitignore': 'node_modules\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, work} = await startTicket(repository, 1, clone)
    const outside = join(sandbox.path, 'outside')
    await mkdir(outside)
    await writeFile(join(outside, 'precious.txt'), 'precious')
    await symlink(outside, join(path, 'node_modules'))
    await symlink(outside, join(path, 'data'))
    const {oid} = await repository.rescue({worktree: path, reason: 'x'})
    expect(
      (await work.git('ls-tree', '-r', oid)).split('\n').filter(line => /^120000 .*\tdata$/.test(line)),
    ).toHaveLength(1)
    expect(await work.git('ls-tree', '-r', '--name-only', oid)).not.toContain('precious')
    await repository.removeWorktree({path, branch, landed: null})
    expect(await readFile(join(outside, 'precious.txt'), 'utf8')).toBe('precious')
  })

  it('the token goes to its own server only, and into no file', async () => {
    await using forge = await createForge()
    const {repository, clone, github} = forge
    const seen: (string | undefined)[] = []
    const stranger = createServer((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end()
    })
    await new Promise<void>(resolve => stranger.listen(0, '127.0.0.1', resolve))
    try {
      await repository.claim(claimOf(1, forge.base))
      expect(await readFile(join(repository.commonDir, 'config'), 'utf8')).not.toContain(github.token)
      expect(await readFile(join(repository.commonDir, 'config'), 'utf8')).not.toMatch(/authorization/i)

      // The agent leads our server's traffic to another one, by every key that can.
      const {port} = stranger.address() as AddressInfo
      const evil = `http://127.0.0.1:${port}`
      for (const [key, value] of [
        [`url.${evil}/.insteadOf`, `${github.url}/`],
        [`url.${evil}/.pushInsteadOf`, `${github.url}/`],
        ['http.proxy', evil],
        [`http.${github.url}.proxy`, evil],
        [`remote.${repository.remoteUrl}.proxy`, evil],
        [`remote.${repository.remoteUrl}.vcs`, 'ext'],
        ['http.extraHeader', 'X-Evil: 1'],
      ] as const)
        await clone.git('config', key, value)
      await repository.claim(claimOf(2, forge.base))
      await repository.fetch()
      expect(seen).toEqual([])
    } finally {
      await new Promise(resolve => stranger.close(resolve))
    }
  })
})

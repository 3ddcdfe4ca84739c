import {existsSync} from 'node:fs'
import {chmod, mkdir, readFile, symlink, writeFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {neutralise} from '../../src/git/command/hardening.ts'
import {branchName, worktreeFolder} from '../../src/model/data/names.ts'
import {claimOf, createForge, createSandbox, refusal, startTicket} from './setup.ts'

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
    await repository.conflictsWithMain(head)
    const second = join(repository.workspaceRoot, 'issue-2')
    await repository.ensureWorktree({path: second, branch: 'agent002/2-x', base})
    expect(await readFile(join(second, 'a.txt'), 'utf8')).toBe('a\n')
    await repository.orphans(new Set())
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

  it('what the user set for all repositories stays in force', () => {
    const listing = (entries: [scope: string, key: string, value: string][]) =>
      entries.map(([scope, key, value]) => `${scope}\0${key}\n${value}\0`).join('')
    expect(
      neutralise(
        listing([
          ['global', 'filter.lfs.clean', 'git-lfs clean -- %f'],
          ['local', 'filter.lfs.clean', 'evil'],
          ['worktree', 'Merge.My.Driver.driver', 'evil'],
          ['local', 'core.SSHCommand', 'evil'],
          ['local', 'user.name', 'me'],
        ]),
      ),
    ).toEqual(['filter.lfs.clean=git-lfs clean -- %f', 'Merge.My.Driver.driver=false', 'core.SSHCommand=ssh'])
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
    expect(await repository.conflictsWithMain(commit)).toEqual(['a.txt'])
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

      // The agent leads the address of our server to another one.
      const {port} = stranger.address() as AddressInfo
      await clone.git('config', `url.http://127.0.0.1:${port}/.insteadOf`, `${github.url}/`)
      expect((await refusal(repository.claim(claimOf(2, forge.base)))).code).toBe('auth-refused')
      expect(seen.length).toBeGreaterThan(0)
      expect(seen.filter(Boolean)).toEqual([])
    } finally {
      await new Promise(resolve => stranger.close(resolve))
    }
  })
})

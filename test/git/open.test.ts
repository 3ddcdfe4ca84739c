import {appendFile, mkdir, realpath, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createSampleRepository} from '../../fixtures/repos/sample.ts'
import {systemClock} from '../../src/base/clock.ts'
import {listSettings} from '../../src/git/command/own-config.ts'
import {parseRemote} from '../../src/git/command/remote-url.ts'
import {createGitRunner} from '../../src/git/command/run-git.ts'
import {checkVersion, findRemote} from '../../src/git/open.ts'
import {openRepository} from '../../src/git/repository.ts'
import {createSandbox, openOptions, refusal} from './setup.ts'

describe('opening a repository', () => {
  it('finds root, common folder, remote and main branch, from a worktree too', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    await clone.git('worktree', 'add', '--quiet', '-b', 'side', join(sandbox.path, 'side'))
    const repository = await openRepository(openOptions(join(sandbox.path, 'side'), sandbox.env))
    expect(repository).toMatchObject({
      root: await realpath(clone.dir),
      commonDir: join(await realpath(clone.dir), '.git'),
      remoteUrl: sandbox.url,
      mainBranch: 'main',
      slug: null,
    })
  })

  it('finds the checkout of a submodule, from a worktree of it too', async () => {
    await using sandbox = await createSandbox()
    const above = await createSampleRepository({dir: join(sandbox.path, 'above'), home: sandbox.path})
    await above.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', sandbox.url, 'deep/sub')
    const dir = join(await realpath(above.dir), 'deep/sub')
    await above.git('-C', dir, 'worktree', 'add', '--quiet', '-b', 'side', join(sandbox.path, 'side'))
    for (const from of [dir, join(sandbox.path, 'side')]) {
      const repository = await openRepository(openOptions(from, sandbox.env))
      expect(repository).toMatchObject({root: dir, commonDir: join(await realpath(above.dir), '.git/modules/deep/sub')})
    }
  })

  it('finds the checkout of a clone whose git folder is elsewhere, and says so where git cannot tell', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    await clone.git('init', '--quiet', '--separate-git-dir', join(sandbox.path, 'elsewhere'))
    await clone.git('worktree', 'add', '--quiet', '-b', 'side', join(sandbox.path, 'side'))
    const open = (dir: string) => openRepository(openOptions(dir, sandbox.env))
    expect((await open(clone.dir)).root).toBe(await realpath(clone.dir))
    expect((await refusal(open(join(sandbox.path, 'side')))).code).toBe('checkout-elsewhere')
  })

  it('asks the remote for the main branch when the clone does not know it', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    await clone.git('remote', 'set-head', 'origin', '--delete')
    expect((await sandbox.open(clone)).mainBranch).toBe('main')
    await clone.git('remote', 'set-url', 'origin', `${sandbox.url}-gone`)
    expect((await refusal(sandbox.open(clone))).code).toBe('remote-gone')
  })

  it('says what is wrong with a folder', async () => {
    await using sandbox = await createSandbox()
    const open = (dir: string) => refusal(openRepository(openOptions(join(sandbox.path, dir), sandbox.env)))
    expect((await open('nowhere')).code).toBe('not-a-repository')
    await mkdir(join(sandbox.path, 'plain'))
    expect((await open('plain')).code).toBe('not-a-repository')
    expect((await open('remote.git')).code).toBe('bare-repository')
    const alone = await createSampleRepository({dir: join(sandbox.path, 'alone'), home: sandbox.path})
    expect((await open('alone')).code).toBe('no-remote')
    await alone.git('remote', 'add', 'origin', 'ext::sh -c whoami')
    expect((await open('alone')).code).toBe('remote-protocol')
    await alone.git('remote', 'set-url', 'origin', sandbox.url)
    await alone.git('update-ref', '-d', 'HEAD')
    const error = await open('alone')
    expect(error.code).toBe('no-commits')
    expect(error.next).toBeTruthy()
  })

  it('takes the main branch that the clone noted, however the note looks', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const head = await clone.resolve('HEAD')
    const mainBranch = async () => (await sandbox.open(clone)).mainBranch
    // Names that git could also mean: a branch and files.
    await clone.git('update-ref', 'refs/heads/refs/remotes/origin/HEAD', head)
    await mkdir(join(clone.dir, 'refs/remotes/origin'), {recursive: true})
    await writeFile(join(clone.dir, 'refs/remotes/origin/HEAD'), '')
    await writeFile(join(clone.dir, 'HEAD^{commit}'), '')
    expect(await mainBranch()).toBe('main')
    await clone.git('update-ref', '-d', 'refs/heads/refs/remotes/origin/HEAD')
    expect(await mainBranch()).toBe('main')
    await clone.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/not-here')
    expect(await mainBranch()).toBe('not-here')
    // A note that names no branch is none.
    for (const ref of [head, 'ref: refs/heads/main']) {
      await writeFile(join(clone.dir, '.git/refs/remotes/origin/HEAD'), `${ref}\n`)
      expect(await mainBranch()).toBe('main')
    }
    await clone.git('symbolic-ref', 'HEAD', 'refs/heads/none')
    expect((await refusal(sandbox.open(clone))).code).toBe('no-commits')
  })

  it.each([
    '[remote "origin"]\n\turl = https://name:secret@host.example/acme/widget.git\n',
    '[remote "origin"]\n\turl = /one\n\tpushurl = /two\n',
    '[remote "origin"]\n\turl = "/one\\nremote.origin.pushurl\\n/two"\n',
    '[remote "origin"]\n\turl = short:acme/widget\n[url "https://host.example/"]\n\tinsteadOf = short:\n',
    '[remote "origin"]\n\turl = /one\n[url "/two"]\n\tpushInsteadOf = /one\n',
    '[remote "origin"]\n\turl = /one\n\turl = /two\n',
    '[remote "origin"]\n\turl = /one\n\tpushurl = /two\n\tpushurl = /three\n',
    '[Remote "origin"]\n\tURL = ./one\n[remote "Origin"]\n\turl = ./two\n',
    '[remote "origin"]\n\turl\n',
    '[remote "origin"]\n\turl =\n',
    '[remote "origin"]\n\turl = somewhere\n',
    '[remote "origin"]\n\turl = ext::sh -c whoami\n',
    '[remote "origin"]\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n',
    '[include]\n\tpath = more\n',
  ])('finds the addresses that git uses with the configuration %j', async config => {
    await using sandbox = await createSandbox()
    const {dir} = await createSampleRepository({dir: join(sandbox.path, 'shop'), home: sandbox.path})
    await appendFile(join(dir, '.git/config'), config)
    await writeFile(join(dir, '.git/more'), '[remote "origin"]\n\turl = /included\n')
    await mkdir(join(dir, '.git/remotes'))
    await writeFile(join(dir, '.git/remotes/origin'), 'URL: /from/an/old/file\n')
    const runner = createGitRunner({dir, env: sandbox.env, token: async () => null, now: () => systemClock.now()})
    const found = async () => findRemote(runner, {dir, name: 'origin', settings: await listSettings(runner)})
    const said = async () =>
      parseRemote(
        (await runner.text(['remote', 'get-url', 'origin'])).replace(/\n$/, ''),
        (await runner.text(['remote', 'get-url', '--push', 'origin'])).replace(/\n$/, ''),
      )
    const answer = (of: () => Promise<unknown>) => of().catch(error => error.code)
    expect(await answer(found)).toEqual(await answer(said))
  })

  it.each([
    ['HEAD', 'nothing that git knows\n'],
    ['config', '[core\n'],
  ])('says that git cannot work with a broken %s', async (file, text) => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    await rm(join(clone.dir, '.git', file))
    await writeFile(join(clone.dir, '.git', file), text)
    expect((await refusal(sandbox.open(clone))).code).toBe('not-a-repository')
  })

  it('says that git is missing or too old', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const without = openRepository({...openOptions(clone.dir, sandbox.env), env: {PATH: sandbox.path}})
    expect((await refusal(without)).code).toBe('git-missing')
    for (const old of ['git version 2.37.9', 'git version 1.9.1']) {
      expect(() => checkVersion(old)).toThrow(expect.objectContaining({code: 'git-too-old'}))
    }
    for (const good of ['git version 2.38.0', 'git version 2.50.1 (Apple Git-155)', 'git version 3.0.rc1']) {
      expect(() => checkVersion(good)).not.toThrow()
    }
  })

  it('an answer without the main branch that was there is asked for again', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {main} = await repository.fetch()
    await sandbox.remote('update-ref', '-d', 'refs/heads/main')
    const error = await refusal(repository.fetch())
    expect(error).toMatchObject({code: 'remote-unreachable', message: expect.stringContaining(main.slice(0, 7))})
    await sandbox.remote('update-ref', 'refs/heads/main', main)
    expect(await repository.fetch()).toEqual({main, rewrite: null})
  })

  it('a branch that takes the name of a deleted one is fetched, and the commits of the deleted one are kept', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {main} = await repository.fetch()
    const lost = await clone.git('commit-tree', '-p', main, '-m', 'Lost', `${main}^{tree}`)
    await clone.git('push', '--quiet', sandbox.url, `${lost}:refs/heads/one`)
    await sandbox.remote('update-ref', 'refs/heads/two/deep', main)
    await repository.fetch()
    await sandbox.remote('update-ref', '-d', 'refs/heads/one')
    await sandbox.remote('update-ref', '-d', 'refs/heads/two/deep')
    await sandbox.remote('update-ref', 'refs/heads/one/deep', main)
    await sandbox.remote('update-ref', 'refs/heads/two', main)
    expect(await repository.fetch()).toEqual({main, rewrite: null})
    expect([...(await repository.remoteBranches()).keys()].sort()).toEqual(['one/deep', 'two'])
    expect(await clone.git('for-each-ref', '--contains', lost)).toContain('refs/clambake/rescue/one/')
  })

  it('a remote that goes away later is named in the error, and so is one that is empty', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await sandbox.remote('update-ref', '-d', 'refs/heads/main')
    await sandbox.remote('update-ref', '-d', 'refs/remotes/origin/main')
    await clone.git('update-ref', '-d', 'refs/remotes/origin/main')
    expect((await refusal(repository.fetch())).code).toBe('no-commits')
    await clone.git('remote', 'set-url', 'origin', 'file:///nowhere/at/all')
    const gone = await sandbox.open(clone, {mainBranch: 'main'})
    const error = await refusal(gone.claims())
    expect(error.code).toBe('remote-gone')
    expect(error.message).toContain('file:///nowhere/at/all')
  })
})

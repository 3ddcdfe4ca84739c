import {execFileSync} from 'node:child_process'
import {mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {dirname, join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {silentLog} from '../../src/base/log.ts'
import {removeObstacles} from '../../src/git/command/obstacles.ts'
import {createSandbox, startTicket} from './setup.ts'

function pipe(path: string): void {
  mkdirSync(dirname(path), {recursive: true})
  execFileSync('mkfifo', [path])
}

/** What an agent can put into the clone's git folder so that git waits, or reads for ever. */
const OBSTACLES: Readonly<Record<string, (commonDir: string) => void>> = {
  'a pipe among refs': commonDir => pipe(join(commonDir, 'refs/heads/agent001/pipe')),
  'a pipe in the place of an index of packs': commonDir => pipe(join(commonDir, 'objects/pack/multi-pack-index')),
  'links of refs in circles': commonDir => {
    for (const name of ['a', 'b']) symlinkSync('.', join(commonDir, 'refs/heads', name))
  },
}

describe.concurrent('in the way of git', () => {
  it.each(Object.entries(OBSTACLES))('%s holds no fetch up for long', {timeout: 60_000}, async (_, make) => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const said: unknown[] = []
    const log = {...silentLog, warn: (_: string, fields: unknown) => void said.push(fields)}
    const repository = await sandbox.open(clone, {log})
    const {path, claim, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('b.txt', 'b\n')
    make(repository.commonDir)
    await repository.fetch()
    expect(said).toContainEqual({path: expect.stringContaining(repository.commonDir), what: expect.any(String)})
    // What git waited for is gone.
    const begun = performance.now()
    expect((await repository.pushWork({worktree: path, claim, head, patch: {}})).record.head).toBe(head)
    expect(performance.now() - begun).toBeLessThan(60_000)
  })

  it('a worktree whose HEAD names a commit that is not here stops no other ticket', {timeout: 60_000}, async () => {
    await using sandbox = await createSandbox({'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const bad = await startTicket(repository, 1, clone)
    const good = await startTicket(repository, 2, clone)
    const gitDir = await bad.work.git('rev-parse', '--absolute-git-dir')
    writeFileSync(join(gitDir, 'HEAD'), `${'12'.repeat(20)}\n`)
    await clone.git('commit', '--quiet', '--allow-empty', '-m', 'New')
    await clone.git('push', '--quiet', 'origin', 'main')
    const head = await good.work.commitFile('b.txt', 'b\n')
    await good.work.git('commit', '--quiet', '--amend', '-m', 'Amended')
    expect((await repository.fetch()).main).toBe(await clone.resolve('HEAD'))
    await repository.rescue({worktree: good.path, reason: 'to see'})
    await repository.pushWork({
      worktree: good.path,
      claim: good.claim,
      head: await good.work.resolve('HEAD'),
      patch: {},
    })
    expect(head).not.toBe('')
    await repository.orphans({dead: new Set(), all: true})
    await repository.leftovers()
  })
})

describe('what is removed from the way of git', () => {
  it('is what no git writes there, and nothing that a person may have made', async () => {
    await using folder = temporaryFolder()
    const at = (name: string) => {
      const path = join(folder.path, name)
      mkdirSync(dirname(path), {recursive: true})
      return path
    }
    for (const name of ['HEAD', 'worktrees/one/index', 'refs/heads/a/pipe', 'logs/HEAD', 'objects/12/34'])
      pipe(at(name))
    await using sockets = new AsyncDisposableStack()
    for (const name of ['fsmonitor--daemon.ipc', 'refs/heads/socket'])
      await new Promise<void>(done => sockets.use(createServer()).listen(at(name), done))
    symlinkSync('/dev/zero', at('refs/heads/zero'))
    symlinkSync('/usr', at('worktrees/one/refs/usr'))
    symlinkSync('/dev/zero', at('objects/pack/pack-1.idx'))
    writeFileSync(at('refs/heads/long'), '')
    truncateSync(at('refs/heads/long'), 1024 * 1024)
    symlinkSync('refs/heads/main', at('refs/remotes/origin/HEAD'))
    symlinkSync('/elsewhere', at('objects/ab'))
    writeFileSync(at('refs/heads/main'), `${'12'.repeat(20)}\n`)
    writeFileSync(at('packed-refs'), '# pack-refs\n'.repeat(10_000))

    const found = await removeObstacles(folder.path)
    expect(Object.fromEntries(found.map(({path, what}) => [path.slice(folder.path.length + 1), what]))).toEqual({
      HEAD: 'a pipe',
      'worktrees/one/index': 'a pipe',
      'worktrees/one/refs/usr': 'a link to /usr',
      'refs/heads/a/pipe': 'a pipe',
      'refs/heads/socket': 'a socket',
      'refs/heads/zero': 'a link to /dev/zero',
      'refs/heads/long': 'a file too long for a ref',
      'logs/HEAD': 'a pipe',
      'objects/12/34': 'a pipe',
      'objects/pack/pack-1.idx': 'a link to /dev/zero',
    })
    const left = readdirSync(folder.path, {recursive: true, withFileTypes: true}).filter(entry => !entry.isDirectory())
    expect(left.map(({parentPath, name}) => join(parentPath, name).slice(folder.path.length + 1)).sort()).toEqual([
      'fsmonitor--daemon.ipc',
      'objects/ab',
      'packed-refs',
      'refs/heads/long.lock',
      'refs/heads/main',
      'refs/remotes/origin/HEAD',
    ])
    expect(await removeObstacles(folder.path)).toEqual([])
  })
})

import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createSampleRepository} from '../../fixtures/repos/sample.ts'
import {agentIn, createSandbox, startTicket} from './setup.ts'

async function setUp() {
  const sandbox = await createSandbox()
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const ticket = await startTicket(repository, 1, clone)
  const library = await createSampleRepository({dir: join(sandbox.path, 'library'), home: clone.env.HOME!})
  await ticket.work.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.dir, 'lib')
  await ticket.work.commit({message: 'Add the library', files: {}})
  const lib = agentIn(join(ticket.path, 'lib'), clone)
  await lib.git('config', 'user.name', 'Agent')
  await lib.git('config', 'user.email', 'agent@example.test')
  const loose = async () => (await repository.inspect(ticket.path)).loosePointers
  return {...ticket, clone, lib, library, loose, [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose]()}
}

describe('a pointer to a commit of another repository', () => {
  it('is fine when the submodule’s remote has the commit', async () => {
    await using at = await setUp()
    expect(await at.loose()).toEqual([])
  })

  it('is loose when only the worktree has the commit, until its remote has it', async () => {
    await using at = await setUp()
    const fix = await at.lib.commitFile('fix.txt', 'fix\n')
    await at.work.commit({message: 'Use the fix', files: {}})
    expect(await at.loose()).toEqual([{path: 'lib', problem: expect.stringContaining(fix.slice(0, 7))}])
    await at.lib.git('push', '--quiet', 'origin', 'HEAD:refs/heads/fix')
    expect(await at.loose()).toEqual([])
  })

  it('is loose when the submodule is not checked out, since nothing is known of its commit', async () => {
    await using at = await setUp()
    const commit = '1234567890123456789012345678901234567890'
    await at.work.git('update-index', '--cacheinfo', `160000,${commit},lib`)
    await at.work.git('commit', '--quiet', '--message=Point elsewhere')
    await rm(join(at.path, 'lib'), {recursive: true})
    expect(await at.loose()).toEqual([{path: 'lib', problem: expect.stringContaining('1234567')}])
  })

  it('is seen though .gitmodules tells git to ignore it, and a bundle carries it', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const pointTo = async (commit: string, at = clone) => {
      await at.git('update-index', '--add', '--cacheinfo', `160000,${commit},lib`)
      await at.git('commit', '--quiet', '--message=Point')
      return at.resolve('HEAD')
    }
    await clone.commitFile('.gitmodules', '[submodule "lib"]\n\tpath = lib\n\turl = ./lib\n\tignore = all\n')
    await pointTo('1'.repeat(40))
    await clone.git('push', '--quiet', 'origin', 'main')
    const repository = await sandbox.open(clone)
    const {path, branch, claim, work} = await startTicket(repository, 1, clone)
    const head = await pointTo('2'.repeat(40), work)
    await repository.pushWork({worktree: path, claim, head, patch: {}})

    expect((await repository.inspect(path)).loosePointers).toMatchObject([{path: 'lib'}])
    expect((await repository.gateFacts({head, conflicts: false, fresh: true})).changes).toMatchObject([{path: 'lib'}])
    expect(await repository.changedPaths({branch, worktree: null})).toEqual(['lib'])
    const works = [{ticket: 1, title: 'Point', branch, head}]
    const built = await repository.buildBundle({works, attempt: 0})
    expect(built).toMatchObject({state: 'built', empty: []})
    if (built.state === 'built') {
      expect(await clone.git('rev-parse', `${built.commits[0]!.commit}:lib`)).toBe('2'.repeat(40))
    }
  })

  it('is loose when .gitmodules does not name its folder', async () => {
    await using at = await setUp()
    const app = agentIn(join(at.path, 'app'), at.clone)
    await at.work.git('init', '--quiet', 'app')
    await app.git(
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@example.test',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'App',
    )
    await at.work.commit({message: 'Scaffold', files: {}})
    expect(await at.loose()).toEqual([{path: 'app', problem: expect.stringContaining('.gitmodules does not name it')}])
  })
})

import {appendFile, mkdir, realpath, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createSampleRepository} from '../../fixtures/repos/sample.ts'
import {run} from '../../src/base/run.ts'
import {askGit} from '../../src/git/command/ask-git.ts'
import {findPlace, plainCheckout} from '../../src/git/place.ts'
import {createSandbox, refusal} from './setup.ts'

describe('the place of a repository', () => {
  it('is seen in the folders of a plain checkout as git finds it', async () => {
    await using sandbox = await createSandbox()
    const {dir} = await sandbox.clone()
    const root = await realpath(dir)
    await mkdir(join(root, 'a/b'), {recursive: true})
    for (const folder of [root, join(root, 'a'), join(root, 'a/b')]) {
      expect(plainCheckout(folder)).toEqual({root, commonDir: join(root, '.git')})
      expect(await askGit(folder, sandbox.env)).toEqual(plainCheckout(folder))
    }
    // Without git on the path it is found all the same.
    expect(await findPlace({dir, env: {PATH: sandbox.path}})).toEqual(plainCheckout(root))
  })

  it('is a checkout also while an agent has set core.bare, which is told and how it is put back', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const root = await realpath(clone.dir)
    const repository = await sandbox.open(clone)
    expect(await repository.cloneChanged()).toBeNull()
    await clone.git('config', 'core.bare', 'true')
    await clone.git('config', 'user.name', 'agent007')
    expect(await findPlace({dir: root, env: sandbox.env})).toEqual({root, commonDir: join(root, '.git')})
    expect(await repository.cloneChanged()).toMatchObject({
      code: 'clone-changed',
      message: expect.stringMatching(/core\.bare is "true", and was "false"; user\.name is "agent007", and was/),
    })
    // A daemon that starts now tells of it, too, and puts nothing in the way of work.
    const later = await sandbox.open(clone)
    expect((await later.cloneChanged())?.message).toMatch(/core\.bare is "true"/)
    await clone.git('--git-dir', join(root, '.git'), 'config', 'core.bare', 'false')
    expect(await later.cloneChanged()).toBeNull()
  })

  it('tells that a configuration includes another, which it does not read', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await writeFile(join(clone.dir, '.git/more'), '[user]\n\tname = agent007\n')
    await clone.git('config', 'include.path', 'more')
    const message = (await repository.cloneChanged())?.message
    expect(message).toMatch(/: include\.path is "more", and was not set$/)
  })

  it('is left to git where there is more to it', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const root = await realpath(clone.dir)
    const place = {root, commonDir: join(root, '.git')}
    const asked = async (dir: string) => {
      const real = await realpath(dir)
      expect(plainCheckout(real)).toBeNull()
      const found = await findPlace({dir, env: sandbox.env})
      expect(found).toEqual(await askGit(real, sandbox.env))
      return found
    }
    await clone.git('worktree', 'add', '--quiet', '-b', 'side', join(sandbox.path, 'side'))
    expect(await asked(join(sandbox.path, 'side'))).toEqual(place)
    expect(await asked(join(root, '.git'))).toEqual(place)
    await clone.git('init', '--quiet', '--bare', join(root, 'bare.git'))
    expect((await refusal(findPlace({dir: join(root, 'bare.git'), env: sandbox.env}))).code).toBe('bare-repository')
    await clone.git(
      'init',
      '--quiet',
      '--separate-git-dir',
      join(sandbox.path, 'apart'),
      join(sandbox.path, 'separate'),
    )
    expect((await asked(join(sandbox.path, 'separate'))).commonDir).toBe(await realpath(join(sandbox.path, 'apart')))
    await symlink(join(sandbox.path, 'apart'), join(sandbox.path, 'linked'))
    await mkdir(join(sandbox.path, 'by-link'))
    await symlink(join(sandbox.path, 'apart'), join(sandbox.path, 'by-link/.git'))
    expect(plainCheckout(await realpath(join(sandbox.path, 'by-link')))).toBeNull()
  })

  it.each([
    '[core]\n\tworktree = ../elsewhere\n',
    '[core]\n\tbare = true\n',
    '[core] bare\n',
    '[include]\n\tpath = ../more\n',
    '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tworktreeConfig = true\n',
  ])('is left to git with the configuration %j', async config => {
    await using sandbox = await createSandbox()
    const {dir} = await createSampleRepository({dir: join(sandbox.path, 'shop'), home: sandbox.path})
    expect(plainCheckout(await realpath(dir))).not.toBeNull()
    await appendFile(join(dir, '.git/config'), config)
    expect(plainCheckout(await realpath(dir))).toBeNull()
  })

  it('is left to git with a HEAD that is no plain file or names no ref', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const root = await realpath(clone.dir)
    const head = join(root, '.git/HEAD')
    await writeFile(head, `${await clone.resolve('HEAD')}\n`)
    expect(plainCheckout(root)).not.toBeNull()
    await writeFile(head, 'nothing that git knows\n')
    expect(plainCheckout(root)).toBeNull()
    await rm(head)
    await run('mkfifo', {args: [head], env: sandbox.env})
    expect(plainCheckout(root)).toBeNull()
    await rm(head)
    await symlink('refs/heads/main', head)
    expect(plainCheckout(root)).toBeNull()
  })

  it('is none where there is no repository', async () => {
    await using sandbox = await createSandbox()
    await mkdir(join(sandbox.path, 'empty'))
    const nowhere = findPlace({dir: join(sandbox.path, 'empty'), env: sandbox.env})
    expect((await refusal(nowhere)).code).toBe('not-a-repository')
    const {dir} = await createSampleRepository({dir: join(sandbox.path, 'broken'), home: sandbox.path})
    await rm(join(dir, '.git/HEAD'))
    expect(plainCheckout(await realpath(dir))).toBeNull()
  })
})

import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {OpenOptions} from '../../src/git/repository.ts'
import {claimOf, createSandbox, refusal, type Sandbox} from './setup.ts'

const NOTICED = {kind: 'tree', reason: '#5 landed with other files', from: 'a'.repeat(40), to: 'b'.repeat(40)} as const

/** A clone that has seen two commits of main, of which a forced push then takes one. */
async function rewritten(sandbox: Sandbox, options: Partial<OpenOptions> = {}) {
  const clone = await sandbox.clone()
  const head = await clone.commitFile('x', 'x')
  await clone.git('push', '--quiet', 'origin', 'main')
  const repository = await sandbox.open(clone, options)
  await repository.fetch()
  await clone.git('switch', '--quiet', '-c', 'elsewhere', 'HEAD~1')
  const to = await clone.commitFile('y', 'y')
  await clone.git('push', '--quiet', '--force', 'origin', 'HEAD:main')
  return {clone, repository, rewrite: {from: head, to}}
}

describe('a forced push to main', () => {
  it('is told by every fetch until landing is halted for it, and its old tip outlives a gc', async () => {
    await using sandbox = await createSandbox()
    const {clone, repository, rewrite} = await rewritten(sandbox)
    expect((await repository.fetch()).rewrite).toEqual(rewrite)
    expect((await repository.fetch()).rewrite).toEqual(rewrite)
    // Killed before it was written: the next daemon notices it too.
    const next = await sandbox.open(clone)
    expect(await next.fetch()).toEqual({main: rewrite.to, rewrite})
    await next.haltLanding({kind: 'rewrite', reason: 'main was force-pushed', ...rewrite})
    expect((await next.fetch()).rewrite).toBeNull()
    expect((await repository.fetch()).rewrite).toBeNull()
    await clone.git('branch', '-D', 'main')
    await clone.git('reflog', 'expire', '--expire=now', '--all')
    await clone.git('gc', '--quiet', '--prune=now')
    expect(await clone.git('for-each-ref', '--format=%(objectname)', 'refs/clambake/rescue/main')).toBe(rewrite.from)
  })

  it('is noticed when no daemon ran and a person fetched it first', async () => {
    await using sandbox = await createSandbox()
    const {clone, rewrite} = await rewritten(sandbox)
    await clone.git('fetch', '--quiet', 'origin')
    expect((await (await sandbox.open(clone)).fetch()).rewrite).toEqual(rewrite)
  })

  it('is noticed when an agent moved our ref while no daemon ran', async () => {
    await using sandbox = await createSandbox()
    const state = join(sandbox.path, 'state')
    const {clone, rewrite} = await rewritten(sandbox, {state})
    await clone.git('fetch', '--quiet', 'origin')
    await clone.git('update-ref', 'refs/clambake/last-main/main', rewrite.to)
    await clone.git('update-ref', 'refs/remotes/origin/main', rewrite.to)
    expect((await (await sandbox.open(clone, {state})).fetch()).rewrite).toEqual(rewrite)
  })

  it('that only adds commits is none, and the next daemon continues from there', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    expect((await (await sandbox.open(clone)).fetch()).rewrite).toBeNull()
    await clone.commitFile('x', 'x')
    await clone.git('push', '--quiet', 'origin', 'main')
    expect((await (await sandbox.open(clone)).fetch()).rewrite).toBeNull()
  })

  it('that a person has answered is not asked about again in a clone that notices it later', async () => {
    await using sandbox = await createSandbox()
    const late = await sandbox.clone()
    await (await sandbox.open(late)).fetch()
    const {repository, rewrite} = await rewritten(sandbox)
    const other = await sandbox.open(late, {owner: 'second'})
    await repository.fetch()
    await repository.haltLanding({kind: 'rewrite', reason: 'main was force-pushed', ...rewrite})
    expect((await other.fetch()).rewrite).toBeNull()
    await repository.liftHalt((await repository.halt())!, 'ada')
    expect((await other.fetch()).rewrite).toBeNull()
    // Another one is.
    await sandbox.remote('update-ref', 'refs/heads/main', `${rewrite.to}~1`)
    expect((await other.fetch()).rewrite).toMatchObject({from: rewrite.to})
  })
})

describe('a halt of landing', () => {
  it('by a person may come again after it was lifted', async () => {
    await using sandbox = await createSandbox()
    const repository = await sandbox.open(await sandbox.clone())
    const pause = {kind: 'pause', reason: 'paused by ada', from: null, to: null} as const
    for (const _ of [1, 2]) {
      await repository.haltLanding(pause)
      await repository.haltLanding(pause)
      const halt = await repository.halt({fresh: true})
      expect(halt?.causes).toMatchObject([{kind: 'pause', reason: 'paused by ada', lifted: null}])
      await repository.liftHalt(halt!, 'grace')
      expect(await repository.halt({fresh: true})).toBeNull()
    }
  })

  it('is seen by every clone until it is lifted, and is not raised again for the same event', async () => {
    await using sandbox = await createSandbox()
    const one = await sandbox.open(await sandbox.clone())
    const two = await sandbox.open(await sandbox.clone(), {owner: 'second'})
    expect(await two.halt({fresh: true})).toBeNull()
    await Promise.all([one.haltLanding(NOTICED), two.haltLanding(NOTICED)])
    expect((await one.halt({fresh: true}))?.causes).toMatchObject([{...NOTICED, lifted: null}])
    await two.claims()
    expect(await two.halt(), 'with the claims').toEqual(await one.halt())
    await two.liftHalt((await two.halt())!, 'ada')
    expect(await two.halt()).toBeNull()
    expect(await one.halt({fresh: true})).toBeNull()
    await one.haltLanding(NOTICED)
    expect(await one.halt({fresh: true})).toBeNull()
    expect(await sandbox.remoteRefs('refs/clambake/halt')).toHaveLength(1)
  })

  it('is lifted for the reasons that the person was shown only', async () => {
    await using sandbox = await createSandbox()
    const repository = await sandbox.open(await sandbox.clone())
    await repository.haltLanding(NOTICED)
    const shown = (await repository.halt())!
    await repository.haltLanding({...NOTICED, reason: '#6 landed with other files', to: 'c'.repeat(40)})
    const error = await refusal(repository.liftHalt(shown, 'ada'))
    expect(error).toMatchObject({code: 'halt-moved', message: expect.stringContaining('#6 landed')})
    expect((await repository.halt({fresh: true}))?.causes).toHaveLength(2)
    await repository.liftHalt((await repository.halt())!, 'ada')
    expect(await repository.halt()).toBeNull()
  })

  it('that was noticed and not written yet is lifted for good too', async () => {
    await using sandbox = await createSandbox()
    const repository = await sandbox.open(await sandbox.clone())
    await repository.liftHalt({oid: null, causes: [{...NOTICED, at: '', by: 'me', lifted: null}]}, 'ada')
    await repository.haltLanding(NOTICED)
    expect(await repository.halt({fresh: true})).toBeNull()
  })

  it('stands while its record cannot be read', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await repository.claim(claimOf(1, await clone.resolve('HEAD')))
    await sandbox.remote('update-ref', 'refs/clambake/halt', 'main')
    const halt = (await repository.halt({fresh: true}))!
    expect(halt.causes).toMatchObject([{kind: 'unreadable', reason: expect.stringContaining('cannot be read')}])
    await repository.liftHalt(halt, 'ada')
    expect(await repository.halt({fresh: true})).toBeNull()
  })
})

import {describe, expect, it} from 'vitest'
import {openRepository} from '../../src/git/repository.ts'
import {isLeaseExpired, observeLease} from '../../src/model/data/lease.ts'
import {createForge, createSandbox, refusal} from './setup.ts'

const owner = (name: string, beat: number) => ({owner: name, host: 'testhost', pid: 1, beat, startedAt: ''})

describe('owners', () => {
  it('renew their own ref, after a restart too', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await repository.renewOwner(owner('one', 1))
    const [first] = await repository.owners()
    await repository.renewOwner(owner('one', 2))
    await repository.renewOwner(owner('two.b', 1))
    const [second] = await repository.owners()
    expect(second).toMatchObject({record: {owner: 'one', beat: 2}})
    expect(second!.oid).not.toBe(first!.oid)
    const restarted = await sandbox.open(clone)
    await restarted.renewOwner(owner('one', 1))
    const error = await refusal(repository.renewOwner(owner('one', 3)))
    expect(error).toMatchObject({code: 'owner-taken', next: expect.any(String)})
  })

  it('renew it after a renewal whose answer and whose look got lost, and not what another daemon wrote', async () => {
    await using at = await createForge()
    const {repository} = at
    const loseNext = () => {
      at.github.fault({kind: 'drop-reply', match: {method: 'POST', path: /git-receive-pack$/}})
      at.github.fault({kind: 'status', status: 503, match: {method: 'POST', path: /git-upload-pack$/}})
    }
    await repository.renewOwner(owner('one', 1))
    loseNext()
    expect((await refusal(repository.renewOwner(owner('one', 2)))).code).toBe('remote-unreachable')
    expect(at.github.unmetFaults()).toEqual([])
    await repository.renewOwner(owner('one', 3))
    expect(await repository.owners()).toMatchObject([{record: {beat: 3}}])
    loseNext()
    expect((await refusal(repository.renewOwner(owner('one', 4)))).code).toBe('remote-unreachable')
    await (await openRepository(at.options)).renewOwner(owner('one', 9))
    expect((await refusal(repository.renewOwner(owner('one', 5)))).code).toBe('owner-taken')
  })

  it('come back when their ref was deleted from outside, and have safe names', async () => {
    await using sandbox = await createSandbox()
    const repository = await sandbox.open(await sandbox.clone())
    await repository.renewOwner(owner('one', 1))
    await sandbox.remote('update-ref', '-d', 'refs/clambake/owners/one')
    await repository.renewOwner(owner('one', 2))
    expect(await repository.owners()).toHaveLength(1)
    for (const bad of ['', '../x', 'a..b', 'a.lock', '-a', 'a b', 'a/b', 'a.']) {
      expect((await refusal(repository.renewOwner(owner(bad, 1)))).code).toBe('bad-owner')
    }
  })
})

describe('the landing lock', () => {
  it('has one holder at a time, also within a process', async () => {
    await using sandbox = await createSandbox()
    const [one, two] = [await sandbox.open(await sandbox.clone()), await sandbox.open(await sandbox.clone())]
    const locks = await Promise.all([
      one.acquireLanding('one'),
      two.acquireLanding('two'),
      one.acquireLanding('one'),
      two.acquireLanding('two'),
    ])
    const held = locks.filter(lock => lock !== null)
    expect(held).toHaveLength(1)
    const lock = held[0]!
    expect(await two.landingHolder()).toEqual({oid: lock.oid, owner: lock.owner, ref: 'refs/clambake/landing'})
    await (lock.owner === 'one' ? one : two).releaseLanding(lock)
    expect(await one.landingHolder()).toBeNull()
    expect(await two.acquireLanding('two')).toMatchObject({owner: 'two'})
  })

  it('left over from before a restart is taken by the same owner, from others only when their lease ran out', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const killed = await sandbox.open(clone)
    await killed.renewOwner(owner('one', 1))
    const old = (await killed.acquireLanding('one'))!
    const other = await sandbox.open(await sandbox.clone())
    expect(await other.acquireLanding('two')).toBeNull()

    const leaseMs = 60_000
    const seen = async () => (await other.owners()).find(({record}) => record.owner === 'one')?.oid ?? null
    const first = observeLease(undefined, {oid: await seen(), at: 0})
    const later = observeLease(first, {oid: await seen(), at: leaseMs})
    expect([isLeaseExpired(first, leaseMs), isLeaseExpired(later, leaseMs)]).toEqual([false, true])
    expect(await other.acquireLanding('two', new Set(['three']))).toBeNull()
    const taken = await other.acquireLanding('two', new Set(['one']))
    expect(taken).toMatchObject({owner: 'two'})
    expect(await other.acquireLanding('two', new Set(['one']))).toBeNull()
    expect((await refusal(killed.releaseLanding(old))).code).toBe('landing-lost')

    const restarted = await sandbox.open(clone, {owner: 'two'})
    const again = await restarted.acquireLanding('two')
    expect(again?.oid).not.toBe(taken?.oid)
    expect(await restarted.landingHolder()).toMatchObject({oid: again?.oid, owner: 'two'})
  })
})

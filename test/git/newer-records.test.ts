import {describe, expect, it} from 'vitest'
import {claimOf, createSandbox, refusal, type Sandbox} from './setup.ts'

const PERSON = ['-c', 'user.name=newer', '-c', 'user.email=newer@example.test']

/** Puts a record on the remote as a newer Clambake would write it. */
async function writeNewer(sandbox: Sandbox, name: string, record: object): Promise<string> {
  const tree = await sandbox.remote('hash-object', '-t', 'tree', '-w', '/dev/null')
  const oid = await sandbox.remote(...PERSON, 'commit-tree', '-m', 'by a newer one', '-m', JSON.stringify(record), tree)
  await sandbox.remote('update-ref', `refs/clambake/${name}`, oid)
  return oid
}

async function recordAt(sandbox: Sandbox, name: string): Promise<Record<string, unknown>> {
  return JSON.parse((await sandbox.remote('log', '-1', '--format=%b', `refs/clambake/${name}`)).trim())
}

const FULL = {version: 1, fence: 4, nonce: 'a1b2c3d4e5f6'}

describe('records of a newer version', () => {
  it('keep what this one does not know when a claim is moved', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const base = await clone.resolve('HEAD')
    await writeNewer(sandbox, 'claims/issue-3', {
      ...claimOf(3, base),
      ...FULL,
      heldFor: 'the security team',
      terms: {requireReviews: 2, requireSignOff: true},
      bundle: {branch: 'bundle/x', base, tip: null, pull: null, lane: 'fast'},
    })
    const [claim] = await repository.claims()
    await repository.bumpClaim(claim!, {phase: 'review'})
    expect(await recordAt(sandbox, 'claims/issue-3')).toMatchObject({
      fence: 5,
      phase: 'review',
      heldFor: 'the security team',
      terms: {requireReviews: 2, requireSignOff: true},
      bundle: {branch: 'bundle/x', lane: 'fast'},
    })
  })

  it('hold an issue by a claim that cannot be read, and its branch is nobody else’s', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const base = await clone.resolve('HEAD')
    await clone.git('switch', '--quiet', '-c', 'agent001/5-work')
    await clone.commitFile('five', 'five')
    await clone.git('push', '--quiet', 'origin', 'HEAD')
    await clone.git('switch', '--quiet', 'main')
    const record = {
      ...claimOf(5, base),
      ...FULL,
      version: 2,
      branch: 'agent001/5-work',
      owner: 'studio-1',
      host: 'studio',
    }
    const oid = await writeNewer(sandbox, 'claims/issue-5', record)
    const [claim] = await repository.claims()
    expect(claim).toMatchObject({oid, record: {issue: 5, host: 'studio', branch: 'agent001/5-work'}})
    expect(claim!.unreadable).toContain('a newer clambake wrote it, in version 2 of the format; this one reads 1')
    // No lease names this owner, so no one takes it for dead or for this daemon.
    expect(claim!.record.owner).toBe('?')
    for (const change of [
      () => repository.bumpClaim(claim!, {owner: 'tester'}),
      () => repository.releaseClaim(claim!),
    ]) {
      expect(await refusal(change())).toMatchObject({code: 'claim-unreadable', next: expect.stringContaining('update')})
    }
    expect((await refusal(repository.claim(claimOf(5, base)))).next).toContain('update')
    expect(await sandbox.remote('rev-parse', 'refs/clambake/claims/issue-5')).toBe(oid)
    await repository.fetch()
    const orphans = await repository.orphans({dead: new Set()})
    expect(orphans.map(({kind, name}) => [kind, name])).toEqual([['claim', 'refs/clambake/claims/issue-5']])
  })

  it('are a lost claim to who held it before', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const outcome = await repository.claim(claimOf(6, await clone.resolve('HEAD')))
    if (!outcome.won) throw new Error('not won')
    await writeNewer(sandbox, 'claims/issue-6', {...outcome.claim.record, version: 2, owner: 'studio-1', fence: 2})
    const error = await refusal(repository.bumpClaim(outcome.claim, {phase: 'review'}))
    expect(error).toMatchObject({code: 'claim-lost', message: expect.stringContaining('newer clambake')})
  })

  it('are a lease of a living daemon while they change', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await repository.claim(claimOf(7, await clone.resolve('HEAD'), {owner: 'studio-1'}))
    const oid = await writeNewer(sandbox, 'owners/studio-1', {version: 2, leaseMs: 60_000, clocks: []})
    expect(await repository.owners()).toEqual([{oid, record: {owner: 'studio-1', leaseMs: 60_000}}])
    expect(await repository.orphans({dead: new Set()})).toEqual([])
    // One whose length cannot be read is no shorter than any.
    await writeNewer(sandbox, 'owners/studio-1', {version: 2})
    expect((await repository.owners())[0]?.record.leaseMs).toBeGreaterThanOrEqual(24 * 3600_000)
  })

  it('keep a halt of an unknown kind, with all that it says', async () => {
    await using sandbox = await createSandbox()
    const repository = await sandbox.open(await sandbox.clone())
    const cause = {kind: 'freeze', reason: 'a release is being cut', from: null, to: null, at: '', by: 'studio-1'}
    const record = {
      version: 1,
      nonce: 'a1b2c3d4e5f6',
      until: 'tomorrow',
      causes: [{...cause, lifted: null, team: 'ops'}],
    }
    await writeNewer(sandbox, 'halt', record)
    expect((await repository.halt({fresh: true}))?.causes).toMatchObject([{kind: 'freeze', reason: cause.reason}])
    await repository.haltLanding({kind: 'pause', reason: 'paused by ada', from: null, to: null})
    expect(await recordAt(sandbox, 'halt')).toMatchObject({
      until: 'tomorrow',
      causes: [{kind: 'freeze', team: 'ops', lifted: null}, {kind: 'pause'}],
    })
    await repository.liftHalt((await repository.halt())!, 'ada')
    expect(await repository.halt()).toBeNull()
  })

  it('leave the landing lock, whoever’s lease ran out, and say that it cannot be read', async () => {
    await using sandbox = await createSandbox()
    const repository = await sandbox.open(await sandbox.clone())
    await writeNewer(sandbox, 'landing', {version: 2, owner: 'studio-1', nonce: FULL.nonce})
    expect(await repository.acquireLanding('me', new Set(['studio-1']))).toBeNull()
    expect(await repository.landingHolder({fetched: true})).toMatchObject({
      owner: null,
      unreadable: expect.stringContaining(
        'refs/clambake/landing cannot be read: a newer clambake wrote it, in version 2',
      ),
    })
  })

  it('leave a halt as it is whose format is newer', async () => {
    await using sandbox = await createSandbox()
    const repository = await sandbox.open(await sandbox.clone())
    const oid = await writeNewer(sandbox, 'halt', {version: 2, freezes: ['release']})
    const halt = (await repository.halt({fresh: true}))!
    expect(halt.causes).toMatchObject([{kind: 'unreadable', reason: expect.stringContaining('newer clambake')}])
    const noticed = {
      kind: 'rewrite',
      reason: 'main was force-pushed',
      from: 'a'.repeat(40),
      to: 'b'.repeat(40),
    } as const
    for (const change of [() => repository.haltLanding(noticed), () => repository.liftHalt(halt, 'ada')]) {
      expect(await refusal(change())).toMatchObject({code: 'newer-record', next: expect.stringContaining('update')})
    }
    expect(await sandbox.remote('rev-parse', 'refs/clambake/halt')).toBe(oid)
  })
})

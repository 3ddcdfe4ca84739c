import {rename} from 'node:fs/promises'
import {describe, expect, it} from 'vitest'
import {registerSecret} from '../../src/base/redact.ts'
import {openRepository} from '../../src/git/repository.ts'
import type {ClaimOutcome} from '../../src/model/gateways/git.ts'
import {claimOf, createForge, createSandbox, refusal} from './setup.ts'

describe('claims', () => {
  it('eight processes claim one ticket: one wins, the others learn who', async () => {
    await using sandbox = await createSandbox(undefined, {isNew: true})
    const clone = await sandbox.clone()
    const base = await clone.resolve('HEAD')
    const owners = Array.from({length: 8}, (_, index) => `daemon${index}`)
    const outcomes = await Promise.all(
      owners.map(async owner => (await sandbox.act(clone, {act: 'claim', owner, issue: 7, base}))?.ok as ClaimOutcome),
    )
    const winners = outcomes.filter(outcome => outcome.won)
    expect(winners).toHaveLength(1)
    for (const outcome of outcomes) {
      if (!outcome.won) expect(outcome.holder).toEqual(winners[0]?.won && winners[0].claim)
    }
    expect(await sandbox.remote('rev-parse', 'refs/clambake/claims/issue-7')).toBe(
      winners[0]?.won && winners[0].claim.oid,
    )
  })

  it('a record is what it was, and its commit shows GitHub no name, no issue and no secret', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    using _known = registerSecret('correct horse')
    const title = 'Ask @octocat: fixes #2 "at once" \\u0040'
    const outcome = await repository.claim(claimOf(3, await clone.resolve('HEAD'), {title, reason: 'a correct horse'}))
    expect(outcome.won && outcome.claim.record.title).toBe(title)
    const [found] = await repository.claims()
    expect(found?.record).toMatchObject({title, reason: 'a [redacted]'})
    const message = await sandbox.remote('log', '-1', '--format=%B', 'refs/clambake/claims/issue-3')
    expect(message).toContain('octocat')
    expect(message).not.toMatch(/@octocat|#2|correct horse/)
  })

  it('a bump raises the fence, keeps the rest, and shuts out who holds the older one', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const [one, two] = [await sandbox.open(clone), await sandbox.open(await sandbox.clone(), {owner: 'second'})]
    const outcome = await one.claim(claimOf(3, await clone.resolve('HEAD'), {title: 'Umlaut ü, "quotes"\n\nlines 🦪'}))
    if (!outcome.won) throw new Error('not won')
    const [seen] = await two.claims()
    expect(seen).toEqual(outcome.claim)
    const taken = await two.bumpClaim(seen!, {owner: 'second', host: 'elsewhere', agent: 'agent002', phase: 'working'})
    expect(taken.record).toMatchObject({fence: 2, owner: 'second', phase: 'working', session: seen!.record.session})
    for (const stale of [
      () => one.bumpClaim(outcome.claim, {phase: 'review'}),
      () => one.releaseClaim(outcome.claim),
    ]) {
      const error = await refusal(stale())
      expect(error.code).toBe('claim-lost')
      expect(error.message).toContain('second on elsewhere holds it with agent002')
    }
    expect(await one.claims()).toEqual([taken])
    await two.releaseClaim(taken)
    await two.releaseClaim(taken)
    expect(await one.claims()).toEqual([])
  })

  it('a claim that cannot be read needs a person and is left alone', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const base = await clone.resolve('HEAD')
    const outcome = await repository.claim(claimOf(1, base))
    if (!outcome.won) throw new Error('not won')
    // No record, one of another issue, one that is no commit, and one that is no claim at all.
    await sandbox.remote('update-ref', 'refs/clambake/claims/issue-2', base)
    await sandbox.remote('update-ref', 'refs/clambake/claims/issue-3', outcome.claim.oid)
    await sandbox.remote(
      'update-ref',
      'refs/clambake/claims/issue-4',
      await sandbox.remote('rev-parse', 'main:README.md'),
    )
    await sandbox.remote('update-ref', 'refs/clambake/claims/elsewhere', outcome.claim.oid)
    const before = await sandbox.remote('for-each-ref')

    const claims = await repository.claims()
    expect(claims.map(({record, unreadable}) => [record.issue, unreadable ?? null])).toEqual([
      [1, null],
      [2, 'its commit message holds no record'],
      [3, 'its record is for #1'],
      [4, 'it names a blob'],
    ])
    expect((await repository.brokenClaims()).map(({issue}) => issue)).toEqual([null, 2, 3, 4])
    const error = await refusal(repository.claim(claimOf(2, base)))
    expect(error).toMatchObject({code: 'claim-unreadable', kept: expect.stringContaining('the claim as it is')})
    const orphans = (await repository.orphans({dead: new Set()})).filter(({unsure}) => unsure !== null)
    expect(orphans.map(({name}) => name)).toContain('refs/clambake/claims/issue-2')
    expect(await sandbox.remote('for-each-ref')).toBe(before)
  })
})

describe('records', () => {
  it('come with a fetch, and are read again without the remote', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const base = await clone.resolve('HEAD')
    const one = await sandbox.open(clone)
    const two = await sandbox.open(await sandbox.clone(), {owner: 'second'})
    await one.claim(claimOf(1, base))
    const taken = await two.claim(claimOf(2, base, {owner: 'second'}))
    await two.haltLanding({kind: 'pause', reason: 'paused by ada', from: null, to: null})
    await one.fetch()
    const three = await sandbox.open(await sandbox.clone(), {owner: 'third'})
    await three.fetch()
    const bare = sandbox.url.slice('file://'.length)
    await rename(bare, `${bare}.away`)
    // The very first fetch of a process brought them too.
    expect((await three.claims({fetched: true})).map(({record}) => record.owner)).toEqual(['tester', 'second'])
    expect((await one.claims({fetched: true})).map(({record}) => record.owner)).toEqual(['tester', 'second'])
    expect(await one.halt()).toMatchObject({causes: [{reason: 'paused by ada'}]})
    expect((await refusal(one.claims())).code).toBe('remote-gone')
    await rename(`${bare}.away`, bare)
    if (taken.won) await two.releaseClaim(taken.claim)
    await one.fetch()
    expect((await one.claims({fetched: true})).map(({record}) => record.owner)).toEqual(['tester'])
  })

  it('are those of the remote, whatever an agent makes of the refs here', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const base = await clone.resolve('HEAD')
    const repository = await sandbox.open(clone)
    await repository.claim(claimOf(1, base))
    await repository.haltLanding({kind: 'pause', reason: 'paused by ada', from: null, to: null})
    for (const place of ['refs/clambake/seen/main', 'refs/worktree/clambake', 'refs/clambake']) {
      await clone.git('symbolic-ref', `${place}/halt`, 'refs/heads/none')
      await clone.git('symbolic-ref', `${place}/claims/issue-1`, 'refs/heads/main')
      await clone.git('update-ref', `${place}/claims/issue-9`, base)
    }
    for (const look of [() => repository.fetch(), () => repository.claims()]) {
      await look()
      expect(await repository.halt()).toMatchObject({causes: [{reason: 'paused by ada'}]})
      expect((await repository.claims({fetched: true})).map(({record}) => record.issue)).toEqual([1])
    }
    expect(await repository.brokenClaims()).toEqual([])
  })
})

describe('claims over HTTP', () => {
  const receivePack = {method: 'POST', path: /git-receive-pack$/}

  it('a dropped reply is found out by reading the ref', async () => {
    await using at = await createForge()
    await at.repository.claim(claimOf(1, at.base))
    at.github.fault({kind: 'drop-reply', match: receivePack})
    const outcome = await at.repository.claim(claimOf(2, at.base))
    expect(outcome).toMatchObject({won: true})
    at.github.fault({kind: 'drop-reply', match: receivePack})
    if (outcome.won) expect((await at.repository.bumpClaim(outcome.claim, {phase: 'working'})).record.fence).toBe(2)
    expect(at.github.unmetFaults()).toEqual([])
    expect((await at.repository.claims()).map(({record}) => record.issue)).toEqual([1, 2])
  })

  it('a change whose answer and whose look got lost is this daemon’s own when it is repeated, and no other’s is', async () => {
    await using at = await createForge()
    const outcome = await at.repository.claim(claimOf(1, at.base))
    if (!outcome.won) throw new Error('not won')
    const {claim} = outcome
    const goDark = () => {
      at.github.fault({kind: 'drop-reply', match: receivePack})
      at.github.fault({kind: 'status', status: 503, match: {method: 'POST', path: /git-upload-pack$/}})
    }
    goDark()
    const bump = () => at.repository.bumpClaim(claim, {phase: 'working'})
    expect((await refusal(bump())).code).toBe('remote-unreachable')
    expect(at.github.unmetFaults()).toEqual([])
    const moved = await bump()
    expect(moved.record).toMatchObject({phase: 'working', fence: claim.record.fence + 2})
    expect(await at.repository.claims()).toEqual([moved])
    expect((await refusal(bump())).code).toBe('claim-lost')
    // One that somebody moved since is lost.
    goDark()
    expect((await refusal(at.repository.bumpClaim(moved, {phase: 'review'}))).code).toBe('remote-unreachable')
    const other = await openRepository({...at.options, owner: 'quick'})
    const [theirs] = await other.claims()
    await other.bumpClaim(theirs!, {phase: 'landing'})
    expect((await refusal(at.repository.bumpClaim(moved, {phase: 'review'}))).code).toBe('claim-lost')
  })

  it('a failing server has claimed nothing, and the answer names another daemon that claimed meanwhile', async () => {
    await using at = await createForge()
    await at.repository.claim(claimOf(1, at.base))
    at.github.fault({kind: 'status', status: 503, match: receivePack})
    expect((await refusal(at.repository.claim(claimOf(2, at.base)))).code).toBe('remote-unreachable')
    const other = await openRepository({...at.options, owner: 'quick'})
    at.github.fault({
      kind: 'meanwhile',
      match: receivePack,
      run: async () => void (await other.claim(claimOf(2, at.base, {owner: 'quick'}))),
    })
    expect(await at.repository.claim(claimOf(2, at.base))).toMatchObject({
      won: false,
      holder: {record: {owner: 'quick'}},
    })
  })

  it('a refused or missing login and a remote that went away have their own errors, without the token', async () => {
    await using at = await createForge()
    const wrong = await openRepository({...at.options, token: async () => 'ghp_wrong_secret'})
    const error = await refusal(wrong.claim(claimOf(1, at.base)))
    expect(error.code).toBe('auth-refused')
    const none = await openRepository({...at.options, token: async () => null})
    expect((await refusal(none.claim(claimOf(1, at.base)))).code).toBe('auth-refused')
    await at.github.goAway()
    const away = await refusal(at.repository.claims())
    expect(away.code).toBe('remote-unreachable')
    for (const {message, cause} of [error, away]) {
      expect(message).not.toMatch(/ghp_/)
      expect(cause).toBeUndefined()
    }
    await at.github.comeBack()
    expect(await at.repository.claims()).toEqual([])
  })

  it('falls back to branches where the server takes no other refs', async () => {
    await using at = await createForge({refuseHiddenRefs: true})
    const outcome = await at.repository.claim(claimOf(5, at.base))
    expect(outcome).toMatchObject({won: true})
    const fresh = await openRepository({...at.options, owner: 'second'})
    expect(await fresh.claim(claimOf(5, at.base))).toMatchObject({won: false})
    expect((await fresh.claims()).map(({record}) => record.issue)).toEqual([5])
    await at.repository.claim(claimOf(6, at.base))
    await fresh.fetch()
    expect((await fresh.claims({fetched: true})).map(({record}) => record.issue)).toEqual([5, 6])
    await fresh.renewOwner({owner: 'second', host: 'h', pid: 1, beat: 0, startedAt: ''})
    expect((await fresh.owners()).map(({record}) => record.owner)).toEqual(['second'])
    expect(
      await at.clone.git('ls-remote', '--refs', at.repository.remoteUrl.replace('//', `//x:${at.github.token}@`)),
    ).not.toContain('\trefs/clambake/')
  })
})

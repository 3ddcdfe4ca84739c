import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createSandbox, refusal, startTicket} from './setup.ts'

/** A clone with two tickets in which refs are broken, as by a loss of power: git made their files, and not what is in them. */
async function openBroken(refs: Readonly<Record<string, string>>) {
  await using cleanup = new AsyncDisposableStack()
  const sandbox = cleanup.use(await createSandbox({'a.txt': 'a\n'}))
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const [one, two] = [await startTicket(repository, 1, clone), await startTicket(repository, 2, clone)]
  for (const [ref, text] of Object.entries(refs)) {
    const file = join(clone.dir, '.git', ref)
    await mkdir(dirname(file), {recursive: true})
    await writeFile(file, text)
  }
  const owned = cleanup.move()
  return {sandbox, clone, repository, one, two, [Symbol.asyncDispose]: () => owned.disposeAsync()}
}

describe('refs that name nothing', () => {
  it('stop neither a ticket, nor what saves and finds work', async () => {
    const broken = {empty: '', garbage: 'garbage\n', missing: `${'12'.repeat(20)}\n`}
    const refs = Object.fromEntries(Object.entries(broken).map(([name, text]) => [`refs/heads/${name}`, text]))
    await using at = await openBroken(refs)
    const {repository, clone, one, two} = at
    await one.work.write({'b.txt': 'b\n'})
    await one.work.git('add', 'b.txt')
    await one.work.git('commit', '--quiet', '--message', 'b')
    const head = await one.work.git('rev-parse', 'HEAD')
    const claim = await repository.pushWork({
      ...{worktree: one.path, claim: one.claim, head},
      patch: {phase: 'review'},
    })
    await startTicket(repository, 3, clone)
    await two.work.write({'c.txt': 'c\n'})
    const rescued = (await repository.rescue({worktree: two.path, reason: 'to see'})).ref
    expect(await clone.git('show', `${rescued}:c.txt`)).toBe('c')
    await repository.removeWorktree({path: two.path, branch: two.branch, landed: null})
    await repository.releaseClaim(claim)
    const found = await repository.orphans({dead: new Set(), all: true})
    expect(found.map(({name}) => name)).toContain(one.path)
    await repository.leftovers()
    expect(await repository.objectBytes([rescued])).toBeGreaterThan(0)
    await repository.tidy()
  })

  it('are made again where they note branches of the remote', async () => {
    await using at = await openBroken({'refs/remotes/origin/main': '', 'refs/remotes/origin/gone': 'garbage'})
    const {main} = await at.repository.fetch()
    expect(await at.clone.git('rev-parse', 'refs/remotes/origin/main')).toBe(main)
    expect(await at.clone.git('for-each-ref', 'refs/remotes/origin/gone')).toBe('')
  })

  it('are named where the checkout is on one', async () => {
    await using at = await openBroken({'refs/heads/main': ''})
    const {message, next} = await refusal(at.sandbox.open(at.clone))
    expect(message).toContain('is on refs/heads/main, which names no commit')
    expect(next).toContain('tail -1 .git/logs/refs/heads/main')
  })
})

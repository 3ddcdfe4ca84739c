import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it, vi} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {run} from '../../src/base/run.ts'
import {createPatientReads} from '../../src/git/radar/patient-reads.ts'
import {createSandbox, startTicket} from './setup.ts'

/** Places that answer when the test says so. */
function setup() {
  const clock = createFakeClock()
  const asked: {place: string; answer: (value: string) => void; fail: () => void}[] = []
  const reads = createPatientReads(clock, place => {
    const {promise, resolve, reject} = Promise.withResolvers<string>()
    asked.push({place, answer: resolve, fail: () => reject(new Error('it hangs'))})
    return promise
  })
  /** A look at one place, which is waited for as long as a look does. */
  const look = async (place = 'a', waitMs = 10_000) => {
    await clock.advance(0)
    const read = reads.read(place)
    await clock.advance(waitMs)
    return read
  }
  return {clock, asked, reads, look}
}

it('gives what a place answers in time, and what it fails with', async () => {
  const {asked, reads} = setup()
  const one = reads.read('a')
  asked[0]!.answer('in time')
  expect(await one).toBe('in time')
  const other = reads.read('a')
  asked[1]!.fail()
  await expect(other).rejects.toThrow('it hangs')
  expect(reads.silent(['a'])).toEqual([])
})

it('waits once for a place that does not answer, and gives its late answer at the next look', async () => {
  const {asked, reads, look} = setup()
  expect(await look()).toBeNull()
  expect(reads.silent(['a', 'b'])).toEqual(['a'])
  expect(await look('a', 0)).toBeNull()
  expect(asked).toHaveLength(1)
  asked[0]!.answer('late')
  expect(await look('a', 0)).toBe('late')
  expect(reads.silent(['a'])).toEqual([])
})

it('leaves a place alone for a while after its read failed late, and then does not wait for it', async () => {
  const {clock, asked, reads, look} = setup()
  await look()
  asked[0]!.fail()
  expect(await look('a', 0)).toBeNull()
  await clock.advance(9 * 60_000)
  expect(await look('a', 0)).toBeNull()
  expect(asked).toHaveLength(1)
  await clock.advance(60_000)
  expect(await look('a', 0)).toBeNull()
  expect(asked).toHaveLength(2)
  expect(reads.silent(['a'])).toEqual(['a'])
  asked[1]!.answer('well again')
  expect(await look('a', 0)).toBe('well again')
})

it('forgets places that are not looked at any more', async () => {
  const {reads, look} = setup()
  await look()
  expect(reads.silent([])).toEqual([])
  expect(reads.silent(['a'])).toEqual([])
})

it('finds orphaned work beside a worktree in which git does not end, which is not certain', async () => {
  await using sandbox = await createSandbox({'a.txt': 'a\n'})
  const clone = await sandbox.clone()
  const clock = createFakeClock()
  const repository = await sandbox.open(clone, {clock})
  const tickets = [await startTicket(repository, 1, clone), await startTicket(repository, 2, clone)]
  for (const {claim} of tickets) await repository.releaseClaim(claim)
  const pipe = join(tickets[0]!.path, '.gitignore')
  await run('mkfifo', {args: [pipe], env: clone.env})
  const looking = repository.orphans({dead: new Set()})
  await vi.waitFor(() => expect(clock.pending).toBe(1))
  await clock.advance(30_000)
  const found = await looking
  await writeFile(pipe, '')
  expect(found.map(({name, unsure}) => [name, unsure])).toEqual([
    [tickets[0]!.path, expect.stringContaining('git does not end in it')],
    [tickets[1]!.path, null],
  ])
})

import {expect, it} from 'vitest'
import {LOCK, setUp} from './set-up.ts'

/** A pull request whose required check has not reported. */
async function withPull(options: Parameters<typeof setUp>[0] = {}) {
  const protectedBranches = [{name: 'main', checks: ['unit']}]
  const set = await setUp({autoMerge: true, protectedBranches, ...options})
  const sha = await set.repository.pushCommit({branch: 'work', files: {'a.txt': 'a\n'}})
  const {number: pull} = await set.repository.openPull({head: 'work'})
  const on = {sha, method: 'squash', title: 'Work (#1)', text: 'Work on it.', lock: LOCK} as const
  return {set, pull, sha, on}
}

it('is switched on for exactly this head, and off again; each is safe to repeat', async () => {
  const {set, pull, on} = await withPull()
  await using _ = set
  const isOn = async () => (await set.github.gate({pull, issue: 1})).autoMerge
  expect(await set.github.bundleRules()).toMatchObject({autoMerge: true})
  expect(await set.github.setAutoMerge({pull, on: {...on, sha: 'e'.repeat(40)}})).toMatchObject({state: 'refused'})
  expect(await isOn()).toBe(false)
  expect(await set.github.setAutoMerge({pull, on})).toEqual({state: 'on'})
  expect(await set.github.setAutoMerge({pull, on})).toEqual({state: 'on'})
  expect(await isOn()).toBe(true)
  expect(await set.github.setAutoMerge({pull, on: null})).toEqual({state: 'off'})
  expect(await set.github.setAutoMerge({pull, on: null})).toEqual({state: 'off'})
  expect(await isOn()).toBe(false)
  expect(set.server.unserved).toEqual([])
})

it('tells that GitHub was faster, and lands with our words', async () => {
  const {set, pull, sha, on} = await withPull()
  await using _ = set
  await set.github.setAutoMerge({pull, on})
  expect(await set.repository.autoMergeNow(pull)).toBe(false)
  set.repository.addCheck({sha, name: 'unit', conclusion: 'success'})
  expect(await set.repository.autoMergeNow(pull)).toBe(true)
  expect((await set.repository.log('main'))[0]?.message.trim()).toBe('Work (#1)\n\nWork on it.')
  expect(await set.github.setAutoMerge({pull, on: null})).toEqual({state: 'merged'})
})

it('says GitHub’s own words where it is not allowed, or where nothing is waited for', async () => {
  const {set, pull, on} = await withPull({autoMerge: false})
  await using _ = set
  expect(await set.github.bundleRules()).toMatchObject({autoMerge: false})
  const refused = await set.github.setAutoMerge({pull, on})
  expect(refused).toMatchObject({state: 'refused', reason: expect.stringContaining('not allowed')})
})

import {expect, it} from 'vitest'
import {type SetUp, setUp} from './set-up.ts'

async function withPull(options: Parameters<typeof setUp>[0] = {}) {
  const set = await setUp({collaborators: ['bob', 'cara'], teams: ['backend'], ...options})
  const head = await set.repository.pushCommit({branch: 'work', files: {'a.txt': 'a\n'}})
  const {number: pull} = await set.repository.openPull({head: 'work', author: 'ann'})
  set.calls()
  return {set, head, pull}
}

const posts = (set: SetUp) => set.calls().filter(call => call.startsWith('POST'))

it('asks logins and teams once, and nobody who has reviewed this head', async () => {
  const {set, head, pull} = await withPull()
  await using _ = set
  const ask = (reviewers: string[], at = head) => set.github.requestReviews({pull, head: at, reviewers})
  expect(await ask(['bob', 'acme/backend'])).toEqual({asked: ['bob', 'acme/backend'], refused: []})
  expect(set.repository.pull(pull)).toMatchObject({requestedReviewers: ['bob'], requestedTeams: ['backend']})
  expect(posts(set)).toHaveLength(1)
  expect(await ask(['Bob', 'acme/backend'])).toEqual({asked: [], refused: []})
  expect(posts(set)).toEqual([])
  // GitHub takes a request away when its reviewer has spoken.
  set.repository.review(pull, {by: 'bob', state: 'APPROVED'})
  expect(await ask(['bob'])).toEqual({asked: [], refused: []})
  expect(await ask(['bob'], 'f'.repeat(40))).toEqual({asked: ['bob'], refused: []})
  expect(set.server.unserved).toEqual([])
})

it('asks the others where one is unknown, and tells which', async () => {
  const {set, head, pull} = await withPull()
  await using _ = set
  const reviewers = ['bob', 'nobody', 'acme/nowhere', 'ann', 'cara']
  const {asked, refused} = await set.github.requestReviews({pull, head, reviewers})
  expect(asked).toEqual(['bob', 'cara'])
  expect(refused.map(({reviewer}) => reviewer)).toEqual(['nobody', 'acme/nowhere', 'ann'])
  expect(refused[0]?.reason).toContain('collaborator')
  expect(set.repository.pull(pull).requestedReviewers).toEqual(['bob', 'cara'])
})

it('leaves what may pass to a later try', async () => {
  const {set, head, pull} = await withPull()
  await using _ = set
  set.server.fault({kind: 'status', status: 502, match: {method: 'POST', path: /requested_reviewers$/}, times: 9})
  await expect(set.github.requestReviews({pull, head, reviewers: ['bob']})).rejects.toThrow()
})

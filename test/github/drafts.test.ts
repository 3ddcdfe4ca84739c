import {expect, it} from 'vitest'
import {setUp} from './set-up.ts'

const TEXTS = {base: 'main', title: 'Work', body: 'It conflicts.'}

it('opens a draft, makes an open pull request one, and leaves it so', async () => {
  await using set = await setUp()
  for (const branch of ['work', 'more']) await set.repository.pushCommit({branch, files: {[branch]: 'x'}})
  const first = await set.github.ensureDraft({branch: 'work', ...TEXTS})
  expect(first).toMatchObject({draft: true, state: 'open'})
  expect(await set.github.ensureDraft({branch: 'work', ...TEXTS})).toMatchObject({number: first.number, draft: true})
  const open = await set.github.ensurePull({branch: 'more', ...TEXTS, body: 'As it was'})
  const draft = await set.github.ensureDraft({branch: 'more', ...TEXTS})
  expect(draft).toMatchObject({number: open.number, draft: true})
  expect(set.repository.pull(open.number).body).toBe('It conflicts.')
  expect(set.repository.pulls()).toHaveLength(2)
  expect(set.server.unserved).toEqual([])
})

it('is a pull request as any other where the repository has no drafts', async () => {
  await using set = await setUp()
  await set.repository.pushCommit({branch: 'work', files: {a: 'x'}})
  const message = 'Draft pull requests are not supported in this repository.'
  set.server.fault({kind: 'status', status: 422, message, match: {method: 'POST', path: /pulls$/}, times: 1})
  const graphql = async (input: string | URL | Request, init?: RequestInit) =>
    String(init?.body).includes('convertPullRequestToDraft')
      ? Response.json({data: {convertPullRequestToDraft: null}, errors: [{type: 'UNPROCESSABLE', message}]})
      : fetch(input, init)
  const pull = await set.gateway({fetch: graphql}).ensureDraft({branch: 'work', ...TEXTS})
  expect(pull).toMatchObject({draft: false, state: 'open'})
})

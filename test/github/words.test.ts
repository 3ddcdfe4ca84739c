import {describe, expect, it} from 'vitest'
import {type SetUp, setUp} from './set-up.ts'

const LINES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** A pull request by another person that changes the second of ten lines. */
async function openWork({repository}: SetUp, author: string) {
  await repository.pushCommit({branch: 'main', files: {'a.ts': `${LINES.join('\n')}\n`}})
  await repository.pushCommit({
    branch: 'work',
    from: 'main',
    files: {'a.ts': `${LINES.join('\n').replace('two', '2')}\n`},
  })
  const {number, head} = await repository.openPull({head: 'work', author})
  return {number, sha: head.sha}
}

describe('what was said of a pull request', () => {
  it('is read with its inline comments, its verdicts and who said it', async () => {
    await using set = await setUp()
    const {number} = await openWork(set, 'grace')
    set.repository.comment(number, 'Why at all?', 'mallory')
    const hunk = '@@ -1,3 +1,3 @@\n one\n-two\n+2'
    set.repository.review(number, {
      ...{by: set.repository.owner, state: 'CHANGES_REQUESTED', body: 'Not like this.'},
      comments: [{path: 'a.ts', line: 2, body: 'Say it in words.', hunk}],
    })
    set.repository.review(number, {by: set.repository.owner, state: 'PENDING', body: 'not sent yet'})
    const [review, comment, ...more] = await set.github.words(number)
    expect(review).toMatchObject({
      ...{
        by: set.repository.owner,
        association: 'OWNER',
        verdict: 'changes',
        body: 'Not like this.',
        ours: false,
        byBot: false,
      },
      inline: [{path: 'a.ts', line: 2, side: 'new', code: [' one', '-two', '+2'], body: 'Say it in words.'}],
    })
    expect(comment).toMatchObject({by: 'mallory', association: 'NONE', verdict: null, body: 'Why at all?', inline: []})
    expect(more).toEqual([])
    expect(set.server.unserved).toEqual([])
  })
})

describe('a review', () => {
  const comment = {path: 'a.ts', side: 'new', from: 1, to: 2, body: 'Say it in words.', outdated: false} as const

  it('is published once with its comments on their lines, also when the answer was lost', async () => {
    await using set = await setUp()
    const {number, sha} = await openWork(set, 'grace')
    const old = {...comment, side: 'old', from: 2, to: 2, body: 'This was fine.'} as const
    const review = {pull: number, key: 'review-1', verdict: 'changes', commit: sha, comments: [comment, old]} as const
    set.server.fault({kind: 'drop-reply', match: {method: 'POST', path: /reviews$/}})
    const first = await set.github.publishReview(review)
    expect(first).toMatchObject({inBody: 0, verdict: 'changes', url: expect.stringContaining('#pullrequestreview-')})
    expect((await set.github.publishReview(review)).url).toBe(first.url)
    const [said, ...more] = await set.github.words(number)
    expect(more).toEqual([])
    expect(said).toMatchObject({ours: true, verdict: 'changes'})
    expect(said?.inline).toMatchObject([
      {line: 2, side: 'new', body: 'Say it in words.'},
      {line: 2, side: 'old', body: 'This was fine.'},
    ])
  })

  it('has in its body what is on lines that GitHub does not show', async () => {
    await using set = await setUp()
    const {number, sha} = await openWork(set, 'grace')
    const far = {...comment, from: 9, to: 9, body: 'And this?'}
    const gone = {...comment, body: 'Was it needed?', outdated: true}
    const review = {
      pull: number,
      key: 'review-1',
      verdict: 'comment',
      commit: sha,
      comments: [comment, far, gone],
    } as const
    expect(await set.github.publishReview(review)).toMatchObject({inBody: 3, verdict: 'comment'})
    const [said] = await set.github.words(number)
    expect(said?.body).toContain('**`a.ts` line 9**\n\nAnd this?')
    expect(said?.body).toContain('Was it needed?')
    expect(said?.inline).toEqual([])
    expect(set.server.unmetFaults()).toEqual([])
  })

  it('of the account’s own pull request is a comment, as GitHub takes no verdict on it', async () => {
    await using set = await setUp()
    const viewer = await set.github.viewer()
    const {number, sha} = await openWork(set, viewer)
    const review = {pull: number, key: 'review-1', verdict: 'changes', commit: sha, comments: [comment]} as const
    expect(await set.github.publishReview(review)).toMatchObject({inBody: 0, verdict: 'comment'})
  })
})

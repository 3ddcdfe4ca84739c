import {describe, expect, it} from 'vitest'
import {setUp, withoutGraphql} from './set-up.ts'

describe('issues', () => {
  it('are read with what routing needs, pull requests left out, over all pages', async () => {
    await using set = await setUp()
    const {repository, server} = set
    for (let number = 1; number <= 130; number++) repository.openIssue({title: `Issue ${number}`})
    const shown = repository.openIssue({
      title: 'Fix it',
      body: 'Please',
      labels: ['route:ready'],
      assignees: ['ann'],
      author: 'ben',
      association: 'CONTRIBUTOR',
      createdAt: Date.UTC(2026, 0, 2),
    })
    await repository.pushCommit({branch: 'work', files: {a: 'b'}})
    await repository.openPull({head: 'work'})
    const {issues} = await set.gateway({fetch: withoutGraphql()}).snapshot()
    expect(issues).toHaveLength(131)
    expect(issues.find(issue => issue.number === shown.number)).toMatchObject({
      title: 'Fix it',
      body: 'Please',
      state: 'open',
      labels: ['route:ready'],
      assignees: ['ann'],
      author: 'ben',
      association: 'CONTRIBUTOR',
      createdAt: Date.UTC(2026, 0, 2),
    })
    expect(set.calls().filter(call => call.startsWith('GET /issues'))).toHaveLength(2)
    expect(server.unserved).toEqual([])
  })

  it('that are not there, or are pull requests, are null', async () => {
    await using set = await setUp()
    await set.repository.pushCommit({branch: 'work', files: {a: 'b'}})
    const {number} = await set.repository.openPull({head: 'work'})
    expect(await set.github.issue(99)).toBeNull()
    expect(await set.github.issue(number)).toBeNull()
  })

  it('that were transferred are gone, also where they have the same number, and are not written to there', async () => {
    await using set = await setUp()
    const {github, repository, server} = set
    const {number} = repository.openIssue({title: 'Fix it', labels: ['route:ready']})
    const other = await server.createRepository({name: 'elsewhere'})
    expect(repository.transferIssue(number, other)).toBe(number)
    expect(await github.issue(number)).toBeNull()
    expect(await github.discussion(number)).toBeNull()
    expect(await github.showing([number])).toEqual(new Map([[number, null]]))
    await expect(github.assertIssue(number)).rejects.toMatchObject({code: 'issue-gone'})
    await expect(github.ensureClosed(number)).rejects.toMatchObject({code: 'issue-not-found'})
    const writes = {
      ensureLabels: () => github.ensureLabels(number, {add: ['a'], remove: ['route:ready']}, ['route:ready']),
      ensureComment: () => github.ensureComment(number, 'key', 'text', {isFirst: true}),
      ensureAssignee: () => github.ensureAssignee(number, {assign: 'ann', unassign: null}),
    }
    for (const [name, write] of Object.entries(writes)) {
      const error = await write().catch((thrown: unknown) => thrown)
      expect(await github.issueGoneError(number, error), name).toMatchObject({code: 'issue-gone'})
    }
    expect(other.issue(number)).toMatchObject({state: 'open', labels: ['route:ready'], comments: [], assignees: []})
    expect(server.unserved).toEqual([])
  })

  it('that are transferred between the look at them and the write are not written to where they are now', async () => {
    await using set = await setUp()
    const {github, repository, server} = set
    const {number} = repository.openIssue({title: 'Fix it'})
    const other = await server.createRepository({name: 'elsewhere'})
    server.fault({kind: 'meanwhile', match: {method: 'PATCH'}, run: () => void repository.transferIssue(number, other)})
    const error = await github.ensureClosed(number).catch((thrown: unknown) => thrown)
    expect(await github.issueGoneError(number, error)).toMatchObject({code: 'issue-gone'})
    expect(other.issue(number).state).toBe('open')
  })

  it('are read and written under the old name of a repository that was renamed', async () => {
    await using set = await setUp()
    const {github, repository, server} = set
    const {number} = repository.openIssue({title: 'Fix it'})
    server.moveRepository(repository, {owner: 'acme', name: 'renamed'})
    expect(await github.issue(number)).toMatchObject({number})
    await github.ensureLabels(number, {add: ['bug'], remove: []})
    await github.ensureComment(number, 'key', 'text')
    await github.ensureClosed(number)
    expect(server.repository('acme', 'renamed').issue(number)).toMatchObject({
      ...{state: 'closed', labels: ['bug'], comments: [{body: expect.stringContaining('text')}]},
    })
  })

  it('that are turned off are an error of its own and not nothing, until they are turned on again', async () => {
    await using set = await setUp()
    const {repository, github} = set
    repository.openIssue({title: 'Fix it'})
    const rest = set.gateway({fetch: withoutGraphql()})
    const asks = {
      snapshot: () => github.snapshot(),
      'snapshot by REST': () => rest.snapshot(),
      issue: () => github.issue(1),
      showing: () => github.showing([1]),
      ensureLabels: () => github.ensureLabels(1, {add: ['a'], remove: []}),
      ensureComment: () => github.ensureComment(1, 'key', 'text'),
      ensureClosed: () => github.ensureClosed(1),
    }
    expect((await github.snapshot()).issues).toHaveLength(1)
    repository.turnIssues(false)
    for (const [name, ask] of Object.entries(asks)) {
      await expect(ask(), name).rejects.toMatchObject({
        code: 'github-issues-off',
        message: `Issues are turned off in ${repository.fullName}`,
      })
    }
    repository.turnIssues(true)
    expect((await github.snapshot()).issues).toHaveLength(1)
    expect(repository.issue(1)).toMatchObject({state: 'open', labels: [], comments: []})
  })

  it('are closed once', async () => {
    await using set = await setUp()
    const {number} = set.repository.openIssue({title: 'Done', labels: ['bug']})
    expect(await set.github.ensureClosed(number)).toEqual(['bug'])
    expect(set.repository.issue(number).state).toBe('closed')
    set.calls()
    expect(await set.github.ensureClosed(number)).toEqual(['bug'])
    expect(set.calls()).toEqual([`GET /issues/${number}`])
    await expect(set.github.ensureClosed(99)).rejects.toMatchObject({code: 'issue-not-found'})
  })
})

describe('labels', () => {
  it('are added and removed by difference, and made in the repository with their colour', async () => {
    await using set = await setUp({labels: ['agent001']})
    const {github, repository, server} = set
    const {number} = repository.openIssue({title: 'x', labels: ['bug', 'route:ready']})
    await github.ensureLabels(number, {add: ['agent001', 'agent:in-progress', 'Bug'], remove: ['route:ready', 'nope']})
    expect([...repository.issue(number).labels].sort()).toEqual(['agent001', 'agent:in-progress', 'bug'])
    const calls = set.calls()
    expect(calls.filter(call => call === 'POST /labels')).toHaveLength(1)
    await github.ensureLabels(number, {add: ['agent001'], remove: ['route:ready']})
    expect(set.calls()).toEqual([`GET /issues/${number}/labels`])
    expect(server.unserved).toEqual([])
  })

  it('that were read already are not read again, and none of another person is lost', async () => {
    await using set = await setUp()
    const {github, repository} = set
    const {number} = repository.openIssue({title: 'x', labels: ['bug', 'agent001']})
    const worn = await github.ensureClosed(number)
    repository.addLabels(number, 'urgent')
    set.calls()
    await github.ensureLabels(number, {add: [], remove: ['Agent001', 'nope']}, worn)
    expect(set.calls()).toEqual([`DELETE /issues/${number}/labels/Agent001`])
    expect(repository.issue(number).labels).toEqual(['bug', 'urgent'])
  })

  it('are right again when another removed or made them meanwhile', async () => {
    await using set = await setUp()
    const {github, repository, server} = set
    const {number} = repository.openIssue({title: 'x', labels: ['old']})
    const run = () => repository.removeLabels(number, 'old')
    server.fault({kind: 'meanwhile', match: {method: 'DELETE'}, run})
    const make = () => repository.addLabels(number, 'route:review')
    server.fault({kind: 'meanwhile', match: {method: 'POST', path: /\/labels$/}, run: make})
    await github.ensureLabels(number, {add: ['route:review'], remove: ['old']})
    expect(repository.issue(number).labels).toEqual(['route:review'])
    expect(server.unmetFaults()).toEqual([])
  })
})

describe('comments', () => {
  it('that cannot be there yet are not looked for, unless the answer is lost', async () => {
    await using set = await setUp()
    const {github, repository, server} = set
    const {number} = repository.openIssue({title: 'x'})
    await github.ensureComment(number, 'key', 'text', {isFirst: true})
    expect(set.calls()).toEqual([`POST /issues/${number}/comments`])
    server.fault({kind: 'drop-reply', match: {method: 'POST', path: /comments$/}})
    await github.ensureComment(number, 'other', 'text', {isFirst: true})
    expect(repository.issue(number).comments).toHaveLength(2)
  })

  it('are written once for a key', async () => {
    await using set = await setUp()
    const {number} = set.repository.openIssue({title: 'x'})
    set.repository.comment(number, 'quoting <!-- clambake:blocked-1 --> in the middle')
    await set.github.ensureComment(number, 'blocked-1', 'It is blocked.')
    await set.github.ensureComment(number, 'blocked-1', 'It is blocked.')
    await set.github.ensureComment(number, 'blocked-2', 'Again.')
    expect(
      set.repository
        .issue(number)
        .comments.slice(1)
        .map(({body}) => body),
    ).toEqual(['<!-- clambake:blocked-1 -->\nIt is blocked.', '<!-- clambake:blocked-2 -->\nAgain.'])
    // People read them without the marker; what others hide in theirs stays to be seen.
    expect((await set.github.discussion(number))?.comments.map(({body}) => body)).toEqual([
      'quoting <!-- clambake:blocked-1 --> in the middle',
      'It is blocked.',
      'Again.',
    ])
  })

  it('of a long discussion are the newest, with how many came before', async () => {
    await using set = await setUp()
    const {number} = set.repository.openIssue({title: 'x'})
    for (let count = 1; count <= 250; count++) set.repository.comment(number, `comment ${count}`)
    const discussion = await set.github.discussion(number)
    expect(discussion?.comments[0]?.body).toBe('comment 101')
    expect(discussion?.comments.at(-1)?.body).toBe('comment 250')
    expect(discussion?.earlier).toBe(100)
    const {number: other} = set.repository.openIssue({title: 'y'})
    set.repository.comment(other, 'one')
    expect(await set.github.discussion(other)).toMatchObject({comments: [{body: 'one'}], earlier: 0})
  })

  it('are found behind a full page that did not change, and whose links are from before', async () => {
    await using set = await setUp()
    const {number} = set.repository.openIssue({title: 'x'})
    for (let count = 0; count < 100; count++) set.repository.comment(number, 'more')
    await set.github.ensureComment(number, 'k', 'Once.')
    await set.github.ensureComment(number, 'k', 'Once.')
    expect(set.repository.issue(number).comments).toHaveLength(101)
  })

  it('are not written again when the answer was lost', async () => {
    await using set = await setUp()
    const {number} = set.repository.openIssue({title: 'x'})
    set.server.fault({kind: 'drop-reply', match: {method: 'POST', path: /comments$/}})
    await set.github.ensureComment(number, 'k', 'Once.')
    expect(set.repository.issue(number).comments).toHaveLength(1)
    expect(set.server.unmetFaults()).toEqual([])
  })

  it.each([
    [403, 'Unable to create comment because issue is locked.'],
    [422, 'Validation Failed'],
  ])('that GitHub takes on no account (%i) are told as such, and are no error', async (status, message) => {
    await using set = await setUp()
    const {number} = set.repository.openIssue({title: 'x'})
    set.server.fault({kind: 'status', status, message, match: {method: 'POST', path: /comments$/}})
    expect(await set.github.ensureComment(number, 'k', 'Once.')).toBe(false)
    expect(await set.github.ensureComment(number, 'k', 'Once.')).toBe(true)
  })

  it('that did not arrive are an error, and a second try writes one', async () => {
    await using set = await setUp()
    const {number} = set.repository.openIssue({title: 'x'})
    set.server.fault({kind: 'status', status: 502, match: {method: 'POST', path: /comments$/}})
    await expect(set.github.ensureComment(number, 'k', 'Once.')).rejects.toMatchObject({code: 'github-unavailable'})
    await set.github.ensureComment(number, 'k', 'Once.')
    expect(set.repository.issue(number).comments).toHaveLength(1)
  })
})

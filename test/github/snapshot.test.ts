import {describe, expect, it} from 'vitest'
import {systemClock} from '../../src/base/clock.ts'
import type {Log} from '../../src/base/log.ts'
import type {SnapshotOptions} from '../../src/github/snapshot/snapshot.ts'
import type {Issue} from '../../src/model/data/issue.ts'
import type {GithubGateway} from '../../src/model/gateways/github.ts'
import {type GatewayOptions, setUp, withoutGraphql} from './set-up.ts'

const HOUR = 60 * 60_000
const GATE = {label: 'route:ready', trusted: [], trusts: ({association}: Issue) => association === 'OWNER'}

/** The fake, a gateway to it, and time of the gateway's own. */
async function setStage(options: Partial<SnapshotOptions> = {}, more: Partial<GatewayOptions> = {}) {
  const set = await setUp()
  let ahead = 0
  const clock = {...systemClock, now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead}
  const github = set.gateway({clock, ...more, snapshot: options})
  return {
    ...set,
    github,
    /** What is asked again every ten minutes is due. */
    later(ms = 11 * 60_000) {
      ahead += ms
    },
    queries: () => set.calls().length,
    numbers: () => numbers(github),
    issue: async (number: number) => (await github.snapshot()).issues.find(issue => issue.number === number),
  }
}

async function numbers(github: GithubGateway): Promise<number[]> {
  return (await github.snapshot()).issues.map(({number}) => number)
}

describe('the first pass', () => {
  it('reads issues with all that routing needs', async () => {
    await using set = await setStage({gate: GATE})
    const {repository: repo} = set
    repo.openIssue({title: 'One', body: 'Text', labels: ['bug'], assignees: ['ann'], association: 'MEMBER'})
    repo.openIssue({title: 'Part', author: 'octocat'})
    repo.openIssue({title: 'First'})
    repo.openIssue({title: 'Done'})
    repo.addSubIssue(1, 2)
    repo.addSubIssue(1, 4)
    repo.block(1, 3, 4)
    repo.closeIssue(4)
    const {issues} = await set.github.snapshot()
    expect(issues).toMatchObject([
      {
        ...{number: 1, title: 'One', body: 'Text', state: 'open', labels: ['bug'], assignees: ['ann']},
        ...{association: 'MEMBER', dependsOn: [3], subIssues: [2], editedAt: null},
        createdAt: expect.any(Number),
        url: expect.stringContaining('/issues/1'),
      },
      {number: 2, author: 'octocat', dependsOn: [], subIssues: []},
      {number: 3},
    ])
    // What REST gives is the same.
    const [plain] = (await set.gateway({fetch: withoutGraphql()}).snapshot()).issues
    expect(issues.find(({number}) => number === plain?.number)).toMatchObject({...plain})
    expect(set.server.unserved).toEqual([])
  })

  it('reads pull requests with mergeability, review, checks and what they close', async () => {
    await using set = await setStage()
    const {repository: repo} = set
    repo.openIssue({title: 'Wish'})
    const sha = await repo.pushCommit({branch: 'topic', files: {a: 'a\n'}})
    await repo.openPull({head: 'topic', body: 'Closes #1'})
    const look = async () => (await set.github.snapshot()).pulls[0]
    expect(await look()).toEqual({
      ...(await set.gateway({fetch: withoutGraphql()}).snapshot()).pulls[0],
      ...{mergeable: 'clean', review: 'none', closes: [1]},
      checks: {sha, state: 'none', total: 0, done: 0},
    })
    repo.addCheck({sha, name: 'unit', conclusion: null})
    repo.setStatus(sha, {state: 'success', context: 'lint'})
    repo.requestReviews(2, 'bob')
    expect(await look()).toMatchObject({review: 'requested', checks: {state: 'pending', total: 2, done: 1}})
    repo.addCheck({sha, name: 'build', conclusion: 'timed_out'})
    repo.review(2, {by: 'octocat', state: 'APPROVED'})
    await repo.pushCommit({branch: 'main', files: {a: 'b\n'}})
    expect(await look()).toMatchObject({mergeable: 'conflict', checks: {state: 'failed', total: 3, done: 2}})
    expect(set.server.unserved).toEqual([])
  })

  it('reads over all pages, and the Status of the configured board alone', async () => {
    await using set = await setStage()
    const {repository: repo} = set
    for (let count = 0; count < 230; count++) repo.openIssue({title: 'x'})
    const [other, board] = [repo.addProject('Other'), repo.addProject('Board')]
    for (const each of [other, board]) each.add(1)
    other.set(1, 'Status', 'Done')
    board.set(1, 'Status', 'In Progress')
    board.add(2)
    for (const id of [board.nodeId, String(board.number)]) {
      const {issues} = await set.gateway({snapshot: {board: id}}).snapshot()
      expect(issues).toHaveLength(230)
      expect(issues.slice(0, 3).map(issue => issue.board)).toEqual(['In Progress', null, null])
    }
    expect((await set.issue(1))?.board).toBeUndefined()
  })
})

describe('a later pass', () => {
  it('asks for what changed, and sees what opened, closed and was edited', async () => {
    await using set = await setStage()
    const {repository: repo} = set
    const old = Date.now() - HOUR
    for (let number = 1; number <= 150; number++) repo.openIssue({title: 'x', createdAt: old - number * 60_000})
    await set.github.snapshot()
    set.calls()
    repo.closeIssue(3)
    repo.editIssue(5, {title: 'New', body: 'New text'})
    repo.addLabels(7, 'bug')
    repo.openIssue({title: 'Newest'})
    const {issues} = await set.github.snapshot()
    // One for issues, one for pull requests.
    expect(set.queries()).toBe(2)
    expect(issues).toHaveLength(150)
    const found = (number: number) => issues.find(issue => issue.number === number)
    expect([found(3), found(5)?.title, found(7)?.labels, found(151)?.title]).toEqual([
      ...[undefined, 'New', ['bug'], 'Newest'],
    ])
    expect(found(5)?.editedAt).toBeGreaterThan(old)
    repo.reopenIssue(3)
    expect(await set.numbers()).toContain(3)
  })

  it('misses nothing when our clock is an hour off', async () => {
    await using set = await setStage()
    set.repository.openIssue({title: 'x'})
    for (const shift of [HOUR, -2 * HOUR]) {
      set.later(shift)
      await set.github.snapshot()
      const {number} = set.repository.openIssue({title: 'y'})
      expect(await set.numbers()).toContain(number)
    }
  })

  it.each(['deleted', 'transferred'])('drops an issue that was %s', async () => {
    await using set = await setStage()
    for (let number = 1; number <= 3; number++) set.repository.openIssue({title: 'x'})
    await set.github.snapshot()
    set.repository.deleteIssue(2)
    expect(await set.numbers()).toEqual([1, 3])
    // Once told, it is not asked for again.
    set.calls()
    await set.github.snapshot()
    expect(set.queries()).toBe(2)
  })

  it('sees a renamed label on issues that did not change', async () => {
    await using set = await setStage()
    set.repository.openIssue({title: 'x', labels: ['route:ready']})
    await set.github.snapshot()
    set.repository.renameLabel('route:ready', 'ready')
    expect((await set.issue(1))?.labels).toEqual(['ready'])
  })

  it('sees blockers go, and a board move within ten minutes', async () => {
    await using set = await setStage({board: '1'})
    const {repository: repo} = set
    for (let number = 1; number <= 3; number++) repo.openIssue({title: 'x'})
    const board = repo.addProject('Board')
    board.add(1)
    repo.block(1, 2, 3)
    expect(await set.issue(1)).toMatchObject({dependsOn: [2, 3], board: null})
    repo.closeIssue(2)
    board.set(1, 'Status', 'Done')
    expect(await set.issue(1)).toMatchObject({dependsOn: [3]})
    set.later()
    expect(await set.issue(1)).toMatchObject({dependsOn: [3], board: 'Done'})
  })

  it('reads all where too much changed', async () => {
    await using set = await setStage()
    set.repository.openIssue({title: 'x'})
    await set.github.snapshot()
    for (let count = 0; count < 250; count++) set.repository.openIssue({title: 'y'})
    expect(await set.numbers()).toHaveLength(251)
  })
})

describe("a stranger's issue", () => {
  it("is approved by another's label, and an edit or a new title afterwards shows", async () => {
    await using set = await setStage({gate: GATE})
    const {repository: repo} = set
    const from = {association: 'NONE', labels: ['route:ready']} as const
    repo.openIssue({title: 'Theirs', author: 'eve', ...from})
    repo.openIssue({title: 'Own label', author: repo.owner, ...from})
    repo.openIssue({title: 'No label', author: 'eve', association: 'NONE'})
    repo.openIssue({title: 'Ours', labels: ['route:ready']})
    const {issues} = await set.github.snapshot()
    expect(issues.map(({approvedAt}) => approvedAt)).toEqual([expect.any(Number), null, undefined, undefined])
    expect(issues[0]?.editedAt).toBeNull()
    // Not asked again while nothing changes.
    set.calls()
    expect((await set.issue(1))?.approvedAt).toEqual(issues[0]?.approvedAt)
    expect(set.queries()).toBe(2)
    repo.editIssue(1, {title: 'Do evil'})
    expect((await set.issue(1))?.editedAt).toBeGreaterThanOrEqual(issues[0]!.approvedAt!)
    repo.addLabels(3, 'route:ready')
    expect((await set.issue(3))?.approvedAt).toEqual(expect.any(Number))
    // GitHub tells labels apart without regard to case.
    const spelled = set.gateway({snapshot: {gate: {...GATE, label: 'Route:Ready'}}})
    expect((await spelled.snapshot()).issues.find(({number}) => number === 3)?.approvedAt).toEqual(expect.any(Number))
    expect(set.server.unserved).toEqual([])
  })

  it("is not approved by an app's label, unless the app is trusted", async () => {
    await using set = await setStage({gate: GATE})
    const {repository: repo} = set
    repo.openIssue({title: 'Theirs', author: 'eve', association: 'NONE'})
    repo.labelBy('triage[bot]', 1, 'route:ready')
    const {issues} = await set.github.snapshot()
    expect(issues[0]).toMatchObject({labels: ['route:ready'], approvedAt: null})
    const trusting = set.gateway({snapshot: {gate: {...GATE, trusted: ['Triage[bot]']}}})
    expect((await trusting.snapshot()).issues[0]?.approvedAt).toEqual(expect.any(Number))
    // A person takes it off and puts it on again.
    repo.removeLabels(1, 'route:ready')
    repo.addLabels(1, 'route:ready')
    const later = set.gateway({snapshot: {gate: GATE}})
    expect((await later.snapshot()).issues[0]?.approvedAt).toEqual(expect.any(Number))
  })

  it('is judged again when the trusted authors change', async () => {
    const gate = {...GATE, trusted: ['triage[bot]']}
    await using set = await setStage({gate})
    const {repository: repo} = set
    repo.openIssue({title: 'Theirs', author: 'eve', association: 'NONE'})
    repo.labelBy('triage[bot]', 1, 'route:ready')
    expect((await set.issue(1))?.approvedAt).toEqual(expect.any(Number))
    gate.trusted = []
    expect((await set.issue(1))?.approvedAt).toBeNull()
  })
})

describe('a bad day', () => {
  it.each([
    ['a page that fails', {kind: 'status', status: 502, times: 6}],
    ['a limit', {kind: 'status', status: 403, retryAfter: 600}],
  ] as const)('%s midway changes nothing, and the next pass works', async (_, fault) => {
    await using set = await setStage()
    for (let count = 0; count < 120; count++) set.repository.openIssue({title: 'x'})
    await set.github.snapshot()
    set.repository.closeIssue(1)
    set.server.fault({match: {path: /graphql$/}, ...fault})
    await expect(set.github.snapshot()).rejects.toMatchObject({code: expect.stringMatching(/^github-/)})
    set.later()
    expect(await set.numbers()).toHaveLength(119)
  })

  it('an answer with errors and status 200 is no answer', async () => {
    await using set = await setStage()
    set.repository.openIssue({title: 'x'})
    const broken = {state: true}
    const github = set.gateway({
      async fetch(input, init) {
        const response = await fetch(input, init)
        if (!broken.state || !String(init?.body).includes('openIssues')) return response
        const {data} = (await response.json()) as {data: {repository: object}}
        const errors = [{type: 'SERVICE_UNAVAILABLE', message: 'labels timed out'}]
        return Response.json({data, errors}, {headers: {'x-github-request-id': '1'}})
      },
    })
    await expect(github.snapshot()).rejects.toMatchObject({message: expect.stringContaining('labels timed out')})
    broken.state = false
    expect(await numbers(github)).toEqual([1])
    expect(github.budget().graphql).toMatchObject({limit: 5000})
  })

  it('an old answer undoes nothing that a newer one told', async () => {
    await using set = await setStage()
    const {repository: repo} = set
    const old = Date.now() - 2 * HOUR
    for (let number = 1; number <= 2; number++) repo.openIssue({title: 'x', createdAt: old})
    expect(await set.numbers()).toEqual([1, 2])
    repo.closeIssue(1)
    repo.openIssue({title: 'new'})
    expect(await set.numbers()).toEqual([2, 3])
    set.later()
    // The whole first pass again, as a copy that is behind would give it.
    set.server.fault({kind: 'stale', match: {path: /graphql$/}, times: 2})
    expect(await set.numbers()).toEqual([2, 3])
    expect(await set.numbers()).toEqual([2, 3])
    expect(set.server.unmetFaults()).toEqual([])
  })
})

describe('a server without GraphQL', () => {
  const warnings = () => {
    const told: string[] = []
    const log: Log = {debug() {}, info() {}, warn: message => void told.push(message), error() {}, child: () => log}
    return {told, log}
  }

  it.each([404, 501])('that answers %i is read by REST, told once', async status => {
    const {told, log} = warnings()
    await using set = await setStage({}, {log})
    set.repository.openIssue({title: 'x'})
    set.server.fault({kind: 'status', status, times: 3, match: {path: /graphql$/}})
    expect(await set.numbers()).toEqual([1])
    set.calls()
    const {issues} = await set.github.snapshot()
    expect(issues[0]).not.toHaveProperty('dependsOn')
    expect(set.calls().sort()).toEqual(['GET /issues', 'GET /pulls'])
    expect(told).toEqual(['GitHub is read by REST alone'])
  })

  it('is not taken for one that has trouble', async () => {
    await using set = await setStage()
    set.server.fault({kind: 'status', status: 503, times: 3, match: {path: /graphql$/}})
    await expect(set.github.snapshot()).rejects.toMatchObject({code: 'github-unavailable'})
    await set.github.snapshot()
    expect(set.calls().filter(call => call === 'GET /issues')).toEqual([])
  })

  it('is not taken for one whose first answer was an error of its own', async () => {
    await using set = await setStage()
    set.repository.openIssue({title: 'x'})
    set.repository.openIssue({title: 'y'})
    set.repository.block(1, 2)
    let first = true
    const github = set.gateway({
      async fetch(input, init) {
        if (!first || !String(init?.body).includes('query fields')) return fetch(input, init)
        first = false
        return Response.json({errors: [{message: "We couldn't respond to your request in time. Sorry about that."}]})
      },
    })
    await expect(github.snapshot()).rejects.toMatchObject({code: 'github-unavailable'})
    // Read by REST, nothing would say that it waits.
    expect((await github.snapshot()).issues.find(({number}) => number === 1)?.dependsOn).toEqual([2])
  })

  it.each([
    ['lacks what is needed', {issue: {fields: []}, pull: null}, ['GET /issues', 'GET /pulls']],
    ['lacks dependencies', null, []],
  ])('or one that %s, is asked for what it has', async (_, answer, rest) => {
    await using set = await setStage()
    set.repository.openIssue({title: 'x'})
    set.repository.openIssue({title: 'y'})
    set.repository.block(1, 2)
    const github = set.gateway({
      async fetch(input, init) {
        const response = await fetch(input, init)
        if (!String(init?.body).includes('query fields')) return response
        const {data} = (await response.json()) as {data: {issue: {fields: {name: string}[]}}}
        data.issue.fields = data.issue.fields.filter(({name}) => !/blockedBy|issueDependencies|parent/.test(name))
        return Response.json({data: answer ?? data})
      },
    })
    const {issues} = await github.snapshot()
    expect(issues.map(({number}) => number).sort()).toEqual([1, 2])
    expect(issues.find(({number}) => number === 1)).not.toHaveProperty('dependsOn')
    expect(
      set
        .calls()
        .filter(call => call.startsWith('GET'))
        .sort(),
    ).toEqual(rest)
  })

  it.each([
    ['a part of an issue', 'parent'],
    ['blocked by an issue', 'blockedBy'],
    ['closed by a pull request', 'closingIssuesReferences'],
    ['on a board', 'projectItems'],
  ])('shows all else of what is %s that the token may not see', async (_, field) => {
    await using set = await setStage()
    const {repository: repo} = set
    for (const title of ['One', 'Two']) repo.openIssue({title})
    repo.addSubIssue(1, 2)
    repo.block(1, 2)
    const board = repo.addProject('Board')
    board.add(1)
    await repo.pushCommit({branch: 'work', files: {a: 'b'}})
    await repo.openPull({head: 'work', body: 'Closes #1'})
    const github = set.gateway({snapshot: {board: board.nodeId}})
    using _hidden = set.server.fault({kind: 'graphql-hidden', field, match: {path: /graphql$/}, times: 100})
    const {issues, pulls} = await github.snapshot()
    expect(issues.map(({number}) => number)).toEqual([1, 2])
    expect(pulls).toMatchObject([{number: 3, closes: field === 'closingIssuesReferences' ? [] : [1]}])
    // A card that is hidden may be the one on this board: that is not known then, and no card is something else.
    if (field === 'projectItems') expect(issues[0]).not.toHaveProperty('board')
    else expect(issues[0]?.board).toBeNull()
  })

  it('shows no pull request without the checks that the token may not see', async () => {
    await using set = await setStage()
    const sha = await set.repository.pushCommit({branch: 'work', files: {a: 'b'}})
    await set.repository.openPull({head: 'work'})
    set.repository.addCheck({sha, name: 'unit', conclusion: 'failure'})
    set.server.fault({kind: 'graphql-hidden', field: 'statusCheckRollup', match: {path: /graphql$/}, times: 100})
    await expect(set.github.snapshot()).rejects.toMatchObject({
      code: 'github-forbidden',
      message: expect.stringContaining('(statusCheckRollup)'),
      next: expect.stringContaining('checks'),
    })
  })

  it('that may ask no query for a while is read by queries again', async () => {
    await using set = await setStage()
    set.repository.openIssue({title: 'x'})
    const message = 'Personal access tokens with fine grained access do not support the GraphQL API'
    set.server.fault({kind: 'status', status: 403, message, match: {path: /graphql$/}})
    expect(await set.numbers()).toEqual([1])
    expect(set.calls()).toContain('GET /issues')
    set.later()
    expect(await set.numbers()).toEqual([1])
    expect(set.calls()).not.toContain('GET /issues')
  })

  it('that finds another repository under the name reads nothing of it', async () => {
    await using set = await setStage()
    const {repository, server} = set
    repository.openIssue({title: 'Ours'})
    expect(await set.numbers()).toEqual([1])
    server.moveRepository(repository, {owner: repository.owner, name: 'old'})
    repository.openIssue({title: 'Ours too'})
    expect(await set.numbers(), 'GitHub leads to where it is').toEqual([1, 2])
    const other = await server.createRepository({owner: repository.owner, name: repository.name})
    other.openIssue({title: 'Theirs', labels: ['route:ready']})
    await expect(set.numbers()).rejects.toMatchObject({
      code: 'other-repository',
      message: expect.stringContaining(`${repository.fullName} is another repository now`),
    })
  })

  it('that loses the sight of the board shows the rest, and the board once it may see it again', async () => {
    await using set = await setStage()
    set.repository.openIssue({title: 'x'})
    const board = set.repository.addProject('Board')
    board.add(1)
    let isHidden = false
    const github = set.gateway({
      snapshot: {board: board.nodeId},
      async fetch(input, init) {
        if (!isHidden || !String(init?.body).includes('projectItems')) return fetch(input, init)
        return Response.json({errors: [{type: 'INSUFFICIENT_SCOPES', message: 'needs read:project'}]})
      },
    })
    const first = async () => (await github.snapshot()).issues[0]
    expect(await first()).toMatchObject({board: null})
    isHidden = true
    expect(await first()).toMatchObject({number: 1})
    isHidden = false
    set.repository.editIssue(1, {title: 'y'})
    expect(await first()).toMatchObject({title: 'y', board: null})
  })

  it('that may not show the board shows the rest', async () => {
    const {told, log} = warnings()
    await using set = await setStage()
    set.repository.openIssue({title: 'x'})
    const github = set.gateway({
      log,
      snapshot: {board: '1'},
      async fetch(input, init) {
        if (!String(init?.body).includes('projectItems')) return fetch(input, init)
        return Response.json({errors: [{type: 'INSUFFICIENT_SCOPES', message: 'needs read:project'}]})
      },
    })
    expect(await numbers(github)).toEqual([1])
    expect(told).toEqual(['the board cannot be read'])
  })
})

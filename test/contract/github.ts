import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Snapshot} from '../../src/model/gateways/github.ts'
import {LOCK, withoutGraphql} from '../github/set-up.ts'
import type {Place} from './place.ts'

/** A feature that a server may lack, or have otherwise than GitHub describes it. */
export type Gap =
  | 'graphql'
  | 'conditional reads'
  | 'tokens'
  | 'statuses'
  | 'check runs'
  | 'another person'
  | 'cheap writes'
  | 'pull requests as issues'
  | 'one pull request for a branch'
  | 'refusal of unknown branches'
  | 'refusal of a moved head'
  | 'conflicts'
  | 'heads that follow pushes'

export type ContractOptions = {
  /** Name of the server that is tested. */
  name: string
  open(): Promise<Place>
  /** Reasons why a test cannot run there; they appear in the names of skipped tests. */
  lacks?: {[gap in Gap]?: string}
  /** Lists may lag behind writes by this much. */
  lag?: {timeout: number; interval: number}
}

const CLEAN_UP_MS = 10 * 60_000

/** Tests what the gateway relies on against any GitHub: the fake, somebody else's emulator, and the real one. */
export function githubContract({name, open, lacks = {}, lag = {timeout: 2000, interval: 50}}: ContractOptions): void {
  describe(`our gateway with ${name}`, () => {
    let place: Place
    let github: ReturnType<Place['gateway']>
    /** Reads by REST alone. */
    let lists: ReturnType<Place['gateway']>
    let count = 0
    beforeAll(async () => {
      place = await open()
      github = place.gateway()
      lists = place.gateway({fetch: withoutGraphql(place.fetch)})
    }, CLEAN_UP_MS)
    afterAll(() => place?.[Symbol.asyncDispose](), CLEAN_UP_MS)

    function sentence(text: string, needs: readonly Gap[], test: () => Promise<void>): void {
      const reasons = needs.flatMap(gap => lacks[gap] ?? [])
      const why = reasons.length > 0 ? ` (left out: ${reasons.join(', ')})` : ''
      it.skipIf(reasons.length > 0)(text + why, {timeout: 3 * 60_000}, test)
    }
    const soon = <T>(probe: () => Promise<T>) => expect.poll(probe, lag)
    const fresh = (what: string) => `${place.prefix}-${what}-${++count}`
    const openIssue = (more: {body?: string; labels?: readonly string[]} = {}) =>
      place.people.openIssue({title: fresh('issue'), ...more})
    const numbers = (all: readonly {number: number}[]) => all.map(({number}) => number)
    /** GitHub may give line ends back as CRLF. */
    const normal = (text: string) => text.replaceAll('\r\n', '\n')
    const ensurePull = (branch: string, body = 'Text') =>
      github.ensurePull({branch, base: place.base, title: `${place.prefix} ${branch}`, body})
    async function openWork() {
      const branch = fresh('work')
      const sha = await place.people.commit({branch, file: `${branch}.txt`, text: 'one\n'})
      return {branch, sha, number: (await ensurePull(branch)).number}
    }
    /** Its head is not its first commit. */
    async function openLongWork() {
      const branch = fresh('work')
      const first = await place.people.commit({branch, file: `${branch}.txt`, text: 'one\n'})
      const sha = await place.people.commit({branch, file: `${branch}.txt`, text: 'two\n'})
      return {first, sha, number: (await ensurePull(branch)).number}
    }
    const merge = (pull: number, sha: string) =>
      github.merge({pull, sha, method: 'squash', title: `Land (#${pull})`, text: 'Work on it.', lock: LOCK})

    describe('the repository', () => {
      sentence('tells its name, its default branch and that we may push', [], async () => {
        const found = await github.repository()
        expect(found).toMatchObject({hasIssues: true, canPush: true, url: expect.stringContaining(found.fullName)})
        await place.people.branch(fresh('copy'), found.defaultBranch)
        expect(await github.isProtected(place.base)).toBe(false)
        expect(await github.viewer()).toMatch(/^[\w-]+$/)
      })

      sentence('tells how pull requests may be merged', ['graphql'], async () => {
        const rules = await github.bundleRules()
        expect(rules).toMatchObject({approvals: expect.any(Number), codeOwners: expect.any(Boolean)})
        // The other tests merge by it.
        expect(rules?.methods).toContain('squash')
      })

      sentence('that is not there is named', [], async () => {
        const nowhere = place.gateway({repo: `${place.prefix}-nowhere`})
        await expect(nowhere.repository()).rejects.toMatchObject({code: 'repository-not-found'})
      })

      sentence('is not shown to a wrong token', ['tokens'], async () => {
        const stranger = place.gateway({token: async () => 'ghp_nobody'})
        await expect(stranger.repository()).rejects.toMatchObject({code: 'github-bad-token'})
      })
    })

    describe('issues', () => {
      sentence('are listed with what routing needs, pull requests left out', [], async () => {
        const label = fresh('label')
        const issue = await openIssue({body: 'Please', labels: [label]})
        const {number: pull} = await openWork()
        await soon(async () => numbers((await lists.snapshot()).pulls)).toContain(pull)
        await soon(async () => numbers((await lists.snapshot()).issues)).toContain(issue)
        const all = (await lists.snapshot()).issues
        expect(numbers(all)).not.toContain(pull)
        const listed = all.find(({number}) => number === issue)
        expect(listed).toMatchObject({title: expect.stringContaining(place.prefix), body: 'Please', state: 'open'})
        expect(listed).toMatchObject({labels: [label], createdAt: expect.any(Number), url: expect.any(String)})
        expect(['OWNER', 'MEMBER', 'COLLABORATOR']).toContain(listed?.association)
        expect(listed).toEqual(await github.issue(issue))
      })

      sentence('that are not there, or are pull requests, are null', [], async () => {
        expect(await github.issue(2_000_000_000)).toBeNull()
        expect(await github.discussion(2_000_000_000)).toBeNull()
        expect(await github.issue((await openWork()).number)).toBeNull()
      })

      sentence('are closed once, and leave the list', [], async () => {
        const issue = await openIssue()
        await soon(async () => numbers((await lists.snapshot()).issues)).toContain(issue)
        await github.ensureClosed(issue)
        await github.ensureClosed(issue)
        expect(await github.issue(issue)).toMatchObject({state: 'closed'})
        await soon(async () => numbers((await lists.snapshot()).issues)).not.toContain(issue)
        await expect(github.ensureClosed(2_000_000_000)).rejects.toMatchObject({code: 'issue-not-found'})
      })

      sentence('are read together for a bundle, gone ones too', [], async () => {
        const label = fresh('label')
        const [open, closed] = [await openIssue({labels: [label]}), await openIssue()]
        await github.ensureClosed(closed)
        const gone = 2_000_000_000
        await soon(() => github.gateIssues([open, closed, gone])).toEqual(
          new Map([
            [open, {state: 'open', reason: null, labels: [label], column: null}],
            [closed, {state: 'closed', reason: 'completed', labels: [], column: null}],
            [gone, null],
          ]),
        )
      })

      sentence('and their comments are read from the newest', [], async () => {
        const issue = await openIssue({body: 'First'})
        await place.people.comment(issue, 'Second')
        await soon(async () => (await github.discussion(issue))?.comments.map(({body}) => body)).toEqual(['Second'])
        expect(await github.discussion(issue)).toMatchObject({number: issue, body: 'First', state: 'open'})
      })
    })

    describe('labels', () => {
      sentence('are created once, added and removed by difference, whatever their names contain', [], async () => {
        const [kept, gone, made] = [fresh('kept'), fresh('gone: a/b é'), fresh('made: ü/?')]
        const issue = await openIssue({labels: [kept, gone]})
        const change = {add: [kept.toUpperCase(), made], remove: [gone, 'nope']}
        await github.ensureLabels(issue, change)
        await github.ensureLabels(issue, change)
        await soon(async () => (await place.people.labelsOf(issue)).sort()).toEqual([kept, made].sort())
        await soon(() => github.repositoryLabels()).toEqual(expect.arrayContaining([kept, gone, made]))
        // Another issue finds the label there.
        const other = await openIssue()
        await github.ensureLabels(other, {add: [made], remove: []})
        expect(await place.people.labelsOf(other)).toEqual([made])
        expect((await github.repositoryLabels()).filter(each => each === made)).toHaveLength(1)
      })
    })

    describe('comments', () => {
      sentence('are written once by their key', [], async () => {
        const issue = await openIssue()
        await place.people.comment(issue, 'quoting <!-- clambake:blocked-1 --> in the middle')
        for (const key of ['blocked-1', 'blocked-1', 'blocked-2']) {
          await github.ensureComment(issue, key, `It is ${key}.`)
          await soon(() => place.people.comments(issue)).toContain(`<!-- clambake:${key} -->\nIt is ${key}.`)
        }
        expect(await place.people.comments(issue)).toHaveLength(3)
      })

      sentence('are found behind a hundred others', ['cheap writes'], async () => {
        const issue = await openIssue()
        for (let number = 1; number <= 100; number++) await place.people.comment(issue, `No ${number}`)
        for (const _ of [1, 2]) await github.ensureComment(issue, 'last', 'Once.')
        const shown = (await github.discussion(issue))?.comments.map(({body}) => body)
        expect(shown?.slice(-2)).toEqual(['No 100', 'Once.'])
      })
    })

    describe('pull requests', () => {
      sentence('are opened once for a branch, and their text is brought up to date', [], async () => {
        const {branch, number, sha} = await openWork()
        await soon(async () => (await github.pullOfBranch(branch))?.number).toBe(number)
        expect((await ensurePull(branch)).number).toBe(number)
        expect((await ensurePull(branch, 'New text\n\nof two lines')).number).toBe(number)
        expect(await github.pull(number)).toMatchObject({state: 'open', mergeCommit: null, draft: false})
        expect(await github.pull(number)).toMatchObject({head: {branch, sha}, base: {branch: place.base}})
        await soon(async () => normal(await place.people.pullText(number))).toBe('New text\n\nof two lines')
        await soon(async () => numbers((await lists.snapshot()).pulls)).toContain(number)
        expect(await github.pullOfBranch(fresh('nothing'))).toBeNull()
      })

      sentence('are read with their words as issues are', ['pull requests as issues'], async () => {
        const {number} = await openWork()
        await place.people.comment(number, 'Fine')
        await soon(async () => (await github.discussion(number))?.comments.map(({body}) => body)).toEqual(['Fine'])
        expect(await github.discussion(number)).toMatchObject({number, body: 'Text'})
      })

      sentence('are never two when the list was old', ['one pull request for a branch'], async () => {
        const {branch, number} = await openWork()
        let stale = 1
        const late = place.gateway({
          fetch: async (input, init) =>
            (init?.method ?? 'GET') === 'GET' && stale-- > 0 ? Response.json([]) : place.fetch(input, init),
        })
        const again = {branch, base: place.base, title: `${place.prefix} again`, body: 'Text'}
        expect((await late.ensurePull(again)).number).toBe(number)
      })

      sentence('are opened again after one was closed', [], async () => {
        const {branch, number} = await openWork()
        await place.people.closePull(number)
        await soon(async () => (await github.pullOfBranch(branch))?.state).toBe('closed')
        await place.people.commit({branch, file: `${branch}.txt`, text: 'three\n'})
        const next = await ensurePull(branch)
        expect(next.number).not.toBe(number)
        await soon(async () => (await github.pullOfBranch(branch))?.number).toBe(next.number)
      })

      sentence('are read together for the branches of a bundle', [], async () => {
        const [one, other, none] = [await openWork(), await openWork(), fresh('none')]
        await place.people.closePull(other.number)
        await soon(async () => {
          const found = await github.pullsOfBranches([one.branch, other.branch, none])
          return [one.branch, other.branch, none].map(branch => [found.get(branch)?.number, found.get(branch)?.state])
        }).toEqual([
          [one.number, 'open'],
          [other.number, 'closed'],
          [undefined, undefined],
        ])
      })

      sentence('of a branch that is not there are refused', ['refusal of unknown branches'], async () => {
        await expect(ensurePull(fresh('nowhere'))).rejects.toMatchObject({code: 'github-refused'})
      })

      sentence('follow what is pushed', ['heads that follow pushes'], async () => {
        const {branch, number} = await openWork()
        const sha = await place.people.commit({branch, file: `${branch}.txt`, text: 'three\n'})
        await soon(async () => (await github.pull(number)).head.sha).toBe(sha)
      })

      sentence('tell whether they merge cleanly', ['conflicts'], async () => {
        const clean = await openWork()
        const clash = await openWork()
        await place.people.commit({branch: place.base, file: `${clash.branch}.txt`, text: 'other\n'})
        await soon(async () => (await github.pull(clean.number)).mergeable).toBe('clean')
        await soon(async () => (await github.pull(clash.number)).mergeable).toBe('conflict')
        expect(await merge(clash.number, clash.sha)).toEqual({state: 'refused', reason: expect.stringMatching(/./)})
      })
    })

    describe('a merge', () => {
      sentence('lands the tested commit, and is the same when asked for again', [], async () => {
        const {number, sha} = await openWork()
        await soon(async () => (await github.pull(number)).mergeable).toBe('clean')
        const outcome = await merge(number, sha)
        expect(outcome.state).toBe('merged')
        const commit = outcome.state === 'merged' ? outcome.commit : ''
        await soon(() => place.people.head(place.base)).toBe(commit)
        expect(await place.people.messageOf(commit)).toMatch(new RegExp(`^Land \\(#${number}\\)`))
        await soon(async () => (await github.pull(number)).state).toBe('merged')
        expect(await github.pull(number)).toMatchObject({mergeCommit: commit, head: {sha}})
        expect(await merge(number, sha)).toEqual(outcome)
        await soon(async () => numbers((await lists.snapshot()).pulls)).not.toContain(number)
      })

      sentence('lands no other commit than the tested one', [], async () => {
        const {number, first} = await openLongWork()
        const before = await place.people.head(place.base)
        expect((await merge(number, first)).state).not.toBe('merged')
        expect(await place.people.head(place.base)).toBe(before)
        expect((await github.pull(number)).state).toBe('open')
      })

      sentence('says that the head moved', ['refusal of a moved head'], async () => {
        const {number, first} = await openLongWork()
        expect(await merge(number, first)).toEqual({state: 'head-moved'})
      })

      sentence('of what is closed is refused with a reason', [], async () => {
        const {number, sha} = await openWork()
        await place.people.closePull(number)
        expect(await merge(number, sha)).toEqual({state: 'refused', reason: expect.stringMatching(/./)})
      })
    })

    describe('checks', () => {
      sentence('are none, wait, and pass or fail as statuses say', ['statuses'], async () => {
        const {sha, first} = await openLongWork()
        const set = (commit: string, state: 'pending' | 'success' | 'failure') =>
          place.people.setStatus(commit, {state, context: `${place.prefix}-ci`})
        expect(await github.checkRows(sha)).toEqual([])
        await set(sha, 'pending')
        await soon(() => github.checkRows(sha)).toMatchObject([{state: 'pending'}])
        await set(sha, 'success')
        await soon(() => github.checkRows(sha)).toMatchObject([{state: 'passed'}])
        await set(first, 'failure')
        await soon(() => github.checkRows(first)).toMatchObject([{state: 'failed'}])
        expect(await github.checkRows(sha)).toMatchObject([{state: 'passed'}])
      })

      sentence('are none, wait, and fail as check runs say', ['check runs'], async () => {
        const {sha} = await openWork()
        expect(await github.checkRows(sha)).toEqual([])
        const rows = async () => (await github.checkRows(sha)).map(({name, state}) => `${name} ${state}`).sort()
        await place.people.addCheckRun(sha, {name: 'unit', conclusion: null})
        await soon(rows).toEqual(['unit pending'])
        await place.people.addCheckRun(sha, {name: 'lint', conclusion: 'failure'})
        await soon(rows).toEqual(['lint failed', 'unit pending'])
      })
    })

    describe('reviews', () => {
      sentence('are none before anybody looked', [], async () => {
        expect(await github.review((await openWork()).number)).toBe('none')
      })

      sentence('are the last verdict of each', ['another person'], async () => {
        const {number} = await openWork()
        await place.people.review(number, 'REQUEST_CHANGES')
        expect(await github.review(number)).toBe('changes')
        await place.people.review(number, 'APPROVE')
        expect(await github.review(number)).toBe('approved')
      })
    })

    describe('reading again', () => {
      sentence('what did not change costs nothing', ['conditional reads'], async () => {
        const issue = await openIssue()
        const seen: number[] = []
        const reader = place.gateway({
          fetch: async (input, init) => {
            const response = await place.fetch(input, init)
            seen.push(response.status)
            return response
          },
        })
        const first = await reader.issue(issue)
        await soon(async () => (await reader.issue(issue)) && seen.at(-1)).toBe(304)
        const {remaining} = reader.budget()
        expect(await reader.issue(issue)).toEqual(first)
        expect([seen.at(-1), reader.budget().remaining]).toEqual([304, remaining])
        await place.people.editIssue(issue, {body: 'New'})
        await soon(async () => (await reader.issue(issue))?.body).toBe('New')
      })
    })

    describe('a snapshot', () => {
      const ours = ({issues, pulls}: Snapshot) => ({
        issues: issues.filter(({title}) => title.startsWith(place.prefix)).sort((a, b) => a.number - b.number),
        pulls: pulls.filter(({title}) => title.startsWith(place.prefix)).sort((a, b) => a.number - b.number),
      })
      const listed = async () => {
        const {issues, pulls} = ours(await lists.snapshot())
        // Left out: fields that REST gives only for a single pull request, and GraphQL for all.
        const known = pulls.map(({mergeable, review, checks, updatedAt, ...rest}) => rest)
        return {issues, pulls: known}
      }

      sentence('has what the lists have, at first and after changes', [], async () => {
        const reader = place.gateway()
        const look = async () => ours(await reader.snapshot())
        const [closing, staying] = [await openIssue({body: 'One'}), await openIssue({labels: [fresh('label')]})]
        await openWork()
        await soon(async () => numbers((await listed()).issues)).toContain(staying)
        // A server may take longer for its first query than its lists may lag, as the fake does when it reads the schema.
        await place.gateway().snapshot()
        await soon(look).toMatchObject(await listed())
        await place.people.editIssue(closing, {state: 'closed'})
        await place.people.editIssue(staying, {title: fresh('renamed'), body: 'Two'})
        const opened = await openIssue()
        await soon(async () => numbers((await listed()).issues)).toEqual(expect.arrayContaining([staying, opened]))
        await soon(async () => numbers((await listed()).issues)).not.toContain(closing)
        await soon(look).toMatchObject(await listed())
        const seen = numbers((await look()).issues)
        expect(seen).toEqual(expect.arrayContaining([staying, opened]))
        expect(seen).not.toContain(closing)
      })

      sentence('by GraphQL has more than the lists', ['graphql'], async () => {
        const reader = place.gateway()
        const issue = await openIssue({body: 'One'})
        const {number, sha} = await openWork()
        const seen = async () => {
          const {issues, pulls} = await reader.snapshot()
          return {issue: issues.find(each => each.number === issue), pull: pulls.find(each => each.number === number)}
        }
        await soon(async () => (await seen()).pull?.mergeable).toBe('clean')
        await soon(async () => (await seen()).issue?.editedAt).toBeNull()
        await place.people.editIssue(issue, {body: 'Two'})
        await soon(async () => (await seen()).issue?.editedAt).toEqual(expect.any(Number))
        await place.people.setStatus(sha, {state: 'success', context: `${place.prefix}-ci`})
        await soon(async () => (await seen()).pull?.checks).toEqual({sha, state: 'passed', total: 1, done: 1})
        expect((await seen()).pull).toMatchObject({review: 'none', closes: [], checks: {state: 'passed'}})
        expect(reader.budget().graphql).toMatchObject({limit: expect.any(Number), remaining: expect.any(Number)})
      })
    })
  })
}

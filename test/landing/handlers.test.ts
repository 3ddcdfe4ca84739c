import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {refusal} from '../git/setup.ts'
import {bottle, branchOf, createStand, only, open, opening, ready, type Stand, work} from '../tickets/stand.ts'

// One forge for all: each test has an issue of its own, and a file of its own.
let stand: Stand
beforeAll(async () => {
  stand = await createStand()
})
afterAll(() => stand[Symbol.asyncDispose]())

const pullsOf = (issue: number) => stand.remote.pulls().filter(({head}) => head.branch === branchOf(issue))
const phaseOf = (issue: number) => stand.daemon.book.get(issue)?.record.phase

describe('openPull', () => {
  it('opens one that tells what and why, and once only when the answer was lost', async () => {
    await bottle(stand, 1010)
    stand.server.fault({kind: 'drop-reply', match: {method: 'POST', path: /pulls$/}})
    const {pull} = only(await stand.daemon.do(opening(stand, 1010)), 'pullOpened')
    expect(stand.server.unmetFaults()).toEqual([])
    expect(await (await stand.life()).do(opening(stand, 1010))).toEqual([{type: 'pullOpened', ticket: 1010, pull}])
    expect(pullsOf(1010)).toHaveLength(1)
    expect(stand.remote.pull(pull).title).toBe('Issue 1010')
    expect(stand.remote.pull(pull).body).toMatch(
      /^Closes #1010\n[\s\S]*Do 1010[\s\S]*1010\.txt[\s\S]*## Why[\s\S]*Issue #1010/,
    )
    expect(stand.daemon.book.get(1010)?.record).toMatchObject({phase: 'landing'})
    const events = stand.hub.events.filter(({type, ticket}) => type === 'pr_opened' && ticket === 1010)
    expect(events).toHaveLength(1)
  })

  it('goes on with one that was merged, and takes the closing of this very work for an answer', async () => {
    const merged = await ready(stand, 1020)
    await stand.daemon.do(merged.merge)
    const {pull} = only(await (await stand.life()).do(opening(stand, 1020)), 'pullOpened')
    expect(pull).toBe(merged.pull)
    const seen = only(await stand.daemon.do({name: 'watchPull', ticket: 1020, pull}), 'pullSeen')
    expect(seen.pull.state).toBe('merged')

    const closed = await ready(stand, 1030)
    stand.remote.closePull(closed.pull)
    const again = only(await (await stand.life()).do(opening(stand, 1030)), 'pullOpened')
    expect(again.pull).toBe(closed.pull)
  })

  it('opens a new one for new work, when the issue was reopened after it had landed', async () => {
    const {merge, head: old, pull} = await ready(stand, 1040)
    const {commit} = only(await stand.daemon.do(merge), 'pullMerged')
    const worktree = stand.pathOf(1040)
    const ticket = {ticket: 1040, agent: 'agent001', branch: branchOf(1040), worktree, head: old, pull} as const
    await stand.daemon.do({name: 'finishTicket', ...ticket, mergeCommit: commit})
    stand.remote.reopenIssue(1040)

    const {head} = await work(stand, 1040, 'again.txt')
    await stand.daemon.do({name: 'bottleTicket', ticket: 1040, worktree, head})
    const opened = only(await stand.daemon.do(opening(stand, 1040)), 'pullOpened')
    expect(opened.pull).not.toBe(pull)
    expect(stand.remote.pull(opened.pull)).toMatchObject({state: 'open', head: {sha: head}})
  })

  it('opens a new one for new work after a person closed the last', async () => {
    const {pull, worktree} = await open(stand, 1050)
    stand.remote.closePull(pull)
    const head = await stand.agent(1050).commitFile('better.txt', 'better')
    await stand.daemon.do({name: 'bottleTicket', ticket: 1050, worktree, head})
    expect(only(await stand.daemon.do(opening(stand, 1050)), 'pullOpened').pull).not.toBe(pull)
    expect(
      pullsOf(1050)
        .map(({state}) => state)
        .toSorted(),
    ).toEqual(['closed', 'open'])
  })
})

describe('watchPull', () => {
  it('brings the checks of the very head, with what they said', async () => {
    const {pull, head} = await ready(stand, 1110)
    stand.remote.addCheck({sha: head, name: 'unit', conclusion: 'failure', output: {title: 'red', summary: '1 != 2'}})
    const seen = only(await stand.daemon.do({name: 'watchPull', ticket: 1110, pull}), 'pullSeen')
    expect(seen.pull.head.sha).toBe(head)
    expect(seen.pull.checks).toMatchObject({sha: head, state: 'failed', failures: [{name: 'unit'}]})
    expect(seen.pull.checks?.failures[0]?.summary).toContain('1 != 2')
    expect(seen.conflicts).toEqual([])
  })

  it('names the files that conflict with main as it is now', async () => {
    const {pull} = await ready(stand, 1120, 'shared/ä file.txt')
    await stand.remote.pushCommit({branch: 'main', files: {'shared/ä file.txt': 'another\n', 'free.txt': ''}})
    const seen = only(await stand.daemon.do({name: 'watchPull', ticket: 1120, pull}), 'pullSeen')
    expect(seen.pull.mergeable).toBe('conflict')
    expect(seen.conflicts).toEqual(['shared/ä file.txt'])
  })
})

describe('mergePull', () => {
  it('lands the bottled commit, gives the lock back, and finds its own merge when done again', async () => {
    const {merge, head, pull} = await ready(stand, 1210)
    const {commit} = only(await stand.daemon.do(merge), 'pullMerged')
    expect(stand.remote.branch('main')).toBe(commit)
    expect(await stand.remote.readFile('1210.txt')).toBe('work on 1210\n')
    expect(stand.remote.pull(pull)).toMatchObject({merged: true, head: {sha: head}})
    expect(await stand.daemon.git.landingHolder()).toBeNull()
    expect(only(await (await stand.life()).do(merge), 'pullMerged').commit).toBe(commit)
    expect(stand.remote.branch('main')).toBe(commit)
  })

  it('finds the merge whose answer was lost', async () => {
    const {merge, pull} = await ready(stand, 1220)
    stand.server.fault({kind: 'drop-reply', match: {method: 'PUT', path: /merge$/}})
    const {commit} = only(await stand.daemon.do(merge), 'pullMerged')
    expect(stand.server.unmetFaults()).toEqual([])
    expect(stand.remote.pull(pull).mergeCommit).toBe(commit)
  })

  it('refuses a head that somebody else pushed, before or during the merge', async () => {
    const {merge, pull} = await ready(stand, 1230)
    const push = async (file: string) =>
      void (await stand.remote.pushCommit({branch: branchOf(1230), files: {[file]: 'untested'}}))
    stand.server.fault({kind: 'meanwhile', match: {method: 'PUT', path: /merge$/}, run: () => push('during.txt')})
    expect(only(await stand.daemon.do(merge), 'mergeRefused').reason).toBe('the head moved')
    await push('before.txt')
    const puts = () => stand.server.calls.filter(({method}) => method === 'PUT').length
    const before = puts()
    const {reason} = only(await stand.daemon.do(merge), 'mergeRefused')
    expect(reason).toBe(`the branch moved to ${stand.remote.branch(branchOf(1230))?.slice(0, 7)}`)
    expect(puts()).toBe(before)
    expect(stand.remote.pull(pull).merged).toBe(false)
    expect(await stand.daemon.git.landingHolder()).toBeNull()
  })

  it('waits while another daemon lands, and a lock of an earlier life is no obstacle', async () => {
    const {merge, pull} = await ready(stand, 1240)
    const other = await stand.life({owner: 'other'})
    const lock = (await other.git.acquireLanding('other'))!
    expect(await stand.daemon.do(merge)).toEqual([{type: 'landingBusy', ticket: 1240}])
    expect(stand.remote.pull(pull).merged).toBe(false)
    expect((await stand.daemon.git.landingHolder())?.owner, 'the lock is still theirs').toBe('other')
    await other.git.releaseLanding(lock)

    await (await stand.life({owner: 'other'})).git.acquireLanding('tester')
    expect(await stand.daemon.do(merge)).toMatchObject([{type: 'pullMerged'}])
  })

  it('merges nothing for a claim that somebody moved', async () => {
    const {merge, pull} = await ready(stand, 1250)
    const other = await stand.life({owner: 'other'})
    const found = (await other.git.claims()).find(({record}) => record.issue === 1250)!
    await other.git.bumpClaim(found, {owner: 'other'})
    expect((await refusal(stand.daemon.do(merge))).code).toBe('claim-lost')
    expect(stand.remote.pull(pull).merged).toBe(false)
    expect(await stand.daemon.git.landingHolder()).toBeNull()
  })

  it('tells the merge though the lock could not be given back, and lands the next one', async () => {
    const [first, second] = [await ready(stand, 1260), await ready(stand, 1270)]
    const down = {kind: 'status', status: 503, match: {method: 'POST', path: /git-receive-pack$/}} as const
    stand.server.fault({
      kind: 'meanwhile',
      match: {method: 'PUT', path: /merge$/},
      run: () => void stand.server.fault(down),
    })
    const {commit} = only(await stand.daemon.do(first.merge), 'pullMerged')
    expect(stand.server.unmetFaults()).toEqual([])
    expect(stand.remote.branch('main')).toBe(commit)
    expect(stand.hub.events.at(-1)).toMatchObject({ticket: 1260, severity: 'warning'})
    expect(await stand.daemon.do(second.merge)).toMatchObject([{type: 'pullMerged'}])
    expect(phaseOf(1270)).toBe('landing')
  })
})

import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {NO_TERMS} from '../../src/model/data/landing/terms.ts'
import {refusal} from '../git/setup.ts'
import {
  bottle,
  branchOf,
  createTicketSetup,
  only,
  open,
  opening,
  ready,
  type TicketSetup,
  work,
} from '../tickets/setup.ts'

// One forge for all: each test has an issue of its own, and a file of its own.
let setup: TicketSetup
beforeAll(async () => {
  setup = await createTicketSetup()
})
afterAll(() => setup[Symbol.asyncDispose]())

const pullsOf = (issue: number) => setup.remote.pulls().filter(({head}) => head.branch === branchOf(issue))
const phaseOf = (issue: number) => setup.daemon.book.get(issue)?.record.phase

describe('openPull', () => {
  it('opens one that tells what and why, and once only when the answer was lost', async () => {
    await bottle(setup, 1010)
    setup.server.fault({kind: 'drop-reply', match: {method: 'POST', path: /pulls$/}})
    const {pull} = only(await setup.daemon.do(opening(setup, 1010)), 'pullOpened')
    expect(setup.server.unmetFaults()).toEqual([])
    expect(await (await setup.startDaemon()).do(opening(setup, 1010))).toEqual([
      {type: 'pullOpened', ticket: 1010, pull},
    ])
    expect(pullsOf(1010)).toHaveLength(1)
    expect(setup.remote.pull(pull).title).toBe('Issue 1010')
    expect(setup.remote.pull(pull).body).toMatch(
      /^Closes #1010\n[\s\S]*Do 1010[\s\S]*1010\.txt[\s\S]*## Why[\s\S]*Issue #1010/,
    )
    expect(setup.daemon.book.get(1010)?.record).toMatchObject({phase: 'landing'})
    const events = setup.hub.events.filter(({type, ticket}) => type === 'pr_opened' && ticket === 1010)
    expect(events).toHaveLength(1)
  })

  it('continues with one that was merged, and reports one that was closed with this very work', async () => {
    const merged = await ready(setup, 1020)
    await setup.daemon.do(merged.merge)
    const {pull} = only(await (await setup.startDaemon()).do(opening(setup, 1020)), 'pullOpened')
    expect(pull).toBe(merged.pull)
    const seen = only(await setup.daemon.do({name: 'watchPull', ticket: 1020, pull}), 'pullSeen')
    expect(seen.reading.pull.state).toBe('merged')

    const closed = await ready(setup, 1030)
    setup.remote.closePull(closed.pull)
    const again = only(await (await setup.startDaemon()).do(opening(setup, 1030)), 'pullOpened')
    expect(again.pull).toBe(closed.pull)
  })

  it('opens a new one for new work, when the issue was reopened after it had landed', async () => {
    const {merge, head: old, pull} = await ready(setup, 1040)
    const {commit} = only(await setup.daemon.do(merge), 'pullMerged')
    const worktree = setup.pathOf(1040)
    const ticket = {
      ticket: 1040,
      agent: 'agent001',
      branch: branchOf(1040),
      worktree,
      head: old,
      pull,
      terms: NO_TERMS,
    } as const
    await setup.daemon.do({name: 'finishTicket', ...ticket, mergeCommit: commit})
    setup.remote.reopenIssue(1040)

    const {head} = await work(setup, 1040, 'again.txt')
    await setup.daemon.do({name: 'bottleTicket', ticket: 1040, worktree, head})
    const opened = only(await setup.daemon.do(opening(setup, 1040)), 'pullOpened')
    expect(opened.pull).not.toBe(pull)
    expect(setup.remote.pull(opened.pull)).toMatchObject({state: 'open', head: {sha: head}})
  })

  it('opens a new one for new work after a person closed the last', async () => {
    const {pull, worktree} = await open(setup, 1050)
    setup.remote.closePull(pull)
    const head = await setup.agent(1050).commitFile('better.txt', 'better')
    await setup.daemon.do({name: 'bottleTicket', ticket: 1050, worktree, head})
    expect(only(await setup.daemon.do(opening(setup, 1050)), 'pullOpened').pull).not.toBe(pull)
    expect(
      pullsOf(1050)
        .map(({state}) => state)
        .toSorted(),
    ).toEqual(['closed', 'open'])
  })
})

describe('watchPull', () => {
  it('brings the checks of the very head, with what they said', async () => {
    const {pull, head} = await ready(setup, 1110)
    setup.remote.addCheck({sha: head, name: 'unit', conclusion: 'failure', output: {title: 'red', summary: '1 != 2'}})
    const seen = only(await setup.daemon.do({name: 'watchPull', ticket: 1110, pull}), 'pullSeen')
    expect(seen.reading.pull.head.sha).toBe(head)
    expect(seen.reading.checks).toMatchObject({sha: head, checks: [{name: 'unit', state: 'failed'}]})
    expect(seen.reading.checks?.checks[0]?.summary).toContain('1 != 2')
    expect(seen.reading.conflicts).toEqual([])
  })

  it('waits for the commit of a merge that GitHub does not name yet', async () => {
    const {pull, merge} = await ready(setup, 1130)
    const {commit} = only(await setup.daemon.do(merge), 'pullMerged')
    setup.remote.hideMergeCommit(pull, 1)
    const seen = only(await setup.daemon.do({name: 'watchPull', ticket: 1130, pull}), 'pullSeen')
    expect(seen.reading.pull).toMatchObject({state: 'merged', mergeCommit: commit})
  })

  it('names the head for a merge that a push to main made, of which GitHub names no commit', async () => {
    const {pull, head} = await ready(setup, 1140)
    const main = setup.remote.branch('main')!
    await setup.remote.git('update-ref', 'refs/heads/main', head, main)
    await setup.remote.refsChanged()
    expect(setup.remote.pull(pull).merged).toBe(true)
    setup.remote.hideMergeCommit(pull, 1000)
    const seen = only(await setup.daemon.do({name: 'watchPull', ticket: 1140, pull}), 'pullSeen')
    expect(seen.reading.pull).toMatchObject({state: 'merged', mergeCommit: head})
  })

  it('names the files that conflict with main as it is now', async () => {
    const {pull} = await ready(setup, 1120, 'shared/ä file.txt')
    await setup.remote.pushCommit({branch: 'main', files: {'shared/ä file.txt': 'another\n', 'free.txt': ''}})
    const seen = only(await setup.daemon.do({name: 'watchPull', ticket: 1120, pull}), 'pullSeen')
    expect(seen.reading.pull.mergeable).toBe('conflict')
    expect(seen.reading.conflicts).toEqual(['shared/ä file.txt'])
  })
})

describe('mergePull', () => {
  it('lands the bottled commit, gives the lock back, and finds its own merge when done again', async () => {
    const {merge, head, pull} = await ready(setup, 1210)
    const {commit} = only(await setup.daemon.do(merge), 'pullMerged')
    expect(setup.remote.branch('main')).toBe(commit)
    expect(await setup.remote.readFile('1210.txt')).toBe('work on 1210\n')
    expect(setup.remote.pull(pull)).toMatchObject({merged: true, head: {sha: head}})
    expect(await setup.daemon.git.landingHolder()).toBeNull()
    const again = only(await (await setup.startDaemon()).do(merge), 'pullSeen')
    expect(again.reading.pull).toMatchObject({state: 'merged', mergeCommit: commit})
    expect(setup.remote.branch('main')).toBe(commit)
  })

  it('finds the merge whose answer was lost', async () => {
    const {merge, pull} = await ready(setup, 1220)
    setup.server.fault({kind: 'drop-reply', match: {method: 'PUT', path: /merge$/}})
    const {commit} = only(await setup.daemon.do(merge), 'pullMerged')
    expect(setup.server.unmetFaults()).toEqual([])
    expect(setup.remote.pull(pull).mergeCommit).toBe(commit)
  })

  it('refuses a head that somebody else pushed, before or during the merge', async () => {
    const {merge, pull} = await ready(setup, 1230)
    const push = async (file: string) =>
      void (await setup.remote.pushCommit({branch: branchOf(1230), files: {[file]: 'untested'}}))
    setup.server.fault({kind: 'meanwhile', match: {method: 'PUT', path: /merge$/}, run: () => push('during.txt')})
    expect(only(await setup.daemon.do(merge), 'mergeRefused').reason).toBe('the head moved')
    await push('before.txt')
    const puts = () => setup.server.calls.filter(({method}) => method === 'PUT').length
    const before = puts()
    const {reading} = only(await setup.daemon.do(merge), 'pullSeen')
    expect(reading.pull.head.sha).toBe(setup.remote.branch(branchOf(1230)))
    expect(puts()).toBe(before)
    expect(setup.remote.pull(pull).merged).toBe(false)
    expect(await setup.daemon.git.landingHolder()).toBeNull()
  })

  it('waits while another daemon lands, and takes over its own lock from before a restart', async () => {
    const {merge, pull} = await ready(setup, 1240)
    const other = await setup.startDaemon({owner: 'other'})
    const lock = (await other.git.acquireLanding('other'))!
    expect(await setup.daemon.do(merge)).toEqual([{type: 'landingBusy', ticket: 1240}])
    expect(setup.remote.pull(pull).merged).toBe(false)
    expect((await setup.daemon.git.landingHolder())?.owner, 'the lock is still theirs').toBe('other')
    await other.git.releaseLanding(lock)

    await (await setup.startDaemon({owner: 'other'})).git.acquireLanding('tester')
    expect(await setup.daemon.do(merge)).toMatchObject([{type: 'pullMerged'}])
  })

  it('merges nothing for a claim that somebody moved', async () => {
    const {merge, pull} = await ready(setup, 1250)
    const other = await setup.startDaemon({owner: 'other'})
    const found = (await other.git.claims()).find(({record}) => record.issue === 1250)!
    await other.git.bumpClaim(found, {owner: 'other'})
    expect((await refusal(setup.daemon.do(merge))).code).toBe('claim-lost')
    expect(setup.remote.pull(pull).merged).toBe(false)
    expect(await setup.daemon.git.landingHolder()).toBeNull()
  })

  it('tells the merge though the lock could not be given back, and lands the next one', async () => {
    const first = await ready(setup, 1260)
    const down = {kind: 'status', status: 503, match: {method: 'POST', path: /git-receive-pack$/}} as const
    setup.server.fault({
      kind: 'meanwhile',
      match: {method: 'PUT', path: /merge$/},
      run: () => void setup.server.fault(down),
    })
    const {commit} = only(await setup.daemon.do(first.merge), 'pullMerged')
    expect(setup.server.unmetFaults()).toEqual([])
    expect(setup.remote.branch('main')).toBe(commit)
    expect(setup.hub.events.at(-1)).toMatchObject({ticket: 1260, severity: 'warning'})
    const second = await ready(setup, 1270)
    expect(await setup.daemon.do(second.merge)).toMatchObject([{type: 'pullMerged'}])
    expect(phaseOf(1270)).toBe('landing')
  })

  it('merges nothing that was not checked with main as it is now', async () => {
    const {merge, pull} = await ready(setup, 1280)
    await setup.remote.pushCommit({branch: 'main', files: {'meanwhile.txt': 'x'}})
    const {reading} = only(await setup.daemon.do(merge), 'pullSeen')
    expect(reading.base).toMatchObject({tip: setup.remote.branch('main'), contained: false})
    expect(setup.remote.pull(pull).merged).toBe(false)
  })

  it('halts landing when other files landed than were tested, and merges nothing more before a person has looked', async () => {
    await using other = await createTicketSetup()
    const {merge, head, pull} = await ready(other, 10)
    const next = await ready(other, 20)
    const run = async () => void (await other.remote.pushCommit({branch: 'main', files: {'late.txt': 'x'}}))
    other.server.fault({kind: 'meanwhile', match: {method: 'PUT', path: /merge$/}, run})
    const [merged, written] = await other.daemon.do(merge)
    expect(merged).toMatchObject({type: 'pullMerged'})
    expect(written).toMatchObject({
      type: 'haltWritten',
      cause: {kind: 'tree', reason: expect.stringContaining(`#${pull} landed as`), from: head},
      halt: {causes: [{lifted: null}]},
    })
    const blocked = await other.daemon.do(next.merge)
    expect(blocked).toMatchObject([{type: 'haltSeen', halt: {causes: [{}]}}, {type: 'pullSeen'}])
    expect(other.remote.pull(next.pull).merged).toBe(false)
  })

  it('halts landing after a kill between the merge and the comparison, too', async () => {
    await using other = await createTicketSetup()
    const {merge, head, pull} = await ready(other, 1)
    const run = async () => void (await other.remote.pushCommit({branch: 'main', files: {'late.txt': 'x'}}))
    other.server.fault({kind: 'meanwhile', match: {method: 'PUT', path: /merge$/}, run})
    const isOnMain = other.daemon.git.isOnMain
    Object.assign(other.daemon.git, {isOnMain: () => Promise.reject(new Error('killed'))})
    await expect(other.daemon.do(merge)).rejects.toThrow('killed')
    Object.assign(other.daemon.git, {isOnMain})
    const next = await other.startDaemon()
    const {reading} = only(await next.do(merge), 'pullSeen')
    const mergeCommit = reading.pull.mergeCommit!
    const ticket = {ticket: 1, agent: 'agent001', branch: branchOf(1), worktree: other.pathOf(1), head, pull} as const
    const finish = {name: 'finishTicket', ...ticket, mergeCommit, terms: NO_TERMS} as const
    expect(await next.do(finish)).toMatchObject([
      {type: 'haltWritten', cause: {kind: 'tree', from: head, to: mergeCommit}},
      {type: 'ticketFinished'},
    ])
    expect(await next.git.halt({fresh: true})).not.toBeNull()
  })

  it('puts it into GitHub’s merge queue where there is one, and is done when the queue has merged it', async () => {
    await using other = await createTicketSetup({protectedBranches: [{name: 'main', mergeQueue: true}]})
    const {merge, head, pull} = await ready(other, 10)
    // The queue tests it with what is on main by then.
    await other.remote.pushCommit({branch: 'elsewhere', files: {'other.txt': 'x'}})
    expect(await other.daemon.do(merge)).toEqual([{type: 'pullQueued', ticket: 10}])
    expect(await (await other.startDaemon()).do(merge), 'again').toMatchObject([
      {type: 'pullSeen', reading: {queue: {in: true}}},
    ])
    expect(other.remote.isQueued(pull)).toBe(true)
    expect(await other.daemon.git.landingHolder()).toBeNull()
    await other.remote.mergeQueued(pull)
    const {reading} = only(await other.daemon.do({name: 'watchPull', ticket: 10, pull}), 'pullSeen')
    const mergeCommit = reading.pull.mergeCommit!
    expect(reading.pull).toMatchObject({state: 'merged', head: {sha: head}})
    const ticket = {
      ticket: 10,
      agent: 'agent001',
      branch: branchOf(10),
      worktree: other.pathOf(10),
      head,
      pull,
      terms: NO_TERMS,
    } as const
    expect(await other.daemon.do({name: 'finishTicket', ...ticket, mergeCommit})).toEqual([
      {type: 'ticketFinished', ticket: 10},
    ])
    expect(await other.daemon.git.halt({fresh: true}), 'other files are no surprise then').toBeNull()
  })

  it('keeps the title that a person gave the pull request', async () => {
    const {merge, pull} = await ready(setup, 1290)
    setup.remote.editIssue(pull, {title: 'A better title'})
    const {commit} = only(await setup.daemon.do(merge), 'pullMerged')
    const [landed] = await setup.remote.log(commit)
    expect(landed?.message.split('\n')[0]).toBe(`A better title (#${pull})`)
  })
})

describe('updateBranch', () => {
  const update = (issue: number, {head, pull}: {head: string; pull: number}) => {
    const ticket = {ticket: issue, branch: branchOf(issue), worktree: setup.pathOf(issue), head, pull} as const
    return {name: 'updateBranch', ...ticket, terms: NO_TERMS} as const
  }

  it('merges main into the branch and pushes it with the claim, and ends there again when it is repeated', async () => {
    const done = await ready(setup, 1310)
    const main = await setup.remote.pushCommit({branch: 'main', files: {'new.txt': 'new\n'}})
    const {head} = only(await setup.daemon.do(update(1310, done)), 'branchUpdated')
    expect(setup.remote.branch(branchOf(1310))).toBe(head)
    expect((await setup.remote.log(head))[0]?.parents).toEqual([done.head, main])
    expect(setup.daemon.book.get(1310)?.record.head).toBe(head)
    expect(only(await setup.daemon.do(update(1310, done)), 'branchUpdated').head).toBe(head)
    const {commit} = only(await setup.daemon.do({...done.merge, sha: head}), 'pullMerged')
    expect(await setup.remote.readFile('new.txt', commit)).toBe('new\n')
    expect(await setup.remote.readFile('1310.txt', commit)).toBe('work on 1310\n')
  })

  it('tells the files that conflict, and leaves the branch as it was', async () => {
    const done = await ready(setup, 1320, 'both.txt')
    await setup.remote.pushCommit({branch: 'main', files: {'both.txt': 'another\n'}})
    const {reading} = only(await setup.daemon.do(update(1320, done)), 'pullSeen')
    expect(reading).toMatchObject({conflicts: ['both.txt'], pull: {mergeable: 'conflict'}})
    expect(setup.remote.branch(branchOf(1320))).toBe(done.head)
  })
})

import {existsSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {NO_TERMS} from '../../src/model/data/landing/terms.ts'
import {memoryGit} from '../daemon/memory-git.ts'
import {refusal} from '../git/setup.ts'
import {bottle, branchOf, createTicketSetup, type TicketSetup} from '../tickets/setup.ts'

// One forge for all: each test has an issue of its own.
let setup: TicketSetup
beforeAll(async () => {
  setup = await createTicketSetup()
})
afterAll(() => setup[Symbol.asyncDispose]())

/** An issue whose pull request was merged, and the effect that cleans up after it. */
async function landed(issue: number) {
  const {head, worktree} = await bottle(setup, issue)
  const {number: pull} = await setup.remote.openPull({head: branchOf(issue)})
  setup.remote.addLabels(issue, 'agent:review', 'route:review')
  const lock = (await memoryGit().acquireLanding('tester'))!
  const merge = {pull, sha: head, method: 'squash', title: `Do ${issue}`, text: 'Work on it.', lock} as const
  const outcome = await setup.github.merge(merge)
  if (outcome.state !== 'merged') throw new Error(`#${pull} was not merged`)
  const {commit} = outcome
  const ticket = {
    ticket: issue,
    agent: 'agent001',
    branch: branchOf(issue),
    worktree,
    head,
    pull,
    terms: NO_TERMS,
  } as const
  return {head, worktree, pull, commit, finish: {name: 'finishTicket', ...ticket, mergeCommit: commit} as const}
}

const localBranch = (issue: number) =>
  setup.git('for-each-ref', '--format=%(objectname)', `refs/heads/${branchOf(issue)}`)

async function expectFinished(issue: number, {head, pull, commit}: {head: string; pull: number; commit: string}) {
  const {state, labels, comments} = setup.remote.issue(issue)
  expect({state, labels, comments: comments.length}).toEqual({state: 'closed', labels: [], comments: 1})
  expect(comments[0]?.body).toContain(`Landed on main through #${pull} as ${commit}`)
  expect(setup.remote.branch(branchOf(issue))).toBeNull()
  expect(existsSync(setup.pathOf(issue))).toBe(false)
  expect(await localBranch(issue)).toBe('')
  expect((await setup.daemon.git.claims()).filter(({record}) => record.issue === issue)).toEqual([])
  expect(await setup.git('for-each-ref', '--contains', head), 'the agent’s own commit is kept').not.toBe('')
  expect(await setup.daemon.git.lostCommits()).toEqual([])
}

describe('finishTicket', () => {
  it('closes the issue, comments, cleans up and releases the claim, with the same result after a kill at any step', async () => {
    const ticket = await landed(2020)
    // Each start gets one step further than the last, and finds what that one left.
    let at = 2
    for (let done = false; !done; at++) {
      const daemon = await setup.startDaemon({fault: {at, side: 'after'}})
      const result = await daemon.do(ticket.finish).catch(error => error)
      done = Array.isArray(result)
      if (!done) expect(result).toMatchObject({message: 'killed'})
    }
    expect(at).toBeGreaterThan(8)
    await expectFinished(2020, ticket)
    expect(await (await setup.startDaemon()).do(ticket.finish)).toEqual([{type: 'ticketFinished', ticket: 2020}])
    await expectFinished(2020, ticket)
  })

  it('cleans up and closes the issue though its conversation is locked', async () => {
    const ticket = await landed(2025)
    const message = 'Unable to create comment because issue is locked.'
    setup.server.fault({kind: 'status', status: 403, message, match: {method: 'POST', path: /comments$/}})
    expect(await setup.daemon.do(ticket.finish)).toEqual([{type: 'ticketFinished', ticket: 2025}])
    expect(setup.remote.issue(2025)).toMatchObject({state: 'closed', comments: [], labels: []})
    expect(setup.hub.events.find(({severity, ticket: issue}) => severity && issue === 2025)?.message).toContain(
      'locked',
    )
    expect(existsSync(setup.pathOf(2025))).toBe(false)
  })

  it('deletes nothing while the merge is not on main', async () => {
    const {head, worktree} = await bottle(setup, 2030)
    const ticket = {
      ticket: 2030,
      agent: 'agent001',
      branch: branchOf(2030),
      worktree,
      head,
      pull: 1,
      terms: NO_TERMS,
    } as const
    const error = await refusal(setup.daemon.do({name: 'finishTicket', ...ticket, mergeCommit: head}))
    expect(error).toMatchObject({code: 'merge-not-seen', kept: 'the branch, the worktree and the claim'})
    expect(setup.remote.branch(branchOf(2030))).toBe(head)
    expect(await localBranch(2030)).toBe(head)
    expect(existsSync(join(worktree, '2030.txt'))).toBe(true)
    expect(setup.remote.issue(2030)).toMatchObject({state: 'open', comments: []})
    expect(setup.daemon.book.get(2030)?.record.phase).toBe('review')
  })

  it('saves what the worktree holds beyond what landed, and leaves a branch that someone else pushed to', async () => {
    const ticket = await landed(2040)
    await writeFile(join(ticket.worktree, 'notes.txt'), 'not committed')
    const theirs = await setup.remote.pushCommit({branch: branchOf(2040), files: {'late.txt': 'late'}})
    expect(await setup.daemon.do(ticket.finish)).toEqual([{type: 'ticketFinished', ticket: 2040}])
    expect(setup.remote.branch(branchOf(2040))).toBe(theirs)
    expect(setup.hub.events.find(({severity, ticket: issue}) => severity && issue === 2040)?.message).toContain(
      'is kept',
    )
    expect(existsSync(ticket.worktree)).toBe(false)
    const refs = await setup.git('for-each-ref', '--format=%(refname)', 'refs/clambake/rescue')
    const saved = await Promise.all(refs.split('\n').map(ref => setup.git('ls-tree', '-r', '--name-only', ref)))
    expect(saved.join('\n')).toContain('notes.txt')
  })

  it('does nothing more for a claim that somebody took', async () => {
    const ticket = await landed(2060)
    const claim = (await setup.daemon.git.claims()).find(({record}) => record.issue === 2060)!
    await setup.daemon.git.bumpClaim(claim, {owner: 'other'})
    expect((await refusal(setup.daemon.do(ticket.finish))).code).toBe('claim-lost')
    expect(setup.remote.issue(2060)).toMatchObject({state: 'open', comments: []})
    expect(existsSync(ticket.worktree)).toBe(true)
  })
})

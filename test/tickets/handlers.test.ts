import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {bodyHash} from '../../src/base/body-hash.ts'
import {refusal} from '../git/setup.ts'
import {bottle, branchOf, claim, createTicketSetup, only, type TicketSetup, work} from './setup.ts'

// One forge for all: each test has an issue of its own.
let setup: TicketSetup
beforeAll(async () => {
  setup = await createTicketSetup()
})
afterAll(() => setup[Symbol.asyncDispose]())

const NO_CARD = {column: null, columns: null, assign: null, unassign: null}

async function claimsOf(issue: number) {
  return (await setup.daemon.git.claims()).filter(({record}) => record.issue === issue)
}

describe('claimTicket', () => {
  it('takes an open issue as it reads now, and tells its base and session', async () => {
    setup.openIssue(11, 'Add tax', 'To every price.')
    const won = only(await setup.daemon.do(claim(11)), 'ticketClaimed')
    const {record} = setup.daemon.book.get(11)!
    expect(won).toMatchObject({base: setup.remote.branch('main'), session: record.session, branch: branchOf(11)})
    expect(record).toMatchObject({
      title: 'Add tax',
      owner: 'tester',
      agent: 'agent001',
      phase: 'claimed',
      bodyHash: bodyHash({title: 'Add tax', body: 'To every price.'}),
    })
    expect(setup.hub.events.at(-1)).toMatchObject({type: 'issue_assigned', ticket: 11, agent: 'agent001'})
  })

  it('is refused with the holder when another daemon was first', async () => {
    setup.openIssue(12)
    const other = await setup.startDaemon({owner: 'other'})
    await other.do(claim(12))
    const {reason, holder} = only(await setup.daemon.do(claim(12)), 'claimRefused')
    expect(reason).toMatch(/^it is claimed by agent\d+ on other-host since 20/)
    expect(holder?.record.owner).toBe('other')
    expect(setup.daemon.book.get(12)).toBeUndefined()
    expect((await claimsOf(12)).map(({record}) => record.owner)).toEqual(['other'])
  })

  it('leaves closed and unknown issues alone', async () => {
    setup.openIssue(13)
    setup.remote.closeIssue(13)
    expect(only(await setup.daemon.do(claim(13)), 'claimRefused').reason).toBe('it is closed')
    expect(only(await setup.daemon.do(claim(80)), 'claimRefused').reason).toBe('it does not exist')
    expect([...(await claimsOf(13)), ...(await claimsOf(80))]).toEqual([])
  })

  it('continues with a claim won before a restart, on its branch and in its conversation', async () => {
    setup.openIssue(14)
    const {session} = only(await setup.daemon.do(claim(14)), 'ticketClaimed')
    const again = only(await (await setup.startDaemon()).do(claim(14, 'agent002')), 'ticketClaimed')
    expect(again).toMatchObject({session, branch: branchOf(14)})
  })

  it('is won once when the answer was lost', async () => {
    setup.openIssue(15)
    setup.server.fault({kind: 'drop-reply', match: {method: 'POST', path: /git-receive-pack$/}})
    expect(await setup.daemon.do(claim(15))).toMatchObject([{type: 'ticketClaimed'}])
    expect(setup.server.unmetFaults()).toEqual([])
    expect(await claimsOf(15)).toHaveLength(1)
  })
})

describe('the worktree', () => {
  it('is made from main as it is on the remote, and kept with all it holds on a repair', async () => {
    setup.openIssue(16)
    const {head, base, worktree} = await work(setup, 16)
    await setup.agent(16).write({'half.txt': 'half done'})
    await setup.remote.pushCommit({branch: 'main', files: {'other.txt': 'x'}})
    const again = {name: 'prepareWorktree', ticket: 16, branch: branchOf(16), base} as const
    expect(await setup.daemon.do(again)).toEqual([{type: 'worktreePrepared', ticket: 16, worktree}])
    const {work: found} = only(await setup.daemon.do({name: 'inspectWork', ticket: 16, worktree}), 'workInspected')
    expect(found).toMatchObject({head, branch: branchOf(16), dirty: ['half.txt'], commits: [{sha: head}]})
    // The repair of a conflict merges it.
    expect(await setup.agent(16).resolve('origin/main')).toBe(setup.remote.branch('main'))
  })

  it('on another branch is not taken for the ticket', async () => {
    setup.openIssue(17)
    const {worktree} = await work(setup, 17)
    await setup.agent(17).git('switch', '--quiet', '--create', 'elsewhere')
    const error = await refusal(setup.daemon.do({name: 'inspectWork', ticket: 17, worktree}))
    expect(error).toMatchObject({code: 'foreign-branch', kept: `everything in ${worktree}`})
    expect(error.next).toContain(branchOf(17))
  })
})

describe('bottleTicket', () => {
  it('pushes the branch and moves the claim in one step', async () => {
    const {head, worktree} = await bottle(setup, 18)
    expect(setup.remote.branch(branchOf(18))).toBe(head)
    const [found] = await claimsOf(18)
    expect(found).toEqual(setup.daemon.book.get(18))
    expect(found?.record).toMatchObject({phase: 'review', head, fence: 2})
    expect(setup.hub.events.at(-1)).toMatchObject({type: 'work_completed', commit: head})
    // Once more, as after a kill before the result was recorded.
    const again = {name: 'bottleTicket', ticket: 18, worktree, head} as const
    expect(await (await setup.startDaemon()).do(again)).toEqual([{type: 'ticketBottled', ticket: 18, head}])
    expect(setup.remote.branch(branchOf(18))).toBe(head)
  })

  it('tells of the head that was pushed, where a message would act on GitHub', async () => {
    setup.openIssue(30)
    const {worktree} = await work(setup, 30)
    const agent = setup.agent(30)
    await agent.commit({message: 'Closes #18', files: {'more.txt': 'more'}})
    const head = await agent.resolve('HEAD')
    const [bottled] = await setup.daemon.do({name: 'bottleTicket', ticket: 30, worktree, head})
    const pushed = setup.remote.branch(branchOf(30))
    expect(pushed).not.toBe(head)
    expect(bottled).toEqual({type: 'ticketBottled', ticket: 30, head: pushed})
    expect(setup.daemon.book.get(30)?.record.head).toBe(pushed)
  })

  it('pushes nothing for a claim that somebody else took', async () => {
    setup.openIssue(19)
    const {head, worktree} = await work(setup, 19)
    const other = await setup.startDaemon({owner: 'other'})
    await other.git.bumpClaim((await claimsOf(19))[0]!, {owner: 'other'})
    const error = await refusal(setup.daemon.do({name: 'bottleTicket', ticket: 19, worktree, head}))
    expect(error.code).toBe('claim-lost')
    expect(setup.remote.branch(branchOf(19))).toBeNull()
    expect(await setup.agent(19).resolve('HEAD')).toBe(head)
  })

  it('pushes nothing that was not inspected', async () => {
    setup.openIssue(20)
    const {head, worktree} = await work(setup, 20)
    await setup.agent(20).commitFile('more.txt', 'more')
    const error = await refusal(setup.daemon.do({name: 'bottleTicket', ticket: 20, worktree, head}))
    expect(error.code).toBe('head-moved')
    expect(setup.remote.branch(branchOf(20))).toBeNull()
  })
})

describe('what GitHub shows', () => {
  it('follows the ticket: labels, and one comment for each time that it is blocked', async () => {
    setup.openIssue(21)
    await setup.daemon.do(claim(21))
    await setup.daemon.do({
      name: 'showTicket',
      ticket: 21,
      add: ['agent001'],
      remove: ['route:ready', 'route:review'],
      ...NO_CARD,
    })
    expect(setup.remote.issue(21).labels).toEqual(['agent001'])
    const blocked = {name: 'blockTicket', ticket: 21, attempt: 3} as const
    const reason = 'checks failed: <img src=x> for @octocat, fixes #3'
    await setup.daemon.do({...blocked, reason})
    await setup.daemon.do({...blocked, reason})
    expect(setup.remote.issue(21).comments).toHaveLength(1)
    const {body} = setup.remote.issue(21).comments[0]!
    expect(body).toContain('checks failed')
    expect(body).toContain('`clambake pop 21`')
    expect(body.replace(/^<!--.*-->/, '')).not.toMatch(/<img|@octocat|fixes #3/)
    expect(setup.daemon.book.get(21)?.record).toMatchObject({phase: 'blocked', reason})
    await setup.daemon.do({name: 'sendBack', ticket: 21, reason: 'checks failed: unit', repairs: 1})
    expect(setup.daemon.book.get(21)?.record).toMatchObject({phase: 'repair', repairs: 1})
    // After a restart the attempts are counted from the start, and this is another block.
    await (await setup.startDaemon()).do({...blocked, reason})
    expect(setup.remote.issue(21).comments).toHaveLength(2)
  })

  it('is commented without a claim too', async () => {
    setup.openIssue(22)
    await setup.daemon.do({name: 'blockTicket', ticket: 22, attempt: 1, reason: 'it broke'})
    expect(setup.remote.issue(22).comments).toHaveLength(1)
  })
})

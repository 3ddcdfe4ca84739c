import {afterAll, beforeAll, expect, it} from 'vitest'
import {refusal} from '../git/setup.ts'
import {bottle, branchOf, createTicketSetup, only, opening, type TicketSetup} from '../tickets/setup.ts'

// One forge for all: each test has an issue of its own.
let setup: TicketSetup
beforeAll(async () => {
  setup = await createTicketSetup()
})
afterAll(() => setup[Symbol.asyncDispose]())

/** A ticket whose conflict its agent could not repair. */
async function drafted(issue: number) {
  const {head} = await bottle(setup, issue)
  const ticket = {ticket: issue, branch: branchOf(issue), agent: 'agent001'} as const
  const why = {paths: ['src/`cart`.ts', 'README.md'], reason: 'conflicts with main, after 2 repairs'}
  const effect = {name: 'openDraft', ...ticket, ...why} as const
  const {pull} = only(await setup.daemon.do(effect), 'draftOpened')
  return {head, pull, effect}
}

it('opens a draft that names the files which conflict, once however often it is asked for', async () => {
  const {pull, effect} = await drafted(3010)
  const {draft, body} = setup.remote.pull(pull)
  expect(draft).toBe(true)
  expect(body).toContain("- `src/'cart'.ts`\n- `README.md`")
  expect(body).toContain('mark this pull request ready for review')
  expect(setup.daemon.book.get(3010)?.record).toMatchObject({pull, draft: true})
  expect(only(await (await setup.startDaemon()).do(effect), 'draftOpened')).toMatchObject({pull, draft: true})
  const opened = setup.hub.events.filter(({type, ticket}) => type === 'pr_opened' && ticket === 3010)
  expect(opened).toHaveLength(1)
})

it('is not landed while it is a draft', async () => {
  await drafted(3020)
  expect(await refusal(setup.daemon.do(opening(setup, 3020)))).toMatchObject({code: 'still-draft'})
})

it('continues with what a person pushed on top of the work, with the worktree moved forward', async () => {
  const {pull} = await drafted(3030)
  const fixed = await setup.remote.pushCommit({branch: branchOf(3030), files: {'fixed.txt': 'by hand\n'}})
  setup.remote.markReady(pull)
  expect(await setup.daemon.do(opening(setup, 3030))).toEqual([{type: 'pullOpened', ticket: 3030, pull, head: fixed}])
  expect(setup.daemon.book.get(3030)?.record).toMatchObject({head: fixed, draft: false})
  expect(await setup.agent(3030).resolve('HEAD')).toBe(fixed)
  expect(setup.remote.pull(pull).body).not.toContain('## Conflicts')
})

it('takes nothing up that is not on top of the work', async () => {
  const {pull, head} = await drafted(3040)
  await setup.remote.pushCommit({branch: branchOf(3040), files: {'other.txt': 'x\n'}, from: 'main', force: true})
  setup.remote.markReady(pull)
  expect(await refusal(setup.daemon.do(opening(setup, 3040)))).toMatchObject({code: 'head-moved'})
  expect(setup.daemon.book.get(3040)?.record).toMatchObject({head, draft: true})
  expect(await setup.agent(3040).resolve('HEAD')).toBe(head)
})

import {afterAll, beforeAll, expect, it} from 'vitest'
import {NO_TERMS} from '../../src/model/data/landing/terms.ts'
import {createTicketSetup, only, ready, type TicketSetup} from '../tickets/setup.ts'

// One forge for all: each test has an issue of its own.
let setup: TicketSetup
beforeAll(async () => {
  setup = await createTicketSetup({autoMerge: true, protectedBranches: [{name: 'main', checks: ['unit']}]})
})
afterAll(() => setup[Symbol.asyncDispose]())

/** A pull request whose required check has not reported, and the effects that leave it to GitHub and take it back. */
async function waiting(issue: number) {
  const {head, pull, merge} = await ready(setup, issue)
  const {branch} = merge
  const ticket = {ticket: issue, pull, branch, sha: head, terms: {...NO_TERMS, autoMerge: true}} as const
  const effect = (on: boolean) => ({name: 'setAutoMerge', ...ticket, on}) as const
  return {head, pull, handOver: effect(true), takeBack: effect(false)}
}

const isHandedOver = (issue: number) => setup.daemon.book.get(issue)?.record.handedOver

it('leaves exactly the checked head to GitHub, which merges it once its required check has passed', async () => {
  const {head, pull, handOver} = await waiting(4010)
  expect(only(await setup.daemon.do(handOver), 'autoMergeSet').is).toBe('on')
  expect(only(await (await setup.startDaemon()).do(handOver), 'autoMergeSet').is, 'again').toBe('on')
  expect(setup.remote.pull(pull).autoMerge).toBe('squash')
  expect(isHandedOver(4010)).toBe(true)
  expect(await setup.daemon.git.landingHolder()).toBeNull()
  setup.remote.addCheck({sha: head, name: 'unit', conclusion: 'success'})
  expect(await setup.remote.autoMergeNow(pull)).toBe(true)
  const {reading} = only(await setup.daemon.do({name: 'watchPull', ticket: 4010, pull}), 'pullSeen')
  expect(reading.pull).toMatchObject({state: 'merged', head: {sha: head}})
  expect((await setup.remote.log('main'))[0]?.message).toContain('Work on issue 4010')
})

it('is asked once more by the gate, which says no to a closed issue', async () => {
  const {pull, handOver} = await waiting(4020)
  setup.remote.closeIssue(4020)
  const facts = await setup.daemon.do(handOver)
  expect(facts).toMatchObject([{type: 'autoMergeSet', is: 'off'}, {type: 'pullSeen'}])
  expect(setup.remote.pull(pull).autoMerge).toBeNull()
})

it('takes it back, and notes the merge where GitHub was faster', async () => {
  const {pull, handOver, takeBack} = await waiting(4030)
  await setup.daemon.do(handOver)
  expect(await setup.daemon.do(takeBack)).toEqual([])
  expect(setup.remote.pull(pull).autoMerge).toBeNull()
  expect(isHandedOver(4030)).toBe(false)

  const faster = await waiting(4040)
  await setup.daemon.do(faster.handOver)
  setup.remote.addCheck({sha: faster.head, name: 'unit', conclusion: 'success'})
  await setup.remote.autoMergeNow(faster.pull)
  const {reading} = only(await setup.daemon.do(faster.takeBack), 'pullSeen')
  expect(reading.pull.state).toBe('merged')
})

import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {BundleMember, NotedTest} from '../../src/model/data/landing/bundle.ts'
import {NO_TERMS} from '../../src/model/data/landing/terms.ts'
import {bottle, branchOf, createTicketSetup, only, type TicketSetup} from '../tickets/setup.ts'

// One forge for all: each test has issues of its own, and a file for each of them.
let setup: TicketSetup
beforeAll(async () => {
  setup = await createTicketSetup()
})
afterAll(() => setup[Symbol.asyncDispose]())

/** A bundle of two tickets that is pushed and has its pull request. */
async function built(first: number) {
  const members: BundleMember[] = []
  for (const ticket of [first, first + 1]) {
    const {head} = await bottle(setup, ticket)
    members.push({ticket, title: `Issue ${ticket}`, agent: 'agent001', branch: branchOf(ticket), head})
  }
  const branch = `bundle/20260101-000000-${first}`
  const trials = [{branch, size: 2}]
  const tickets = members.map(({ticket}) => ticket)
  const test: NotedTest = {members: tickets, sizes: [2], round: 0, attempt: 0, knownRed: false, failed: []}
  const build = {name: 'buildBundle', branch, members, trials, test} as const
  const board = {name: 'boardBundle', branch, members, left: trials} as const
  const fact = only(await setup.daemon.do(build), 'bundleBuilt')
  return {branch, members, test, build, board, fact, trial: fact.trials[0]!}
}

const pullsOf = (branch: string) => setup.remote.pulls().filter(({head}) => head.branch === branch)
const tipOf = async (branch: string) => (await setup.daemon.git.remoteHeads([branch])).get(branch)

describe('the title of a bundle', () => {
  it('names who is aboard when it is built again, and is a person’s where one gave it another', async () => {
    const {branch, build, fact, members, test, trial} = await built(2050)
    const retitled = (title: string) => setup.remote.editIssue(trial.pull, {title})
    retitled('Bundle of 3: #2050, #2051, #2052')
    only(await setup.daemon.do(build), 'bundleBuilt')
    expect(setup.remote.pull(trial.pull).title).toBe('Bundle of 2: #2050, #2051')
    retitled('The new cart, for @ada')
    only(await setup.daemon.do(build), 'bundleBuilt')
    const land = {name: 'landBundle', branch, base: fact.base, members, trial, test, method: 'merge'} as const
    only(await setup.daemon.do({...land, terms: NO_TERMS}), 'bundleMerged')
    const [landed] = await setup.remote.log('main')
    expect(landed?.message.split('\n')[0]).toBe(`The new cart, for @&#8203;ada (#${trial.pull})`)
  })
})

describe('a bundle that an earlier run of the daemon left under test', () => {
  it('is boarded and built as it was: the same commits, the same pull request', async () => {
    const {branch, test, build, board, fact, trial} = await built(2010)
    const next = await setup.startDaemon()
    expect(next.book.get(2010)?.record.bundle).toEqual({branch, base: fact.base, tip: null, pull: null, test})
    only(await next.do(board), 'bundleBoarded')
    expect(only(await next.do(build), 'bundleBuilt')).toEqual(fact)
    expect(pullsOf(branch)).toMatchObject([{number: trial.pull, state: 'open', head: {sha: trial.commit}}])
  })

  it('was closed by a person where its branch is there, and by a daemon where it is gone', async () => {
    const {branch, board, trial} = await built(2020)
    setup.remote.closePull(trial.pull)
    const next = await setup.startDaemon()
    const {reason} = only(await next.do(board), 'bundleTaken')
    expect(reason).toBe(`#${trial.pull}, the bundle's, was closed by hand`)
    await next.do({name: 'dropBundle', branch, trials: [trial]})
    expect(await tipOf(branch)).toBeNull()
    only(await next.do(board), 'bundleBoarded')
    expect(next.book.get(2020)?.record.bundle).toBeNull()
  })

  it('is closed after its branch was deleted, also when the daemon is killed between the two', async () => {
    const {branch, board, build, trial} = await built(2030)
    for (let at = 1; ; at++) {
      const dying = await setup.startDaemon({fault: {at, side: 'after'}})
      const calls = dying.calls()
      const isKilled = await dying.do({name: 'dropBundle', branch, trials: [trial]}).then(
        () => false,
        () => true,
      )
      expect(dying.calls()).toBeGreaterThan(calls)
      const next = await setup.startDaemon()
      only(await next.do(board), 'bundleBoarded')
      if (!isKilled) break
      only(await next.do(build), 'bundleBuilt')
    }
  })

  it('is left open by a drop that comes after the bundle was built again', async () => {
    const {branch, build, trial} = await built(2070)
    const rebuilt = only(await setup.daemon.do({...build, test: {...build.test, attempt: 1}}), 'bundleBuilt').trials[0]!
    expect(rebuilt.commit).not.toBe(trial.commit)
    await setup.daemon.do({name: 'dropBundle', branch, trials: [trial]})
    expect(await tipOf(branch)).toBe(rebuilt.commit)
    expect(setup.remote.pull(rebuilt.pull)).toMatchObject({number: trial.pull, state: 'open'})
  })

  it('is noted as landed where a person squashed it meanwhile, in words that name none of its works', async () => {
    const {board, trial} = await built(2060)
    const lock = (await setup.daemon.git.acquireLanding('tester'))!
    const words = {title: 'Both at once', text: 'By hand.'}
    const merge = {pull: trial.pull, sha: trial.commit, method: 'squash', ...words, lock} as const
    const merged = await setup.github.merge(merge)
    await setup.daemon.git.releaseLanding(lock)
    if (merged.state !== 'merged') throw new Error(JSON.stringify(merged))
    const facts = await (await setup.startDaemon()).do(board)
    const landed = [2060, 2061].map(ticket => ({type: 'pullMerged', ticket, commit: merged.commit, pull: trial.pull}))
    expect(facts.slice(0, 2)).toEqual(landed)
  })

  it('is noted as landed by each of its tickets where it was merged meanwhile', async () => {
    const {members, board, branch, test, fact, trial} = await built(2040)
    const next = await setup.startDaemon()
    const land = {name: 'landBundle', branch, base: fact.base, members, trial, test} as const
    const merged = only(await next.do({...land, method: 'rebase', terms: NO_TERMS}), 'bundleMerged')
    const facts = await (await setup.startDaemon()).do(board)
    expect(facts.map(({type}) => type)).toEqual(['pullMerged', 'pullMerged', 'bundleBoarded'])
    expect(facts.slice(0, 2)).toMatchObject(
      merged.landed.map(({ticket, commit}) => ({ticket, commit, pull: trial.pull})),
    )
  })
})

import fc from 'fast-check'
import {expect, it} from 'vitest'
import type {RescueRow} from '../../src/model/data/recovery/rescue.ts'
import {planCleanup} from '../../src/model/recovery/cleanup.ts'
import {anOrphan} from './builders.ts'

const DAY = 24 * 3600_000
const rescue = (ref: string, days: number): RescueRow => ({
  ref,
  oid: '1'.repeat(40),
  name: 'issue-9',
  at: 1000 * DAY - days * DAY,
  what: 'rescue',
  head: '1'.repeat(40),
  branch: null,
  files: 1,
  isShared: true,
})
const NOTHING = {
  orphans: [],
  rescues: [],
  leftovers: [],
  held: () => false,
  isAgents: () => true,
  keepDays: 90,
  at: 1000 * DAY,
}
const names = (found: Partial<Parameters<typeof planCleanup>[0]>) =>
  planCleanup({...NOTHING, ...found}).map(({name}) => name)

it('old rescues go, and those that main has after a day; none with 0, and none of a held ticket', () => {
  const rescues = [rescue('r/old', 91), rescue('r/new', 3), rescue('r/landed', 2), rescue('r/today', 0)]
  const orphans = ['r/landed', 'r/today'].map(name => anOrphan({kind: 'rescue', name, landed: 'files'}))
  expect(names({rescues, orphans})).toEqual(['r/old', 'r/landed'])
  expect(names({rescues, orphans, keepDays: 0})).toEqual(['r/landed'])
  expect(names({rescues, orphans, held: issue => issue === 9})).toEqual([])
})

it('a branch that people made stays, whatever main has of it', () => {
  const orphans = ['agent001/7-cart', 'release/1.0'].map(name => anOrphan({kind: 'branch', name, commits: 0}))
  expect(names({orphans, isAgents: name => name.startsWith('agent')})).toEqual(['agent001/7-cart'])
})

it('notes go only when another ref has their commits', () => {
  const leftovers = [
    {what: 'tracking', ref: 'a', oid: '1', why: 'another ref has its commits'},
    {what: 'pin', ref: 'b', oid: '2', why: null},
  ] as const
  expect(names({leftovers})).toEqual(['a'])
})

it('the last commits of work that landed as another one go when they are as old as rescues', () => {
  const landed = (ref: string, days: number) =>
    ({what: 'landed', ref, oid: '1', why: null, at: 1000 * DAY - days * DAY}) as const
  const leftovers = [landed('l/old', 90), landed('l/new', 89)]
  expect(names({leftovers})).toEqual(['l/old'])
  expect(names({leftovers, keepDays: 0})).toEqual([])
})

it('no work is in the plan that main has not', () => {
  const orphan = fc.record({
    kind: fc.constantFrom('branch', 'worktree', 'stash', 'commit', 'claim'),
    issue: fc.option(fc.constantFrom(7, 9)),
    commits: fc.nat(2),
    dirty: fc.nat(1),
    landed: fc.option(fc.constantFrom('commits', 'patches', 'files')),
    unsure: fc.option(fc.constant('odd')),
    pull: fc.option(fc.record({number: fc.constant(12), state: fc.constantFrom('open', 'closed', 'merged')})),
  })
  fc.assert(
    fc.property(orphan, fc.boolean(), (change, isHeld) => {
      const plan = planCleanup({...NOTHING, orphans: [anOrphan(change)], held: issue => isHeld && issue !== null})
      const {kind, commits, dirty, landed, unsure, pull} = change
      const isLanded = commits === 0 || landed !== null || pull?.state === 'merged'
      const mayGo = (kind === 'branch' || kind === 'worktree') && isLanded && dirty === 0 && unsure === null
      expect(plan).toHaveLength(mayGo && !(isHeld && change.issue !== null) ? 1 : 0)
    }),
  )
})

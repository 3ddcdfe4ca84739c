import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState, type State} from '../../src/model/core/state.ts'
import type {Issue} from '../../src/model/data/issue.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {nextRoutable} from '../../src/model/routing/next-routable.ts'
import {busyPaths, likelyConflict} from '../../src/model/routing/overlap.ts'
import {holdsSlot} from '../../src/model/ticket/states.ts'
import {aConfig, anIssue} from './builders.ts'

const FILES = ['src/a.ts', 'src/b.ts', 'src/c.ts']

function tell(state: State, ...facts: Fact[]): State {
  return facts.reduce((before, fact) => decide(before, fact, 1).state, state)
}

function started(issues: readonly Issue[], routing: Record<string, unknown> = {}, auto = false): State {
  const start = newState({
    config: aConfig({routing: {max_agents: 3, ...routing}}),
    mode: {routing: auto ? 'auto' : 'by hand', landing: 'by hand'},
    at: 0,
  })
  return tell(
    start,
    {type: 'mainSurveyed', files: FILES, merged: []},
    {type: 'githubSeen', issues, pulls: [], main: 'm'},
  )
}

const touching = (number: number, ...paths: string[]) => anIssue(number, {body: paths.join(' ')})
const working = (state: State) =>
  Object.values(state.tickets)
    .filter(holdsSlot)
    .map(({context}) => context.issue)

describe('work on the same files', () => {
  it('is not started side by side: what likely conflicts is passed over until the other is done', () => {
    const issues = [touching(1, 'src/a.ts'), touching(2, 'src/a.ts', 'src/b.ts'), touching(3, 'src/c.ts')]
    const state = started(issues, {}, true)
    expect(working(state)).toEqual([1, 3])
    const won = tell(state, {type: 'ticketClaimed', ticket: 1, base: 'm', session: 's'})
    const done = tell(won, {type: 'stopAsked', ticket: 1}, {type: 'agentStopped', agent: 'agent001', ticket: 1})
    expect(working(done)).toEqual([2, 3])
  })

  it('is what git tells; a guess counts until then, what the issue names counts to the end', () => {
    const kin = {type: 'mainSurveyed', files: FILES, merged: [{title: 'Cart totals', paths: ['src/b.ts']}]} as const
    const issues = [anIssue(1, {title: 'Cart totals', body: 'in src/a.ts'})]
    const begun = tell(started(issues), kin, {type: 'popAsked', issue: 1})
    expect([...busyPaths(begun).keys()]).toEqual(['src/a.ts', 'src/b.ts'])
    const changed = tell(begun, {type: 'changesSeen', changes: {1: ['src/c.ts']}})
    expect([...busyPaths(changed).keys()]).toEqual(['src/c.ts', 'src/a.ts'])
  })

  it('says with whom and in which files', () => {
    const state = tell(started([touching(1, ...FILES), touching(2, ...FILES)]), {type: 'popAsked', issue: 1})
    const candidate = state.queue.find(({issue}) => issue.number === 2)!
    expect(likelyConflict(candidate, busyPaths(state))).toBe(
      'likely conflicts with #1 in src/a.ts, src/b.ts and 1 more',
    )
  })

  it('is left to people: a named ticket is started, and nothing is held with avoid_overlap off', () => {
    const issues = [touching(1, 'src/a.ts'), touching(2, 'src/a.ts')]
    const one = tell(started(issues), {type: 'popAsked', issue: 1})
    expect(nextRoutable(one, 1)).toBeUndefined()
    expect(working(tell(one, {type: 'popAsked', issue: 2}))).toEqual([1, 2])
    const off = tell(started(issues, {avoid_overlap: false}), {type: 'popAsked', issue: 1})
    expect(nextRoutable(off, 1)).toBe(2)
  })

  it('never has two at it by itself, and something always runs while something is ready', () => {
    const list = fc.array(fc.subarray(FILES), {minLength: 1, maxLength: 8})
    fc.assert(
      fc.property(list, sets => {
        let state = started(
          sets.map((paths, index) => touching(index + 1, ...paths)),
          {max_agents: 3},
          true,
        )
        for (let left = sets.length; left > 0; left--) {
          const now = working(state)
          expect(now.length, 'something runs').toBeGreaterThan(0)
          const paths = now.flatMap(issue => sets[issue - 1]!)
          expect(new Set(paths).size, 'nothing twice').toBe(paths.length)
          const {context} = state.tickets[now[0]!]!
          state = tell(
            state,
            {type: 'ticketClaimed', ticket: context.issue, base: 'm', session: 's'},
            {type: 'stopAsked', ticket: context.issue},
            {type: 'agentStopped', agent: context.agent, ticket: context.issue},
          )
        }
        expect(working(state)).toEqual([])
      }),
    )
  })
})

it('what was predicted before is only gone on with while text and main are the same', () => {
  const text = fc.constantFrom('', 'src/a.ts', 'src/b.ts', 'Cart totals', 'Login page')
  const issue = fc.record({number: fc.integer({min: 1, max: 4}), title: text, body: text})
  const look = fc.record({
    issues: fc.uniqueArray(issue, {selector: ({number}) => number}),
    merged: fc.constantFrom([], [{title: 'Cart totals', paths: ['src/c.ts']}]),
    surveyed: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(look, {minLength: 1, maxLength: 4}), looks => {
      let state = started([])
      let merged: (typeof looks)[number]['merged'] = []
      for (const {issues, merged: next, surveyed} of looks) {
        const seen = issues.map(({number, ...change}) => anIssue(number, change))
        if (surveyed) {
          merged = next
          state = tell(state, {type: 'mainSurveyed', files: FILES, merged})
        }
        state = tell(state, {type: 'githubSeen', issues: seen, pulls: [], main: 'm'})
        const afresh = tell(
          started([]),
          {type: 'mainSurveyed', files: FILES, merged},
          {type: 'githubSeen', issues: seen, pulls: [], main: 'm'},
        )
        expect(state.queue).toEqual(afresh.queue)
      }
    }),
  )
})

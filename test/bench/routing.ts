import type {Fact} from '../../src/model/core/facts.ts'
import {newState, type State} from '../../src/model/core/state.ts'
import {agentId} from '../../src/model/data/ids.ts'
import type {Issue} from '../../src/model/data/issue.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {selectRoutes} from '../../src/model/routing/select.ts'
import {aConfig, anIssue} from '../model/builders.ts'
import {type BenchResult, judge, quantile, ratioAtMost} from './result.ts'
import type {Say} from './say.ts'

const ISSUES = 1100
const AGENTS = 40
const FILES = 4000
const MERGED = 300
const ROUNDS = 40
/** Of all rounds the first quarter's: what else the machine does makes them slower and never quicker. */
const SHARE = 0.25

/** What deciding costs with over a thousand open issues and forty agents at work, beside parsing those issues. */
export async function benchRouting(say: Say): Promise<BenchResult[]> {
  say(`routing: ${ISSUES} issues, ${AGENTS} agents at work, ${ROUNDS} rounds`)
  const issues = Array.from({length: ISSUES}, (_, index) => issueOf(index + 1))
  const text = JSON.stringify(issues)
  const state = atWork(issues)
  const seen = (found: readonly Issue[]): Fact => ({type: 'githubSeen', issues: found, pulls: [], main: 'm'})
  const times: Record<'parse' | 'first' | 'next' | 'choose', number[]> = {parse: [], first: [], next: [], choose: []}
  const measure = (name: keyof typeof times, task: () => unknown) => {
    const start = performance.now()
    task()
    times[name].push(performance.now() - start)
  }
  for (let round = 0; round < ROUNDS; round++) {
    // Each look at GitHub brings new objects; a twentieth of them have changed.
    const again: Issue[] = JSON.parse(text)
    for (const issue of again) if (issue.number % 20 === round % 20) issue.body += ` ${round}`
    measure('parse', () => JSON.parse(text))
    measure('first', () => decide({...state, queue: []}, seen(again), 0))
    measure('next', () => decide(state, seen(again), 0))
    measure('choose', () => selectRoutes(state, {}, {at: 0, max: AGENTS}))
  }
  const beside = (name: string, of: keyof typeof times, limit: number) =>
    judge(
      {
        name: `routing: ${name}, beside parsing the issues`,
        value: quantile(times[of], SHARE),
        unit: 'ms',
        reference: quantile(times.parse, SHARE),
      },
      ratioAtMost(limit),
    )
  return [
    beside(`first order of ${ISSUES} issues`, 'first', 120),
    beside(`order of ${ISSUES} issues, a twentieth changed`, 'next', 20),
    beside(`choice among ${ISSUES} issues`, 'choose', 20),
  ]
}

const fileOf = (number: number) => `src/part${number % 40}/file${number % FILES}.ts`

const VERBS = ['Speed up', 'Repair', 'Explain', 'Test', 'Split', 'Rename', 'Cache', 'Round']
const THINGS = ['cart', 'login', 'search', 'invoice', 'refund', 'mail', 'tax', 'stock', 'basket', 'report', 'export']
const WHERE = ['totals', 'page', 'redirect', 'queries', 'limits', 'filters', 'dates', 'names', 'errors', 'labels']

const titleOf = (number: number) =>
  `${VERBS[number % 8]} ${THINGS[number % 11]} ${WHERE[number % 10]} for ${THINGS[(number * 5) % 11]} users`

/** A text as people write them: some words, files that it is about, what it waits for. */
function issueOf(number: number): Issue {
  const needed = number % 7 === 0 ? `\nDepends on #${number - 3}, #${number - 5}` : ''
  const about = `It goes wrong in ${fileOf(number * 13)} and perhaps in file${number}.ts, see below.\n`
  return anIssue(number, {
    title: titleOf(number),
    body: `${about}${'A line of what somebody saw when it happened.\n'.repeat(20)}${needed}`,
    labels: ['route:ready', ...(number % 5 === 0 ? ['route:priority-high'] : [])],
  })
}

/** Each agent at work on an issue of its own, with ten files changed. */
function atWork(issues: readonly Issue[]): State {
  const files = Array.from({length: FILES}, (_, index) => fileOf(index))
  const merged = Array.from({length: MERGED}, (_, index) => ({
    title: titleOf(index * 7),
    paths: [fileOf(index * 3), fileOf(index * 7)],
  }))
  const start = newState({
    config: aConfig({routing: {max_agents: 12}}),
    mode: {routing: 'by hand', landing: 'by hand'},
    at: 0,
  })
  const known = [
    {type: 'mainSurveyed', files, merged},
    {type: 'githubSeen', issues, pulls: [], main: 'm'},
    {type: 'popAsked', issue: 1},
  ] satisfies Fact[]
  const state = known.reduce((before: State, fact) => decide(before, fact, 0).state, start)
  const {value, context} = state.tickets[1]!
  const numbers = Array.from({length: AGENTS}, (_, index) => index + 1)
  return {
    ...state,
    tickets: Object.fromEntries(
      numbers.map(issue => [issue, {value, context: {...context, issue, agent: agentId(issue)}}]),
    ),
    changes: Object.fromEntries(
      numbers.map(issue => [issue, Array.from({length: 10}, (_, index) => fileOf(issue * 10 + index))]),
    ),
  }
}

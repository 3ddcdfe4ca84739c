import type {Call} from '../../fixtures/github/server.ts'
import {poll} from '../../src/base/clock.ts'
import type {StoredEvent} from '../../src/model/data/event.ts'
import {openPlay, type Play} from '../e2e/stage.ts'
import {type BenchResult, judge, ratioAtMost, valueAtMost} from './result.ts'
import type {Say} from './say.ts'
import {ciOf, issueOf, type Work} from './train-work.ts'

const TOGETHER = 5
const SEARCHED = 8
/** Place of the bad one among them. */
const BAD = 4
const ROUNDS = 3
const LAND_MS = 180_000
const EVENTS = 1000
/** Routes that are named when too many calls are made. */
const NAMED = 12

/** What landing costs the API, a bundle of five tickets beside the same five one by one. */
export async function benchLandingCalls(say: Say): Promise<BenchResult[]> {
  say(`landing: API calls of ${TOGETHER} tickets, together and one by one`)
  const works = goodWorks(TOGETHER)
  const together = await callsToLand(works, true)
  const single = await callsToLand(works, false)
  const figure = {
    name: `landing: API calls a ticket, bundles of ${TOGETHER} beside single pull requests`,
    value: together.length / TOGETHER,
    unit: 'calls',
    reference: single.length / TOGETHER,
  }
  const result = judge(figure, ratioAtMost(1 / 3))
  if (!result.ok) {
    say(`landing: together: ${byRoute(together)}`)
    say(`landing: one by one: ${byRoute(single)}`)
  }
  return [result]
}

/** Rounds of checks that find the one bad ticket of a bundle. */
export async function benchSearch(say: Say): Promise<BenchResult[]> {
  say(`landing: one bad ticket among ${SEARCHED}`)
  const works = goodWorks(SEARCHED).map((work): Work => (work.number === BAD ? {...work, kind: 'bad'} : work))
  const trials: {branch: string; at: number}[] = []
  await using play = await openPlay({
    issues: works.map(issueOf),
    agents: SEARCHED,
    bundling: {leave_early: false},
    mergeStrategy: 'squash',
    ci: ciOf(({branch}) => branch.startsWith('bundle/') && trials.push({branch, at: Date.now()})),
  })
  await bottleAll(play, works)
  await play.command(['land'])
  await closed(play, works)
  const {events} = (await play.json('events', '--limit', String(EVENTS))) as {events: StoredEvent[]}
  const named = events.find(({message}) => message.startsWith(`#${BAD} turned `))
  if (!named) throw new Error(`the bad ticket was not found: ${events.map(({message}) => message).join('\n')}`)
  const until = events.filter(({at}) => at <= named.at)
  const rounds = new Set(until.flatMap(({message, metadata}) => (/ red: /.test(message) ? [metadata?.round] : [])))
  const runs = trials.filter(({at}) => at <= named.at).length
  const name = `landing: rounds of checks to find the bad one of ${SEARCHED} (${runs} runs)`
  return [judge({name, value: rounds.size, unit: 'rounds', reference: null}, valueAtMost(ROUNDS))]
}

function goodWorks(count: number): Work[] {
  return Array.from({length: count}, (_, index) => ({number: index + 1, kind: 'good'}))
}

/** The calls from bottled to landed and cleaned up. Nothing looks at GitHub by the clock meanwhile. */
async function callsToLand(works: readonly Work[], enabled: boolean): Promise<readonly Call[]> {
  await using play = await openPlay({
    issues: works.map(issueOf),
    agents: works.length,
    mergeStrategy: 'squash',
    lookSeconds: 600,
    bundling: {enabled, leave_early: false},
    ci: ciOf(() => {}),
  })
  await bottleAll(play, works)
  const before = play.github.calls.length
  await play.command(['land'])
  await closed(play, works)
  return play.github.calls.slice(before)
}

async function bottleAll(play: Play, works: readonly Work[]): Promise<void> {
  for (const {number} of works) await play.popped(number)
  for (const {number} of works) await play.bottled(number)
}

/** Waits until all issues are closed and no claim is left. */
async function closed({repository}: Play, works: readonly Work[]): Promise<void> {
  const isDone = () =>
    works.every(({number}) => repository.issue(number).state === 'closed') &&
    ![...repository.refs().keys()].some(ref => ref.startsWith('refs/clambake/claims/'))
      ? true
      : undefined
  if (!(await poll(isDone, {everyMs: 50, timeoutMs: LAND_MS}))) throw new Error('the tickets did not land')
}

/** The routes by their number of calls, the most first. */
function byRoute(calls: readonly Call[]): string {
  const counts = new Map<string, number>()
  for (const {method, path, operation} of calls) {
    const route = operation ?? `${method} ${path.replace(/\/[0-9a-f]{40}/g, '/SHA').replace(/\/\d+/g, '/N')}`
    counts.set(route, (counts.get(route) ?? 0) + 1)
  }
  const sorted = [...counts].sort(([, one], [, other]) => other - one)
  return sorted
    .slice(0, NAMED)
    .map(([route, count]) => `${count} ${route}`)
    .join(', ')
}

import type {FakeRepository} from '../../fixtures/github/repository.ts'
import {poll} from '../../src/base/clock.ts'
import type {StoredEvent} from '../../src/model/data/event.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import {openPlay, type Play} from '../e2e/stage.ts'
import {type BenchResult, judge, quantile, valueAtLeast, valueAtMost} from './result.ts'
import type {Say} from './say.ts'
import {ciOf, faultIn, isOnMain, issueOf, type Work, worksOf} from './train-work.ts'

const TICKETS = 50
const AGENTS = 8
/** A run that takes longer has stopped. */
const MS_A_TICKET = 15_000
const EVENTS = 10_000

/** Seconds from the last green check of a bundle to its merge as the daemon sees it. */
const MERGE_S = 10

type Run = {branch: string; sha: string}

/**
 * Many tickets by eight agents on the real daemon with real git: a tenth is red until it is repaired, a fifth changes one
 * file. Says in one line what it took, and judges that all is on main, tested, and main never red.
 */
export async function benchTrain(say: Say, count = TICKETS): Promise<BenchResult[]> {
  const works = worksOf(count)
  say(`train: ${count} tickets by ${AGENTS} agents`)
  const runs: Run[] = []
  await using play = await openPlay({
    issues: works.map(issueOf),
    ci: ciOf(({branch, sha}) => runs.push({branch, sha})),
    agents: AGENTS,
    routing: 'auto',
    trainMinutes: 0.25,
    mergeStrategy: 'squash',
  })
  const began = performance.now()
  await play.command(['daemon', 'start'])
  const waiting = await ended(play, works)
  const minutes = (performance.now() - began) / 60_000
  const {events} = (await play.json('events', '--limit', String(EVENTS))) as {events: StoredEvent[]}
  const found = await inspect(play, works, events)
  const tested = runs.filter(({branch}) => branch !== 'main')
  const calls = play.github.calls.length
  const each = (total: number) => (total / count).toFixed(1)
  say(
    `train: ${count} tickets in ${minutes.toFixed(1)} min: ${(found.merged / minutes).toFixed(1)} a minute, ` +
      `${each(calls)} API calls and ${each(tested.length)} CI runs a ticket, ` +
      `${percent(found.merged, count)} % merged, ${percent(found.healed, found.failed)} % of ${found.failed} healed alone`,
  )
  const wrong = [...waiting, ...found.faults]
  for (const line of wrong) say(`train: ${line}`)
  if (wrong.length > 0) for (const event of events) say(lineOf(event))
  const seconds = secondsToMerge(play, events)
  const merge = (name: string, quota: number) => {
    const what = `train: last green check to merged, ${name} of ${seconds.length} bundles`
    const value = seconds.length === 0 ? 0 : quantile(seconds, quota)
    return judge({name: what, value, unit: 's', reference: null}, valueAtMost(MERGE_S))
  }
  const share = (name: string, value: number, limit: number) =>
    judge({name: `train: ${name}`, value, unit: '%', reference: null}, valueAtLeast(limit))
  const none = (name: string, value: number) =>
    judge({name: `train: ${name}`, value, unit: '', reference: null}, valueAtMost(0))
  return [
    share('merged', percent(found.merged, count), 95),
    share('healed alone', percent(found.healed, found.failed), 90),
    none('landed untested', found.untested),
    none('lost', found.lost),
    none('red commits on main', found.red),
    merge('median', 0.5),
    merge('p99', 0.99),
  ]
}

/** Waits until every issue is closed, or only a person can go on; gives the tickets that a person has to look at. */
async function ended(play: Play, works: readonly Work[]): Promise<string[]> {
  const isClosed = ({number}: Work) => play.repository.issue(number).state === 'closed'
  let asks: string[] = []
  const isOver = async () => {
    const open = works.filter(work => !isClosed(work))
    if (open.length === 0) return true
    await using daemon = await play.daemon()
    const {tickets, header}: DaemonState = await daemon.call('state', {})
    const told = open.flatMap(({number}) => tickets.filter(row => row.number === number))
    asks = told.map(
      ({number, phase, detail, attention}) => `#${number} ${phase} ${detail ?? ''}: ${attention ?? 'open'}`,
    )
    if (header.halted) asks.push(`halted: ${header.halted}`)
    if (header.train.paused) asks.push(`paused: ${header.train.paused}`)
    return told.length === open.length && told.every(({attention}) => attention !== null) ? true : undefined
  }
  const over = await poll(isOver, {everyMs: 500, timeoutMs: works.length * MS_A_TICKET})
  return over && works.every(isClosed) ? [] : asks
}

/** Reads from main, pull requests and events what became of the tickets. */
async function inspect(play: Play, works: readonly Work[], events: readonly StoredEvent[]) {
  const {repository} = play
  const textsAt = reader(repository)
  const files = await textsAt('main')
  const faults: string[] = []
  const merged = works.filter(work => isOnMain(work, files))
  const lost = works.filter(work => repository.issue(work.number).state === 'closed' && !merged.includes(work))
  for (const {number} of lost) faults.push(`#${number} is closed, and its work is not on main`)
  const finished = (ticket: number) =>
    events.filter(one => one.type === 'work_completed' && one.ticket === ticket).length
  const failed = works.filter(work => finished(work.number) > 1 || !merged.includes(work))
  let untested = 0
  for (const {number, merged: landed, head} of repository.pulls()) {
    if (!landed) continue
    const checks = repository.checks(head.sha)
    if (checks.length > 0 && checks.every(({conclusion}) => conclusion === 'success')) continue
    untested++
    faults.push(`#${number} was merged with checks that did not pass`)
  }
  let red = 0
  const commits = (await repository.git('rev-list', '--first-parent', 'main')).trim().split('\n')
  for (const commit of commits) {
    const fault = faultIn(await textsAt(commit))
    if (fault === null) continue
    red++
    faults.push(`main is red at ${commit}: ${fault}`)
  }
  const healed = failed.filter(work => merged.includes(work)).length
  return {merged: merged.length, lost: lost.length, failed: failed.length, healed, untested, red, faults}
}

/** A bundle lands once all its trials have a result, so its last check counts. */
function secondsToMerge({repository}: Play, events: readonly StoredEvent[]): number[] {
  return events.flatMap(({type, message, metadata, at}) => {
    if (type !== 'landing_attempted' || !message.includes(' landed through ')) return []
    const pulls = Array.isArray(metadata?.pulls) ? metadata.pulls.map(Number) : []
    const ended = pulls.flatMap(number => repository.checks(repository.pull(number).head.sha))
    return [(at - Math.max(...ended.map(({completedAt}) => completedAt ?? at))) / 1000]
  })
}

/** Reads all files at a commit; each text is read once, however many commits hold it. */
function reader({git}: Pick<FakeRepository, 'git'>): (commit: string) => Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  return async commit => {
    const files = new Map<string, string>()
    for (const line of (await git('ls-tree', '-r', commit)).trim().split('\n')) {
      const [, blob = '', path = ''] = /^\d+ blob (\w+)\t(.+)$/.exec(line) ?? []
      const text = texts.get(blob) ?? (await git('cat-file', 'blob', blob))
      texts.set(blob, text)
      files.set(path, text)
    }
    return files
  }
}

function lineOf({at, ticket, type, message}: StoredEvent): string {
  return `${new Date(at).toISOString().slice(11, 23)} ${ticket === undefined ? '' : `#${ticket} `}${type}: ${message}`
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.round((part / whole) * 1000) / 10
}

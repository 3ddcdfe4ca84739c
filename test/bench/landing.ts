import type {StoredEvent} from '../../src/model/data/event.ts'
import {openPlay} from '../e2e/stage.ts'
import {type BenchResult, judge, quantile, valueAtMost} from './result.ts'
import type {Say} from './say.ts'

/** Finished work is on main within five minutes when its checks pass. */
const LIMIT_S = 300
/** More than a demo can tell. */
const EVENTS = 1000

/** From bottled to merged on the fake GitHub, for the demo's issues with their red checks and conflicts; no train. */
export async function benchLanding(say: Say): Promise<BenchResult[]> {
  say("landing: the demo's issues")
  await using play = await openPlay({routing: 'auto', trainMinutes: 0})
  await play.command(['--once'])
  const {events} = (await play.json('events', '--limit', String(EVENTS))) as {events: StoredEvent[]}
  const seconds = events.filter(({type}) => type === 'pr_merged').map(merged => secondsUntil(merged, events))
  const figure = (what: string, value: number) =>
    judge({name: `landing: bottled to merged, ${what}`, value, unit: 's', reference: null}, valueAtMost(LIMIT_S))
  return [
    figure(`median of ${seconds.length} tickets`, quantile(seconds, 0.5)),
    figure('the slowest', Math.max(...seconds)),
  ]
}

/** Counted from the last time that the ticket's work was finished: a repair finishes it again. */
function secondsUntil(merged: StoredEvent, events: readonly StoredEvent[]): number {
  const finished = events
    .filter(({type, ticket, at}) => type === 'work_completed' && ticket === merged.ticket && at <= merged.at)
    .map(({at}) => at)
  return (merged.at - Math.max(...finished)) / 1000
}

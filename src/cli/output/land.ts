import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {conflictSides, type SeenConflict} from '../../model/radar/conflict.ts'
import {STAGES} from '../../model/ticket/states.ts'
import type {DaemonState, LandingReport, LandPlan, TicketGate} from '../../protocol/daemon.ts'
import {gateText} from './gate.ts'

/** A ticket that did not land, with what the gate says of it. */
export type NotLanded = {ticket: number; reason: string; gate: TicketGate['gate']}

export async function refusal({ticket, reason, gate}: NotLanded): Promise<string[]> {
  return [safeLine(`#${ticket} did not land: ${reason}`), ...(await gateText(gate))]
}

/** What the merge gate says of every ticket whose pull request is open. */
export async function answers({gates}: LandPlan): Promise<string[]> {
  const texts = await Promise.all(
    gates.map(async ({ticket, title, pull, gate}) => [
      `#${ticket}  ${safeLine(title)}  pull request #${pull}`,
      ...(await gateText(gate)),
    ]),
  )
  return texts.flat()
}

/** A line for each ticket that boards: what it changes, and whether it is in the bundle or alone. */
export function boarding({board}: LandPlan): string[] {
  return board.map(({ticket, title, agent, commits, added, removed, alone}) => {
    const how = alone === null ? 'in the bundle' : `alone: ${safeLine(alone)}`
    return `#${ticket}  ${safeLine(title)}  ${agent}  ${count(commits, 'commit')}  +${added} −${removed}  ${how}`
  })
}

/** The train that is under way, and why none departs. */
export function trainLines({train: {text, paused}}: LandPlan): string[] {
  return [
    ...(text === null ? [] : [`under way: ${safeLine(text)}`]),
    ...(paused === null ? [] : [`the train is paused: ${safeLine(paused)}`]),
  ]
}

/** A line for each ticket that does not board, and for each that is looked at again. */
export function putOff(plan: Pick<LandPlan, 'again' | 'putOff'>): string[] {
  return [
    ...plan.again.map(({ticket, title, reason}) => safeLine(`looked at again  #${ticket}  ${title}: ${reason}`)),
    ...plan.putOff.map(({ticket, title, reason}) => safeLine(`put off  #${ticket}  ${title}: ${reason}`)),
  ]
}

/** What the radar saw that does not merge and holds work that would leave now. */
export function forecastOf({board}: LandPlan, {conflicts}: Pick<DaemonState, 'conflicts'>): SeenConflict[] {
  const leaving = new Set(board.map(({ticket}) => ticket))
  return conflicts.filter(({one, other}) => [one, other].some(side => side?.ticket != null && leaving.has(side.ticket)))
}

/** A line for each conflict; null: no forecast was asked for. */
export function forecastLines(forecast: readonly SeenConflict[] | null): string[] {
  if (forecast === null) return []
  if (forecast.length === 0) return ['The radar expects no conflict of what would leave now.']
  return forecast.map(conflict => {
    const {files, committed} = conflict
    const paths = files.map(({path}) => safeLine(path)).join(', ')
    return `conflict: ${safeLine(conflictSides(conflict))} in ${paths}${committed ? '' : ' (with what is not committed)'}`
  })
}

/** How each ticket came to main: its trace, and the steps with what they took. */
export function traceLines(reports: readonly LandingReport[]): string[] {
  return reports.flatMap(({ticket, bundle, pull, traceId, steps}) => {
    const way = bundle === null ? `#${pull ?? '?'}` : `${safeLine(bundle)}, #${pull ?? '?'}`
    return [
      `#${ticket} through ${way}: ${traceId === null ? 'no trace' : `trace ${traceId}`}`,
      ...steps.map(({name, at, ms}) => `  ${new Date(at).toISOString().slice(11, 19)}  ${name}  ${spent(ms)}`),
    ]
  })
}

/** How long each stage of the landing took, for each ticket. */
export function performanceLines(reports: readonly LandingReport[]): string[] {
  return reports.map(({ticket, stages, apiCalls, ciRuns}) => {
    const parts = STAGES.slice(1).map((stage, index) => {
      const [from, to] = [stages[STAGES[index]!], stages[stage]]
      return `${STAGES[index]} → ${stage} ${from === null || to === null ? 'not seen' : spent(to - from)}`
    })
    const calls = apiCalls === null ? 'requests not counted' : count(apiCalls, 'request')
    return `#${ticket}  ${parts.join(', ')}; ${calls} to GitHub meanwhile, ${count(ciRuns, 'check')}`
  })
}

function spent(ms: number): string {
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

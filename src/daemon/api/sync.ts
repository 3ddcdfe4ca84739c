import {poll} from '../../base/clock.ts'
import type {State} from '../../model/core/state.ts'
import type {Act, Observation} from '../../model/data/show.ts'
import {judge} from '../../model/mirror/manual-changes.ts'
import {SETTLE_MS, watched} from '../../model/mirror/mirror-tickets.ts'
import {strayLabels} from '../../model/mirror/show.ts'
import {type ShownRow, wasShown} from '../../model/mirror/shown-row.ts'
import {TICKET_STATES} from '../../model/ticket/states.ts'
import type {DaemonApi, SyncParams, SyncRow} from '../../protocol/daemon.ts'
import {type ApiParts, ensureLooked, type Handlers} from './parts.ts'
import {nowOf} from './refuse-other.ts'

/** After this time the changes are on GitHub, or GitHub fails, which the header shows. */
const WRITE_MS = 8000
const LOOK_MS = 50
/** The acts that write to GitHub. */
const WRITING: readonly Act[] = ['put back', 'stop', 'retry']

/** The methods that list and resolve changes made by hand on GitHub. */
export function syncApi(parts: ApiParts): Handlers<'mismatches' | 'sync'> {
  return {
    mismatches: async params => (await compare(parts, params)).rows,
    sync: params => sync(parts, params),
  }
}

async function sync(parts: ApiParts, params: DaemonApi['sync']['params']): Promise<DaemonApi['sync']['result']> {
  const {engine, reconciler, clock} = parts
  const {rows: found, observations, strategy} = await compare(parts, params)
  const moved = movedSince(found, params.shown)
  const [rows, fresh] = [found.filter(({ticket}) => !moved.has(ticket)), found.filter(({ticket}) => moved.has(ticket))]
  engine.dispatch({
    type: 'ticketsSeen',
    observations: observations.filter(({ticket}) => !moved.has(ticket)),
    strategy,
  })
  const forced = params.force ? chosen(engine.state(), params).filter(ticket => !moved.has(ticket)) : []
  if (forced.length > 0) engine.dispatch({type: 'showAsked', tickets: forced})
  // Stray labels on unclaimed issues are removed after two looks have seen them.
  for (let look = 0; params.all && look < 2; look++) await reconciler.look()
  const isDone = () => {
    const {written, tickets} = engine.state()
    const isWritten = (ticket: number) => written[ticket]?.at !== null
    return (
      forced.every(isWritten) &&
      rows.every(({ticket, act}) =>
        act === 'release' ? !tickets[ticket] : !WRITING.includes(act) || isWritten(ticket),
      )
    )
  }
  await poll(async () => (isDone() ? true : undefined), {everyMs: LOOK_MS, timeoutMs: WRITE_MS, clock})
  return {rows, fresh, told: forced, compared: observations.length}
}

/** The tickets with a difference that the person did not see, or that would be treated in another way by now. */
function movedSince(rows: readonly SyncRow[], shown: readonly ShownRow[] | undefined): Set<number> {
  // Labels on issues that are not claimed are removed at each look, without a question.
  const asked = rows.filter(({agent}) => agent !== null)
  return new Set(shown && asked.filter(row => !wasShown(row, shown)).map(({ticket}) => ticket))
}

async function compare(parts: ApiParts, params: SyncParams) {
  const {engine, github, clock, config} = parts
  await ensureLooked(parts)
  const strategy = params.strategy ?? config.sync.strategy
  const meant = chosen(engine.state(), params)
  const standing = watched(engine.state()).filter(
    ({ticket, since}) => meant.includes(ticket) && clock.now() - since >= SETTLE_MS,
  )
  const seen = standing.length === 0 ? null : await github.showing(standing.map(({ticket}) => ticket))
  const observations = standing.map((one): Observation => ({...one, seen: seen?.get(one.ticket) ?? null}))
  const state = engine.state()
  const changes = judge(state, observations, strategy).map((resolution): SyncRow => {
    const context = state.tickets[resolution.ticket]?.context
    return {
      ...resolution,
      claim: nowOf(parts.claimOf, resolution.ticket).claim,
      title: context?.title ?? '',
      agent: context?.agent ?? null,
    }
  })
  return {rows: [...changes, ...(params.all ? strays(state) : [])], observations, strategy}
}

/** The selected tickets: all of this daemon's, those of some agents, or those that are named. */
function chosen(state: State, {agents, tickets}: SyncParams): number[] {
  return Object.values(state.tickets)
    .filter(({value}) => !TICKET_STATES[value].is.over)
    .filter(({context}) => agents === undefined || agents.includes(context.agent))
    .filter(({context}) => tickets === undefined || tickets.includes(context.issue))
    .map(({context}) => context.issue)
}

function strays(state: State): SyncRow[] {
  return strayLabels(state).map(({ticket, labels}) => ({
    ticket,
    claim: null,
    title: state.issues.find(({number}) => number === ticket)?.title ?? '',
    agent: null,
    part: 'labels',
    wanted: 'none',
    found: labels.join(', '),
    word: null,
    choice: 'local',
    act: 'put back',
  }))
}

import {freeAgents} from '../../model/core/slots.ts'
import type {Issue} from '../../model/data/issue.ts'
import type {GithubGateway} from '../../model/gateways/github.ts'
import {dependenciesOf} from '../../model/routing/dependencies.ts'
import {circumstancesOf, holdsOn} from '../../model/routing/holds.ts'
import {type RouteRow, selectRoutes} from '../../model/routing/select.ts'
import {thinkingText} from '../../model/routing/thinking.ts'
import type {DaemonApi, Decided} from '../../protocol/daemon.ts'
import {type ApiParts, claimEnd, ensureLooked, type Handlers, noFreeAgent} from './parts.ts'

/** The most calls that one decision spends on dependencies; with the look at GitHub it stays below 50 calls. */
const DEPENDENCY_CALLS = 30

/** The methods that show the order of the queue and claim by it. */
export function routeHandlers(parts: ApiParts): Handlers<'peek' | 'route'> {
  return {
    async peek({limit}) {
      const decided = startMeasuring(parts)
      await ensureLooked(parts)
      const state = parts.engine.state()
      const around = circumstancesOf(state, parts.clock.now())
      const queue = state.queue
        .filter(({issue}) => !state.tickets[issue.number])
        .slice(0, limit)
        .map(candidate => ({
          number: candidate.issue.number,
          title: candidate.issue.title,
          reasons: [...candidate.reasons, thinkingText(candidate.issue, state.config)],
          gate: holdsOn(candidate, state, around).next().value?.text ?? null,
        }))
      return {queue, decided: decided()}
    },
    route: params => route(parts, params),
  }
}

type RouteParams = DaemonApi['route']['params']

async function route(parts: ApiParts, params: RouteParams): Promise<DaemonApi['route']['result']> {
  const {engine} = parts
  const {dryRun = false, think, trace} = params
  const decided = startMeasuring(parts)
  if (params.checkDependencies) await parts.reconciler.look()
  else await ensureLooked(parts)
  parts.reconciler.checkProfile()
  const state = engine.state()
  if (freeAgents(state).length === 0 && !dryRun) throw noFreeAgent(state)
  const order = await decide(parts, params)
  const took = decided()
  if (dryRun) return {claimed: [], refused: [], order, decided: took}
  const chosen = order.filter(({held}) => held === null)
  for (const {number: issue, agent} of chosen) {
    engine.dispatch({
      type: 'popAsked',
      issue,
      ...(params.issue === undefined && {inOrder: true}),
      ...(agent && {agent}),
      ...(think && {think}),
      ...(trace && {trace}),
    })
  }
  const ends = await Promise.all(chosen.map(({number}) => claimEnd(engine, number)))
  return {
    claimed: ends.flatMap(end =>
      'agent' in end ? [{ticket: end.issue, agent: end.agent, ...(end.taken && {taken: end.taken})}] : [],
    ),
    refused: ends.flatMap(end => ('reason' in end ? [{ticket: end.issue, reason: end.reason}] : [])),
    order,
    decided: took,
  }
}

/** Decides which issues can be claimed, in order. A check may exclude a chosen one; its replacement is checked too. */
async function decide({engine, github, clock}: ApiParts, params: RouteParams): Promise<RouteRow[]> {
  const {max = Number.POSITIVE_INFINITY, maxConcurrent = Number.POSITIVE_INFINITY, balance, ...filter} = params
  const state = engine.state()
  const atWork = Object.keys(state.agents).length - freeAgents(state).length
  const check = createDependencyCheck(github)
  const unmet = new Map<number, string>()
  const checked = new Set<number>()
  for (;;) {
    const order = selectRoutes(state, filter, {
      at: clock.now(),
      max: Math.max(0, Math.min(max, maxConcurrent - atWork)),
      ...(balance && {balance}),
      unmet,
    })
    const unsure = order.filter(({number, held}) => held === null && !checked.has(number))
    if (!params.checkDependencies || unsure.length === 0) return order
    for (const {number} of unsure) {
      checked.add(number)
      const reason = await check(state.issues.find(issue => issue.number === number)!)
      if (reason !== null) unmet.set(number, reason)
    }
  }
}

/** Asks GitHub about dependencies that are not in the list of open issues; gives why an issue must wait, or null. */
function createDependencyCheck(github: GithubGateway) {
  const known = new Map<number, string | null>()
  const before = github.budget().calls

  async function ask(number: number): Promise<string | null> {
    const issue = await github.issue(number)
    if (issue) return issue.state === 'open' ? `waits for #${number}` : null
    const found = await github.discussion(number)
    if (!found) return `waits for #${number}, which does not exist`
    return found.state === 'open' ? `waits for #${number}` : null
  }

  return async ({number: own, body}: Issue): Promise<string | null> => {
    for (const number of dependenciesOf(body).filter(other => other !== own)) {
      if (!known.has(number)) {
        // An unchecked dependency counts as unmet.
        if (github.budget().calls - before >= DEPENDENCY_CALLS)
          return 'its dependencies could not be checked: too many calls'
        known.set(number, await ask(number))
      }
      const reason = known.get(number)
      if (reason) return reason
    }
    return null
  }
}

/** Starts to measure time and API calls; the returned function gives both. */
function startMeasuring({clock, github}: ApiParts): () => Decided {
  const started = clock.monotonic()
  const {calls} = github.budget()
  return () => ({ms: Math.round(clock.monotonic() - started), calls: github.budget().calls - calls})
}

import {withWarning} from '../../agents/claude/edits.ts'
import {PLAN_TOOL, planAfter} from '../../agents/claude/plans.ts'
import {
  authorOf,
  beginningOf,
  endedCall,
  isReminder,
  permissionAnswer,
  requestOf,
  withPlan,
} from '../../agents/claude/requests.ts'
import {isNews} from '../../agents/claude/running-tools.ts'
import {reportOf} from '../../agents/claude/signals.ts'
import {toolDecisions} from '../../agents/claude/usage.ts'
import type {Clock} from '../../base/clock.ts'
import {ClambakeError, hasCode, toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {
  type Answer,
  type Asks,
  type OpenRequest,
  type OpenRequests,
  openRequest,
  type RequestEvent,
  stepRequests,
} from '../../model/agent/asks.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {Config} from '../../model/data/config.ts'
import type {NewEvent} from '../../model/data/event.ts'
import type {AgentId, PaneId} from '../../model/data/ids.ts'
import type {MailItem} from '../../model/data/pane.ts'
import {decidePermission} from '../../model/data/permission.ts'
import type {HostGateway} from '../../model/gateways/host.ts'
import {checkedAnswer, describeAnswer, nothingAsked, shortText} from './permission-answers.ts'
import type {PermissionScope, StandingPermissions} from './standing-permissions.ts'

/**
 * Hooks of what may happen while a request stays open: other tools of the same message, other subagents. Without the name
 * of another tool, all but the first say that their agent or subagent has moved on: it was answered in its own terminal.
 */
const BESIDE = ['PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'PostToolBatch', 'Stop', 'UserPromptSubmit']
/** A reminder that was under way when the request was answered comes so long after the answer. */
const CROSSED_MS = 2000
/** Started calls that are remembered per pane; a few tools may run side by side. */
const BEGUN = 20
/** The message to an agent whose request the configuration denies. */
const DENIED = 'The configuration of this repository does not allow this.'

/** The open requests of agents, and their answers. Time alone never allows anything. */
export type PermissionRequests = {
  /** The request that a pane shows now. */
  asks(pane: PaneId | null): Asks | null
  /** Takes mail from before this run of the daemon, oldest first; `answerByRules` then answers what is still open. */
  replay(mail: readonly MailItem[]): void
  /**
   * Takes a new item; true when its report of the agent's state must be dropped: its request is answered without a
   * person, or a request is still open beside it.
   */
  take(item: MailItem): boolean
  /** The pane's terminal shows no request: whatever it asked was answered there. */
  answeredThere(pane: PaneId): void
  paneGone(pane: PaneId): void
  /** Answers every open request that needs no person. */
  answerByRules(): void
  /**
   * Gives a person's answer; without `id` it is for the only open request. Throws `nothing-asked`, `asks-other`,
   * `bad-answer`.
   */
  answer(given: {agent: AgentId; id?: number; answer: Answer; by: string}): Promise<{asks: Asks; did: string}>
}

/** Keeps the requests by what clients post, and answers those for which the configuration or an earlier answer speaks. */
export function createPermissionRequests(options: {
  host: Pick<HostGateway, 'answer'>
  /** Why Clambake made the client ask for a call; null: it did not. */
  reasonOf: (pane: PaneId, call: string) => string | null
  /** Calls that a person always allows. */
  permissions: StandingPermissions
  state: () => State
  dispatch: (fact: Fact) => void
  append: (event: NewEvent) => void
  onChange: () => void
  config: Config
  clock: Clock
  log: Log
  readOnly: boolean
}): PermissionRequests {
  const {host, reasonOf, permissions, state, dispatch, append, onChange, config, clock, log, readOnly} = options
  /** The last tool calls that began, by pane; the client's log names calls by their ids. */
  const begun = new Map<PaneId, {call: string; toolUse: string}[]>()
  /** The plan that each pane's agent wrote. */
  const plans = new Map<PaneId, string>()
  /** The last request of each pane that was taken for answered, with the time of our own answer, if it was ours. */
  const closed = new Map<PaneId, {request: OpenRequest; answeredAt: number | null}>()
  let open: OpenRequests = {}

  function step(event: RequestEvent): void {
    const before = open
    open = stepRequests(open, event)
    for (const request of Object.values(before).flat()) {
      if (!open[request.pane]?.includes(request)) closed.set(request.pane, {request, answeredAt: null})
    }
  }

  function slotOf(pane: PaneId) {
    return Object.values(state().agents).find(({context}) => context.pane === pane)?.context
  }

  /** The ticket and conversation of a pane; null: it has none, and no permission is remembered for it. */
  function scopeOf(pane: PaneId): PermissionScope | null {
    const ticket = slotOf(pane)?.ticket
    const session = ticket == null ? undefined : state().tickets[ticket]?.context.session
    return ticket != null && session ? {ticket, session} : null
  }

  /** The answer that needs no person, and its source; null: a person is needed. */
  function verdictOn(request: OpenRequest): {answer: Answer; by: string} | null {
    if (readOnly) return null
    const {allow, deny} = config.agents
    const verdict = decidePermission({...request, allow, deny})
    // What a person is to see is not allowed by rules that know nothing of it.
    if (reasonOf(request.pane, request.call) === null) {
      const scope = scopeOf(request.pane)
      if (scope && permissions.allows(scope, request.call)) return {answer: {kind: 'allow'}, by: 'an earlier always'}
      if (verdict === 'allow') return {answer: {kind: 'allow'}, by: 'agents.allow'}
    }
    if (verdict === 'deny') return {answer: {kind: 'deny', message: DENIED}, by: 'agents.deny'}
    return null
  }

  /** Answers the request if no person is needed; false: one is. */
  function answeredByRules(request: OpenRequest): boolean {
    const verdict = verdictOn(request)
    if (!verdict) return false
    settle(request, verdict).catch(error => {
      log.warn('cannot answer a request', {pane: request.pane, error: toErrorData(error)})
    })
    return true
  }

  /** Gives an answer. Meanwhile no other can be given; if it fails, the request is open again. */
  async function settle(request: OpenRequest, {answer, by}: {answer: Answer; by: string}): Promise<string> {
    step({type: 'settled', id: request.asks.id})
    closed.set(request.pane, {request, answeredAt: clock.now()})
    try {
      await host.answer(request.asks.id, permissionAnswer(answer, request))
    } catch (error) {
      if (hasCode(error, 'no-such-mail')) throw nothingAsked(slotOf(request.pane)?.agent)
      step({type: 'asked', request})
      reportAgent(request.pane, {kind: 'asks', activity: 'asks', detail: shortText(request)})
      throw error
    } finally {
      onChange()
    }
    const did = describeAnswer(request, answer)
    const {agent, ticket} = slotOf(request.pane) ?? {}
    append({
      type: 'status_update',
      ...(agent === undefined ? {} : {agent}),
      ...(ticket == null ? {} : {ticket}),
      message: `${by} ${did}`,
    })
    reportNext(request, answer.kind === 'allow' || answer.kind === 'always')
    return did
  }

  /** Reports the agent's state after one of its requests was answered: the next request, or work. */
  function reportNext(request: OpenRequest, allowed: boolean): void {
    const next = openRequest(open, request.pane)
    if (next) reportAgent(request.pane, {kind: 'asks', activity: 'asks', detail: shortText(next)})
    else if (allowed) reportAgent(request.pane, {kind: 'busy', activity: request.asks.tool, detail: request.what})
    else reportAgent(request.pane, {kind: 'busy', activity: 'thinking', detail: ''})
  }

  function reportAgent(pane: PaneId, report: Extract<Fact, {type: 'agentReported'}>['report']): void {
    const agent = slotOf(pane)?.agent
    if (agent) dispatch({type: 'agentReported', agent, pane, report})
  }

  function note(item: MailItem): OpenRequest | null {
    const {pane, kind} = item
    const plan = planAfter(item, plans.get(pane))
    if (plan !== undefined) plans.set(pane, plan)
    const asked = requestOf(item)
    const request = asked && withWarning(withPlan(asked, plan), reasonOf(pane, asked.call))
    const begins = beginningOf(item)
    const ended = endedCall(item)
    if (begins) begun.set(pane, [begins, ...(begun.get(pane) ?? [])].slice(0, BEGUN))
    if (request) step({type: 'asked', request})
    else if (reportOf(item)?.kind === 'turnDone' || kind === 'SessionEnd') step({type: 'wentOn', pane})
    else if (ended !== '') {
      const done = requestOfCall(pane, ended)
      if (done) step({type: 'settled', id: done.asks.id})
    } else if (BESIDE.includes(kind) && kind !== 'PreToolUse' && !isNews(item))
      step({type: 'wentOn', pane, by: authorOf(item)})
    return request
  }

  /** The open request for a tool call, which the client names by its id everywhere but in the request. */
  function requestOfCall(pane: PaneId, toolUse: string): OpenRequest | undefined {
    // The same call may have been made before.
    const nameOf = ({call}: OpenRequest) => begun.get(pane)?.find(begins => begins.call === call)?.toolUse
    return open[pane]?.find(asked => nameOf(asked) === toolUse)
  }

  /** Whether a reminder says nothing new: its request is open in more words, or was answered meanwhile. */
  function isOld({pane, at}: MailItem): boolean {
    if (openRequest(open, pane)) return true
    const answeredAt = closed.get(pane)?.answeredAt ?? null
    // By its amount: the clock may have been set back since.
    return answeredAt !== null && Math.abs(at - answeredAt) < CROSSED_MS
  }

  /** Opens what was taken for answered and what the client still shows. */
  function reopened(pane: PaneId): boolean {
    const last = closed.get(pane)
    if (!last || last.answeredAt !== null) return false
    step({type: 'asked', request: last.request})
    reportAgent(pane, {kind: 'asks', activity: 'asks', detail: shortText(last.request)})
    onChange()
    return true
  }

  /** Closes a request that was answered in the client's own dialog: its hook keeps waiting, only the log tells. */
  function closeDecided(pane: PaneId, {toolUse, allowed}: {toolUse: string; allowed: boolean}): void {
    const request = toolUse === '' ? undefined : requestOfCall(pane, toolUse)
    if (!request) return
    step({type: 'settled', id: request.asks.id})
    reportNext(request, allowed)
    onChange()
  }

  return {
    asks: pane => (pane === null ? null : (openRequest(open, pane)?.asks ?? null)),
    replay(mail) {
      for (const item of mail) {
        note(item)
        for (const decision of toolDecisions(item)) closeDecided(item.pane, decision)
      }
    },
    take(item) {
      const request = note(item)
      if (request) return answeredByRules(request)
      for (const decision of toolDecisions(item)) closeDecided(item.pane, decision)
      if (isReminder(item)) return isOld(item) || reopened(item.pane)
      return openRequest(open, item.pane) !== undefined && BESIDE.includes(item.kind)
    },
    answeredThere(pane) {
      step({type: 'wentOn', pane})
      onChange()
    },
    paneGone(pane) {
      begun.delete(pane)
      plans.delete(pane)
      closed.delete(pane)
      step({type: 'wentOn', pane})
    },
    answerByRules() {
      for (const request of Object.values(open).flat()) answeredByRules(request)
    },
    async answer({agent, id, answer, by}) {
      const slot = state().agents[agent]
      const pane = slot?.context.pane
      // An agent whose process is being ended does nothing with an answer.
      const request = pane == null || slot?.value === 'cleanup' ? undefined : openRequest(open, pane)
      if (!request) throw nothingAsked(agent)
      const count = open[request.pane]?.length ?? 0
      // The newest may have come after the one that the person read.
      if (id === undefined && count > 1) {
        throw new ClambakeError({
          code: 'asks-other',
          message: `${agent} has ${count} open requests, so the answer has to name one; the newest: ${shortText(request)}`,
          kept: 'nothing was answered',
          next: `clambake agents answer ${agent} shows it, with its --id`,
        })
      }
      if (id !== undefined && id !== request.asks.id) {
        throw new ClambakeError({
          code: 'asks-other',
          message: `${agent} now asks something else: ${shortText(request)}`,
          kept: 'nothing was answered',
          next: `look again: clambake agents answer ${agent}`,
        })
      }
      const said = checkedAnswer(request, answer, agent)
      // A plan is not in its request, so a yes to it says nothing of the next, and is not called one for always.
      const given: Answer = said.kind === 'always' && request.tool === PLAN_TOOL ? {kind: 'allow'} : said
      const scope = scopeOf(request.pane)
      const did = await settle(request, {answer: given, by})
      if (given.kind === 'always' && scope) permissions.allow(scope, request.call)
      return {asks: request.asks, did}
    },
  }
}

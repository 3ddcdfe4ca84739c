import * as z from 'zod'
import {blockedOnScreen} from '../../agents/blocked.ts'
import type {Clock} from '../../base/clock.ts'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {repeat} from '../../base/repeat.ts'
import type {AgentState} from '../../model/agent/agent.ts'
import {attentionMeans, type OutputSight, observeOutput, SETTLED_MS} from '../../model/agent/without-signals.ts'
import type {AgentReport, Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {PaneId} from '../../model/data/ids.ts'
import {ATTENTION, type MailItem, type PaneInfo} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'

const LOOK_MS = 1000
/** The wait between looks while no agent has to be watched. */
const IDLE_MS = 5000

/** An agent says at the end of its turn that it is blocked. */
const LAST_LINES = 20

const attention = z.object({text: z.string()})

type QuietAgents = Disposable & {
  /** Takes a pane's call for a person and returns its words; '' for other mail. */
  take(item: MailItem): string
}

/**
 * Watches agents that post no signals: one of a `quiet` profile is done when its terminal falls silent, one of a
 * `notify` profile when it calls for a person; both work again when they write.
 */
export function watchQuietAgents(options: {
  host: Pick<HostGateway, 'output' | 'text'>
  state: () => State
  pane: (id: PaneId) => PaneInfo | undefined
  clock: Clock
  log: Log
  dispatch: (fact: Fact) => void
}): QuietAgents {
  const {host, state, clock, log, dispatch} = options
  let observed = new Map<PaneId, OutputSight>()
  /** What each pane's screen said of being blocked when its turn began. */
  const blockedBefore = new Map<PaneId, string | null>()
  /** The monotonic time until which a pane's output belongs to its last call. */
  const drawing = new Map<PaneId, number>()

  /** The pane of an agent without signals that works on a prompt. */
  function watchedPane({context}: AgentState): PaneInfo | undefined {
    const info = context.pane === null ? undefined : options.pane(context.pane)
    const ticket = context.ticket === null ? undefined : state().tickets[context.ticket]
    if (!info || info.exit || info.meta.prompted === undefined || ticket?.value !== 'working') return undefined
    return info.meta.state === 'quiet' || info.meta.state === 'notify' ? info : undefined
  }

  function report(agent: AgentState, pane: PaneId, said: AgentReport): void {
    dispatch({type: 'agentReported', agent: agent.context.agent, pane, report: said})
  }

  async function blockedIn(pane: PaneId): Promise<string | null> {
    return blockedOnScreen(await host.text(pane, LAST_LINES))
  }

  /** The end of a turn, with why the agent says on its screen that it is blocked; an earlier turn's words do not count. */
  async function turnDone(pane: PaneId): Promise<AgentReport> {
    const blocked = await blockedIn(pane)
    return blocked === null || blocked === blockedBefore.get(pane) ? {kind: 'turnDone'} : {kind: 'turnDone', blocked}
  }

  async function look(): Promise<boolean> {
    if (!Object.values(state().agents).some(watchedPane)) {
      observed = new Map()
      return false
    }
    const written = new Map((await host.output()).map(({pane, chars}) => [pane, chars]))
    const seen = new Map<PaneId, OutputSight>()
    for (const agent of Object.values(state().agents)) {
      const info = watchedPane(agent)
      const chars = info && written.get(info.pane)
      if (!info || chars === undefined) continue
      const {pane, meta} = info
      const at = clock.monotonic()
      const turn = `${state().tickets[agent.context.ticket!]?.context.epoch} ${meta.prompted}`
      const before = observed.get(pane)
      const redraws = before?.turn === turn && at < (drawing.get(pane) ?? 0)
      const quietMs = meta.state === 'quiet' ? Number(meta.quietMs) : null
      const {sight, said} = observeOutput(redraws ? {...before, chars} : before, {turn, chars, at, quietMs})
      seen.set(pane, sight)
      const isShown = agent.value === 'working' && agent.context.activity === 'working'
      if (said === 'busy' && !isShown) report(agent, pane, {kind: 'busy', activity: 'working', detail: ''})
      if (before?.turn !== turn) blockedBefore.set(pane, await blockedIn(pane))
      if (said === 'turnDone') report(agent, pane, await turnDone(pane))
    }
    observed = seen
    return true
  }

  async function beat(): Promise<number> {
    let watches = false
    try {
      watches = await look()
    } catch (error) {
      log.warn('cannot read the output of agents', {error: toErrorData(error)})
    }
    return watches ? LOOK_MS : IDLE_MS
  }

  const beats = repeat(clock, IDLE_MS, beat)
  return {
    take({pane, kind, body, at}) {
      const words = kind === ATTENTION ? attention.safeParse(body).data : undefined
      const agent = Object.values(state().agents).find(({context}) => context.pane === pane)
      const info = agent && watchedPane(agent)
      // A call from before the last prompt is outdated.
      if (!words || !agent || info?.meta.state !== 'notify' || at < Number(info.meta.prompted)) return ''
      drawing.set(pane, clock.monotonic() + SETTLED_MS)
      if (attentionMeans(words.text) === 'asks')
        report(agent, pane, {kind: 'asks', activity: 'asks', detail: words.text})
      else {
        const {context} = agent
        turnDone(pane)
          .catch((error: unknown) => {
            log.warn('cannot read the screen of an agent', {pane, error: toErrorData(error)})
            return {kind: 'turnDone'} as const
          })
          .then(said => {
            // Meanwhile it may have got another prompt.
            if (state().agents[context.agent]?.context.since === context.since) report(agent, pane, said)
          })
      }
      return words.text
    },
    [Symbol.dispose]: () => beats[Symbol.dispose](),
  }
}

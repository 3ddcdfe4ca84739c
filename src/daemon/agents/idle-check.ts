import {stat} from 'node:fs/promises'
import {inputLineOf} from '../../agents/claude/input-line.ts'
import {screenSays} from '../../agents/claude/screen-says.ts'
import type {Clock} from '../../base/clock.ts'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {repeat} from '../../base/repeat.ts'
import type {AgentState} from '../../model/agent/agent.ts'
import {WORKS_IN_BACKGROUND} from '../../model/agent/states.ts'
import type {AgentReport, Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {PaneId} from '../../model/data/ids.ts'
import type {MailItem} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'

const LOOK_MS = 2000
/** A working client draws its progress every second; an interrupted one (Esc fires no hook) draws nothing. */
const AGENT_SILENT_MS = 60_000
/** Lines of a screen that are looked at. */
const LOOK_LINES = 60

const SILENT: AgentReport = {kind: 'silent'}

type Observed = {
  /** How much the terminal and the transcript hold; anything else is a change. */
  grown: string
  /** Monotonic milliseconds of the first look that found this. */
  stillSince: number
  chars: number | undefined
  said: string
}

type IdleCheck = Disposable & {
  /** Reads the path of the agent's transcript from a post. */
  take(item: MailItem): void
  /** Forgets a closed pane. */
  forget(pane: PaneId): void
}

/**
 * Looks at agents whose terminals stand still. What their screens then say at two looks, and no hook said, is reported:
 * a client that was interrupted, a dialog or a wait that ended. A busy agent whose terminal and transcript have not grown
 * for long, by this process's own clock, is reported as silent, whatever its screen looks like. Its next signal counts
 * again.
 */
export function startIdleCheck(options: {
  host: Pick<HostGateway, 'output' | 'text'>
  state: () => State
  /** Whether the pane's agent reports its state by signals; others may work in silence. */
  signals: (pane: PaneId) => boolean
  clock: Clock
  log: Log
  dispatch: (fact: Fact) => void
  /** Called when the screen says that nothing of what ran or was asked is left. */
  onSeen: (pane: PaneId) => void
}): IdleCheck {
  const {host, state, signals, clock, log, dispatch, onSeen} = options
  const transcripts = new Map<PaneId, string>()
  let observed = new Map<PaneId, Observed>()

  async function look(): Promise<void> {
    const watched = Object.values(state().agents).filter(({value, context}) => {
      return ['working', 'waiting'].includes(value) && context.pane !== null && signals(context.pane)
    })
    const written = new Map(watched.length === 0 ? [] : (await host.output()).map(({pane, chars}) => [pane, chars]))
    const seen = new Map<PaneId, Observed>()
    for (const agent of watched) {
      const {agent: id, since} = agent.context
      const pane = agent.context.pane!
      const chars = written.get(pane)
      const before = observed.get(pane)
      const grown = [chars, await sizeOf(transcripts.get(pane)), since].join(' ')
      const now = clock.monotonic()
      const stillSince = before?.grown === grown ? before.stillSince : now
      const isStill = before !== undefined && before.chars === chars
      const said = isStill ? screenSays(agent, inputLineOf(await host.text(pane, LOOK_LINES))) : null
      seen.set(pane, {grown, stillSince, chars, said: JSON.stringify(said)})
      const isSilent = isAtWork(agent) && now - stillSince >= AGENT_SILENT_MS
      const report = said && before?.said === JSON.stringify(said) ? said : isSilent ? SILENT : null
      // Meanwhile a hook may have said more than the screen did.
      if (!report || state().agents[id] !== agent) continue
      if (report.kind === 'silent' || report.kind === 'busy') onSeen(pane)
      dispatch({type: 'agentReported', agent: id, pane, report})
    }
    observed = seen
  }

  /** Whether a silent terminal means that the agent does nothing. */
  function isAtWork({value, context: {ticket, doing}}: AgentState): boolean {
    const isTurn = ticket === null || state().tickets[ticket]?.value === 'working'
    return value === 'working' && isTurn && doing !== WORKS_IN_BACKGROUND
  }

  async function beat(): Promise<number> {
    try {
      await look()
    } catch (error) {
      log.warn('cannot check whether agents are idle', {error: toErrorData(error)})
    }
    return LOOK_MS
  }

  const beats = repeat(clock, LOOK_MS, beat)
  return {
    take({pane, body}) {
      const path = (body as {transcript_path?: unknown} | null)?.transcript_path
      if (typeof path === 'string') transcripts.set(pane, path)
    },
    forget: pane => void transcripts.delete(pane),
    [Symbol.dispose]: () => beats[Symbol.dispose](),
  }
}

/** The file's size in bytes; 0 when it cannot be read, so that only the terminal counts. */
async function sizeOf(file: string | undefined): Promise<number> {
  if (file === undefined) return 0
  try {
    return (await stat(file)).size
  } catch {
    return 0
  }
}

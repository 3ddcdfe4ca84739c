import {stat} from 'node:fs/promises'
import type {Clock} from '../../base/clock.ts'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {repeat} from '../../base/repeat.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {PaneId} from '../../model/data/ids.ts'
import {isLeaseExpired, type LeaseSight, observeLease} from '../../model/data/lease.ts'
import type {MailItem} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'

const LOOK_MS = 10_000
/** A working client draws its progress every second; an interrupted one (Esc fires no hook) draws nothing. */
const SILENT_MS = 60_000

type IdleCheck = Disposable & {
  /** Reads the path of the agent's transcript from a post. */
  take(item: MailItem): void
  /** Forgets a closed pane. */
  forget(pane: PaneId): void
}

/**
 * Checks agents that reported themselves busy: when neither terminal nor transcript has grown for a while, by this
 * process's own clock, the agent is reported as silent. Its next signal counts again.
 */
export function startIdleCheck(options: {
  host: Pick<HostGateway, 'output'>
  state: () => State
  /** Whether the pane's agent reports its state by signals; others may work in silence. */
  signals: (pane: PaneId) => boolean
  clock: Clock
  log: Log
  dispatch: (fact: Fact) => void
}): IdleCheck {
  const {host, state, signals, clock, log, dispatch} = options
  const transcripts = new Map<PaneId, string>()
  let observed = new Map<PaneId, LeaseSight>()

  async function look(): Promise<void> {
    const busy = Object.values(state().agents).filter(({value, context}) => {
      return value === 'working' && context.pane !== null && signals(context.pane)
    })
    const written = new Map(busy.length === 0 ? [] : (await host.output()).map(({pane, chars}) => [pane, chars]))
    const seen = new Map<PaneId, LeaseSight>()
    for (const {context} of busy) {
      const pane = context.pane!
      const grown = [written.get(pane), await sizeOf(transcripts.get(pane)), context.since]
      const sight = observeLease(observed.get(pane), {oid: grown.join(' '), at: clock.monotonic()})
      seen.set(pane, sight)
      if (isLeaseExpired(sight, SILENT_MS)) {
        dispatch({type: 'agentReported', agent: context.agent, pane, report: {kind: 'silent'}})
      }
    }
    observed = seen
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

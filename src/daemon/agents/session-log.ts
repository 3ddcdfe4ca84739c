import {randomUUID} from 'node:crypto'
import {editOf, toolCallOf} from '../../agents/claude/edits.ts'
import type {Clock} from '../../base/clock.ts'
import type {Log} from '../../base/log.ts'
import {safeLine, truncate} from '../../base/text.ts'
import {createAppendQueue} from '../../hub/queue.ts'
import {troubleOf} from '../../hub/trouble.ts'
import type {Fact, FactOf} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {AgentId, PaneId} from '../../model/data/ids.ts'
import {describeEnd, type MailItem} from '../../model/data/pane.ts'
import {holds} from '../../model/hub/holds/holds.ts'
import type {Action} from '../../model/hub/session-log.ts'
import type {TicketContext} from '../../model/ticket/context.ts'
import type {Sessions} from '../world.ts'

/** The same file, or the same command, is noted once in this time. */
const AGAIN_MS = 60_000
const REMEMBERED = 1000
const DETAIL_WIDTH = 300

/** What an agent did, with when. */
type Entry = {agent: AgentId; action: Action; detail: string; at: number; nonce: string}

/** Writes into the log of all sessions what this daemon's agents do. Never waits, never throws. */
export type SessionLog = Disposable & {
  /** Takes a fact after it was decided on. */
  take(state: State, fact: Fact): void
  /** Takes a post of an agent. */
  takeMail(item: MailItem, agent: AgentId): void
}

/** No log, for a run that opens no hub. */
export const NO_SESSION_LOG: SessionLog = {take() {}, takeMail() {}, [Symbol.dispose]() {}}

/** Keeps what the hub does not take yet, and gives it later. */
export function createSessionLog(options: {
  sessions: Pick<Sessions, 'log' | 'named'>
  state: () => State
  repository: string
  root: string
  clock: Clock
  log: Log
}): SessionLog {
  const {sessions, state, repository, root, clock, log} = options
  /** When something was noted last, by what it is. */
  const noted = new Map<string, number>()
  const ended = new Set<PaneId>()
  const queue = createAppendQueue<Entry>({
    async write(batch) {
      try {
        for (const {agent, ...entry} of batch) {
          await sessions.log({...entry, instance: sessions.named(`${agent}@${root}`), project: repository})
        }
      } catch (error) {
        throw troubleOf(error)
      }
    },
    clock,
    onTrouble: trouble => trouble && log.warn('the log of sessions waits for the hub', {reason: trouble.message}),
  })

  function note(agent: AgentId, action: Action, detail: string): void {
    queue.push({agent, action, detail: lineOf(detail), at: clock.now(), nonce: randomUUID()})
  }

  /** Notes what happens again and again only once in a while. */
  function noteOnce(agent: AgentId, action: Action, detail: string): void {
    // As it is written: an agent can post a megabyte.
    const key = JSON.stringify([agent, action, lineOf(detail)])
    const now = clock.now()
    // By its amount, as the clock may have been set back since.
    if (Math.abs(now - (noted.get(key) ?? Number.NEGATIVE_INFINITY)) < AGAIN_MS) return
    noted.delete(key)
    noted.set(key, now)
    for (const oldest of noted.keys()) if (noted.size > REMEMBERED) noted.delete(oldest)
    note(agent, action, detail)
  }

  function contextOf(agent: AgentId): TicketContext | undefined {
    const ticket = state().agents[agent]?.context.ticket
    return ticket == null ? undefined : state().tickets[ticket]?.context
  }

  return {
    take(next, fact) {
      if (fact.type === 'agentStarted') {
        const context = next.tickets[fact.ticket]?.context
        if (!context) return
        note(fact.agent, 'started', taskOf(context))
        if (context.assignment.kind === 'first') note(fact.agent, 'task_started', taskOf(context))
      } else if (fact.type === 'ticketBottled') {
        const context = next.tickets[fact.ticket]?.context
        if (context) note(context.agent, 'task_completed', taskOf(context))
      } else if (fact.type === 'agentExited' && !ended.has(fact.pane)) {
        ended.add(fact.pane)
        for (const oldest of ended) if (ended.size > REMEMBERED) ended.delete(oldest)
        note(fact.agent, 'shutdown', endOf(next, fact))
      }
    },
    takeMail(item, agent) {
      if (item.kind !== 'PostToolUse' && item.kind !== 'PostToolUseFailure') return
      const worktree = contextOf(agent)?.worktree
      const asked = worktree ? toolCallOf(item, worktree) : null
      if (!worktree || !asked) return
      const edit = item.kind === 'PostToolUse' ? editOf(item, worktree) : null
      if (edit) noteOnce(agent, 'file_modified', edit.path)
      const {command} = asked.toolCall.input
      if (asked.toolCall.tool === 'Bash' && typeof command === 'string' && holds({kind: 'docker'}, asked.toolCall)) {
        noteOnce(agent, 'docker_operation', command)
      }
    },
    [Symbol.dispose]: () => queue[Symbol.dispose](),
  }
}

function lineOf(detail: string): string {
  return truncate(safeLine(detail), DETAIL_WIDTH)
}

/** How an agent's process ended. Of one that Clambake ended, as its work was handed in or stopped, the exit code says nothing. */
function endOf({agents}: State, {agent, end}: FactOf<'agentExited'>): string {
  const value = agents[agent]?.value
  if (value === 'cleanup' || value === 'available') return 'Clambake ended its process'
  return end ? `its process ended ${describeEnd(end)}` : 'its process ended'
}

function taskOf({issue, title}: TicketContext): string {
  return `#${issue} ${title}`
}

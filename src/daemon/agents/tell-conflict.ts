import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {DAEMON} from '../../model/data/message.ts'
import {type Conflict, conflictKey, toldOfConflict} from '../../model/radar/conflict.ts'
import type {Messages} from './messages.ts'

/**
 * Tells the agents that work on the sides of a conflict now; gives those that will read it. The agent of a side whose work
 * is handed in may be at another ticket by now.
 */
export async function tellConflict(
  messages: Pick<Messages, 'send' | 'reads'>,
  conflict: Conflict,
  from: string,
): Promise<AgentId[]> {
  const told: AgentId[] = []
  for (const {agent, ticket, text} of toldOfConflict(conflict)) {
    if (ticket === null || !messages.reads(agent, ticket)) continue
    const about = {one: conflict.one.key, other: conflict.other?.key ?? 'main'}
    await messages.send({from, to: agent, text, about})
    told.push(agent)
  }
  return told
}

/** With `radar.tell = "auto"` tells both agents of each conflict between two sides, once. An earlier run counts, by the hub's events. */
export function createConflictTeller({messages, log}: {messages: Pick<Messages, 'send' | 'reads'>; log: Log}) {
  const told = new Set<string>()

  async function tell(conflict: Conflict): Promise<void> {
    try {
      await tellConflict(messages, conflict, DAEMON)
    } catch (error) {
      log.warn('cannot tell agents of a conflict', {conflict: conflictKey(conflict), error: toErrorData(error)})
    }
  }

  return {
    /** Takes conflicts that an earlier run of the daemon told of. */
    restored(conflicts: readonly string[]): void {
      for (const conflict of conflicts) told.add(conflict)
    },
    take({config, radar}: State, fact: Fact): void {
      // Conflicts that are there already count when a person chooses `auto`.
      const isNews = fact.type === 'conflictsSeen' || fact.type === 'configurationChanged'
      if (!isNews || config.radar.tell !== 'auto') return
      for (const conflict of radar.conflicts) {
        const key = conflictKey(conflict)
        if (conflict.other === null || told.has(key)) continue
        told.add(key)
        void tell(conflict)
      }
    },
  }
}

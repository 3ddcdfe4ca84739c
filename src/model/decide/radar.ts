import type {Draft} from '../core/draft.ts'
import type {FactHandlers} from '../core/fact-handlers.ts'
import type {RadarFact} from '../core/facts.ts'
import {type Conflict, conflictKey, conflictSides, type SeenConflict, toldOfConflict} from '../radar/conflict.ts'

/** Paths named in an event. */
const NAMED = 3

export const radarFacts: FactHandlers<RadarFact['type']> = {
  conflictsSeen(draft, {sides, conflicts}) {
    const before = new Map(draft.state.radar.conflicts.map(conflict => [conflictKey(conflict), conflict]))
    const {since, until} = draft.state.radar.earlier
    const earlier = draft.at < until ? since : {}
    const now = conflicts.map((conflict): SeenConflict => {
      const key = conflictKey(conflict)
      return {...conflict, since: before.get(key)?.since ?? earlier[key] ?? draft.at}
    })
    const keys = new Set(now.map(conflictKey))
    const isKnown = (key: string) => before.has(key) || earlier[key] !== undefined
    for (const conflict of now.filter(conflict => !isKnown(conflictKey(conflict)))) {
      recordDetected(draft, conflict)
      if (draft.state.config.radar.tell === 'ask' && toldOfConflict(conflict).length > 1) notifyOf(draft, conflict)
    }
    for (const [key, conflict] of before) if (!keys.has(key)) recordResolved(draft, conflict)
    const unseen = Object.entries(earlier).filter(([key]) => !keys.has(key))
    draft.state = {...draft.state, radar: {sides, conflicts: now, earlier: {since: Object.fromEntries(unseen), until}}}
  },
}

function notifyOf(draft: Draft, conflict: Conflict): void {
  const [file] = conflict.files
  const more = conflict.files.length > 1 ? ` and ${conflict.files.length - 1} more` : ''
  draft.effects.push({
    name: 'notify',
    level: 'warning',
    text: `${conflictSides(conflict)} conflict in ${file?.path}${more}`,
    next: 'select it among the conflicts and press t to tell both agents',
  })
}

function recordDetected(draft: Draft, conflict: Conflict): void {
  const {one, other, files, committed} = conflict
  const paths = files.slice(0, NAMED).map(({path}) => path)
  const more = files.length > NAMED ? ` and ${files.length - NAMED} more` : ''
  const when = committed ? '' : ', as their files are now'
  draft.effects.push({
    name: 'record',
    event: {
      type: 'conflict_detected',
      severity: 'warning',
      message: `${conflictSides(conflict)} conflict in ${paths.join(', ')}${more}${when}`,
      ...subjectOf(one),
      metadata: {one: one.key, other: other?.key ?? 'main', paths: files.map(({path}) => path)},
    },
  })
}

function recordResolved(draft: Draft, conflict: Conflict): void {
  const {one, other} = conflict
  draft.effects.push({
    name: 'record',
    event: {
      type: 'conflict_resolved',
      message: `${conflictSides(conflict)} no longer conflict`,
      ...subjectOf(one),
      metadata: {one: one.key, other: other?.key ?? 'main'},
    },
  })
}

function subjectOf({ticket, agent}: Conflict['one']): {ticket?: number; agent?: string} {
  return {...(ticket !== null && {ticket}), ...(agent !== null && {agent})}
}

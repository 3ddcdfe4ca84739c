import {conflictKey, conflictSides} from '../../model/radar/conflict.ts'
import type {ConflictRow} from '../state/subject.ts'
import type {PanelSpec} from './panel.ts'

/** What does not merge: work of agents and people with main, and with each other; the bottom line counts what does. */
export const CONFLICTS: PanelSpec<ConflictRow, ['conflicts']> = {
  name: 'Conflicts',
  short: 'Conflicts',
  weight: 6,
  from: ['conflicts'],
  rows: ({conflicts}) => conflicts,
  keyOf: conflictKey,
  textOf: row => [conflictSides(row), row.one.branch, row.other?.branch, ...row.files.map(({path}) => path)].join(' '),
  orders: [
    {name: 'age', sort: rows => rows.toSorted((a, b) => a.since - b.since || byTicket(a, b))},
    {name: 'number', sort: rows => rows.toSorted(byTicket)},
  ],
  bottomLines: 1,
  subjectOf: conflict => ({kind: 'conflict', conflict}),
}

function byTicket(a: ConflictRow, b: ConflictRow): number {
  return (a.one.ticket ?? Infinity) - (b.one.ticket ?? Infinity) || conflictKey(a).localeCompare(conflictKey(b))
}

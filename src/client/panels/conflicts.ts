import type {ConflictRow} from '../state/subject.ts'
import type {PanelSpec} from './panel.ts'

/** Branches that cannot be merged into main as it is now. */
export const CONFLICTS: PanelSpec<ConflictRow> = {
  name: 'Conflicts',
  short: 'Conflicts',
  weight: 6,
  rows: ({conflicts}) => conflicts,
  keyOf: row => `#${row.ticket} ${row.branch}`,
  textOf: row => `#${row.ticket} ${row.branch} ${row.paths.join(' ')}`,
  orders: [
    {name: 'age', sort: rows => rows.toSorted((a, b) => a.since - b.since || a.ticket - b.ticket)},
    {name: 'number', sort: rows => rows.toSorted((a, b) => a.ticket - b.ticket)},
  ],
  subjectOf: conflict => ({kind: 'conflict', conflict}),
}

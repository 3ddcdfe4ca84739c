import type {PullRow} from '../../protocol/daemon.ts'
import type {PanelSpec} from './panel.ts'

/** Pull requests on their way to main; the bottom line shows the train. */
export const PULLS: PanelSpec<PullRow, ['pulls']> = {
  name: 'Pull requests',
  short: 'PRs',
  weight: 8,
  from: ['pulls'],
  rows: ({pulls}) => pulls,
  keyOf: row => `#${row.number}`,
  textOf: row => `#${row.number} ${row.title} ${row.state} ${row.checks.state} ${row.mergeable} ${row.review}`,
  orders: [
    {name: 'attention', sort: rows => rows.toSorted((a, b) => rank(a) - rank(b))},
    {name: 'number', sort: rows => rows.toSorted((a, b) => a.number - b.number)},
    {name: 'age', sort: rows => rows.toSorted((a, b) => a.since - b.since)},
  ],
  subjectOf: ({number}) => ({kind: 'pull', number}),
  landedBy: ({ticket}) => ticket,
  bottomLines: 1,
}

function rank(row: PullRow): number {
  if (row.state !== 'open') return 2
  if (row.attention !== null) return 0
  return row.checks.state === 'failed' || row.mergeable === 'conflict' || row.review === 'changes' ? 0 : 1
}

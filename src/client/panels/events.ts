import type {StoredEvent} from '../../model/data/event.ts'
import type {PanelSpec} from './panel.ts'

/** What happened. */
export const EVENTS: PanelSpec<StoredEvent, ['events']> = {
  name: 'Events',
  short: 'Events',
  weight: 7,
  from: ['events'],
  rows: ({events}) => events,
  keyOf: row => `${row.seq}`,
  textOf: row => `${row.type} ${row.message} ${row.agent ?? ''} ${row.ticket === undefined ? '' : `#${row.ticket}`}`,
  orders: [
    {name: 'newest', sort: rows => rows.toSorted((a, b) => b.seq - a.seq)},
    {name: 'oldest', sort: rows => rows.toSorted((a, b) => a.seq - b.seq)},
  ],
  subjectOf: event => ({kind: 'event', event}),
  followsFirst: true,
}

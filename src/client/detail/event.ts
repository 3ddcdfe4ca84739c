import {safeLine} from '../../base/text.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import {dateTime} from '../text/format.ts'
import type {Line} from '../text/line.ts'
import {wrapText} from '../text/wrap.ts'
import {type Field, fieldLines} from './fields.ts'
import type {SubjectSpec} from './subject-spec.ts'

export const EVENT: SubjectSpec<'event'> = {
  title: ({event}) => `Event ${event.seq}`,
  ticketOf: (_, {event}) => event.ticket,
  copied: (_, {event}) => event.message,
  fetch: async (_daemon, _state, subject) => subject,
  lines: ({event}, width) => eventLines(event, width),
}

/** Every field of an event, also those of kinds that this version does not know. */
function eventLines(event: StoredEvent, width: number): Line[] {
  const {message, at, type, metadata, severity, ...others} = event
  const fields: Field[] = [
    ['at', dateTime(at)],
    ['type', type],
    ...(severity === undefined ? [] : [['severity', severity, severity === 'critical' ? 'bad' : 'attention'] as const]),
    ...Object.entries(others).flatMap(([name, value]): Field[] => (value === undefined ? [] : [[name, String(value)]])),
    ...Object.entries(metadata ?? {}).map(([name, value]): Field => [name, written(value)]),
  ]
  return [...wrapText(safeLine(message), width, {bold: true}), [], ...fieldLines(fields, width)]
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {dateTime} from '../text/format.ts'
import type {Line} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'
import {fieldLines} from './fields.ts'
import type {DetailOf, SubjectSpec} from './subject-spec.ts'

export const CONFLICT: SubjectSpec<'conflict'> = {
  title: ({conflict}) => `Conflict of #${conflict.ticket} with main`,
  ticketOf: (_, {conflict}) => conflict.ticket,
  copied: (_, {conflict}) => conflict.branch,
  fetch: async (_daemon, _state, subject) => subject,
  lines: conflictLines,
}

function conflictLines({conflict}: DetailOf<'conflict'>, width: number): Line[] {
  const {ticket, branch, paths, since} = conflict
  return [
    ...fieldLines(
      [
        ['ticket', `#${ticket}`],
        ['branch', branch],
        ['since', dateTime(since)],
      ],
      width,
    ),
    [],
    [{text: `clashes with main in ${count(paths.length, 'file')}`, bold: true}],
    ...paths.flatMap(path => wrapLine([{text: safeLine(path)}], width, {first: [{text: '✗ ', tone: 'bad'}]})),
  ]
}

import {safeLine, safeText} from '../../base/text.ts'
import type {Memory, MemoryStatus} from '../../model/hub/memory/memory.ts'
import {type Field, fieldLines} from '../detail/fields.ts'
import {dateTime} from '../text/format.ts'
import type {Line} from '../text/line.ts'
import type {Glyphs, Tone} from '../text/theme.ts'
import {wrapText} from '../text/wrap.ts'

/** The glyph and colour of a memory, by whether it still holds. */
export function statusLook(status: MemoryStatus, glyphs: Glyphs): {glyph: string; tone: Tone} {
  switch (status) {
    case 'active':
      return {glyph: glyphs.working, tone: 'text'}
    case 'resolved':
      return {glyph: glyphs.done, tone: 'good'}
    case 'deprecated':
      return {glyph: glyphs.free, tone: 'muted'}
    case 'superseded':
      return {glyph: glyphs.to, tone: 'muted'}
  }
}

/** A memory in full: its words, then where it comes from. */
export function memoryLines(memory: Memory, width: number): Line[] {
  return [
    ...wrapText(safeLine(memory.title), width, {bold: true}),
    [],
    ...safeText(memory.text)
      .split('\n')
      .flatMap(part => wrapText(part, width)),
    [],
    ...fieldLines(fieldsOf(memory), width),
  ]
}

function fieldsOf(memory: Memory): Field[] {
  const {ref, project, type, status, tags, files, by, instance, session, ticket, commit, createdAt, updatedAt} = memory
  const one = (name: string, value: string | number | null): Field[] => (value === null ? [] : [[name, String(value)]])
  return [
    ['memory', ref],
    ['type', type],
    ['status', status, status === 'active' ? 'text' : 'muted'],
    ['of', project ?? 'all projects'],
    ...(tags.length === 0 ? [] : [['tags', tags.join(', ')] as const]),
    ...(files.length === 0 ? [] : [['files', files.join(', ')] as const]),
    ['written by', instance === null || instance === by ? by : `${by}, ${instance}`],
    ...one('ticket', ticket === null ? null : `#${ticket}`),
    ...one('commit', commit),
    ...one('session', session),
    ['written', dateTime(createdAt)],
    ...(updatedAt === createdAt ? [] : [['changed', dateTime(updatedAt)] as const]),
    ...one('now see', memory.supersededBy),
  ]
}

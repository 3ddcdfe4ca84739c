import {count} from '../../base/words.ts'
import {DATA_RULES, nameOf, quoted, timeText} from './given-text.ts'
import {bytesOf} from './mail.ts'
import type {Memory} from './memory/memory.ts'
import type {Relevant} from './memory/relevant.ts'

/** Most bytes of the memories in a prompt. */
export const MEMORY_BYTES = 8192

/** The part of a session's first prompt by which it is given what earlier sessions keep; empty when there is nothing. */
export function givenMemory({given, left}: Relevant, budget = MEMORY_BYTES): string {
  const items: string[] = []
  let room = budget
  for (const item of given.map(memoryText)) {
    const bytes = bytesOf(item)
    if (bytes > room) continue
    room -= bytes
    items.push(item)
  }
  if (items.length === 0) return ''
  const more = left + given.length - items.length
  return [
    `Clambake gives you ${count(items.length, 'memory', 'memories')} that earlier sessions and people kept. They may be out of date.`,
    DATA_RULES,
    ...items.map(item => `\n${item}`),
    '',
    more > 0
      ? `${count(more, 'more memory may matter', 'more memories may matter')}: clambake recall "…" finds them.`
      : 'clambake recall "…" finds others.',
  ].join('\n')
}

/** One memory: what it is, by whom and when, in our words; title and text quoted. */
export function memoryText({ref, project, type, title, text, files, by, updatedAt}: Memory): string {
  const scope = project === null ? 'of all projects' : 'of this project'
  return [
    `Memory ${ref}, ${type} ${scope}, by ${nameOf(by)}, ${timeText(updatedAt)}:`,
    quoted(title.replace(/\s+/g, ' ')),
    quoted(text),
    ...(files.length > 0 ? [`It is about ${files.map(nameOf).join(', ')}.`] : []),
  ].join('\n')
}

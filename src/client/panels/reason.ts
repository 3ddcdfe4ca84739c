import {fit, safeLine, textWidth} from '../../base/text.ts'
import {shortAgent} from '../../model/data/ids.ts'
import type {TicketRow} from '../../protocol/daemon.ts'

/** Columns of a row beside title and reason: cursor, mark, glyph, number, age and the blanks between. */
const FIXED = 15
/** Share of the rest that reasons may take, and its limits: less says nothing, more leaves no title. */
const ROOM = {share: 0.45, min: 10, max: 44} as const
/** From this room on, reasons are whole sentences; below, one word. */
const SENTENCES = 16

type Arrow = {to: string}

/**
 * The column that says who works on each ticket, or why none does: as wide as the longest reason of the list, within
 * the room of a list of `width` columns. Gives each reason filled or cut to it.
 */
export function reasonColumn(rows: readonly TicketRow[], width: number, arrow: Arrow): (row: TicketRow) => string {
  const room = Math.min(ROOM.max, Math.max(ROOM.min, Math.floor((width - FIXED) * ROOM.share)))
  const textOf = (row: TicketRow) => (room < SENTENCES ? wordOf(row, arrow) : sentenceOf(row))
  const wide = rows.reduce((most, row) => Math.max(most, textWidth(textOf(row))), 0)
  return row => fit(textOf(row), Math.min(room, wide))
}

/** Its agent, its state or why it waits, in a word. */
function wordOf({foreignOwner, detail, agent, gate, phase, priority}: TicketRow, {to}: Arrow): string {
  if (foreignOwner !== null) return safeLine(foreignOwner)
  if (detail !== null) return safeLine(detail)
  if (agent !== null) return shortAgent(agent)
  const waitsFor = gate?.kind === 'waits' ? /#(\d+)/.exec(gate.text)?.[1] : undefined
  if (waitsFor !== undefined) return `${to}${waitsFor}`
  if (gate) return gate.kind
  if (phase !== 'ready') return phase
  return priority === 'none' ? '' : priority
}

/** The same with all that is known of it. */
function sentenceOf(row: TicketRow): string {
  const {foreignOwner, detail, agent, gate, attention, phase, priority} = row
  if (foreignOwner !== null) return `claimed by ${safeLine(foreignOwner)}`
  const who = agent === null ? '' : shortAgent(agent)
  const what = attention ?? detail ?? ''
  if (who !== '' || what !== '') return `${who} ${safeLine(what)}`.trim()
  if (gate) return safeLine(gate.text)
  if (phase !== 'ready') return phase
  return priority === 'none' ? '' : priority
}

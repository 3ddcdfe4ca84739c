import {go} from 'fuzzysort'
import {disabledReason} from '../commands/in-focus.ts'
import type {ClientState} from '../state/state.ts'
import {showChord} from './chords.ts'
import type {BoundCommand, Keymap} from './keymap.ts'

export type PaletteRow = {bound: BoundCommand; disabled: string | null}

/** Commands whose name, title or key the typed letters fit, best first; without any, those that can be done now first. */
export function paletteRows(keymap: Keymap, state: ClientState, text: string): PaletteRow[] {
  const rows = keymap.commands
    .filter(({contexts}) => contexts.includes('panel') || contexts.includes('pane'))
    .filter(({command}) => command !== 'app.palette')
    .map(bound => ({bound, disabled: disabledReason(bound.command, state)}))
  const able = (row: PaletteRow) => Number(row.disabled !== null)
  if (text.trim() === '') return rows.toSorted((a, b) => able(a) - able(b))
  const found = go(text, rows, {key: searchText, limit: 0, threshold: 0.2})
  return found.map(({obj}) => obj)
}

function searchText({bound}: PaletteRow): string {
  const keys = bound.keys.map(chord => showChord(chord, {ascii: true})).join(' ')
  return `${bound.title} ${bound.command} ${keys}`
}

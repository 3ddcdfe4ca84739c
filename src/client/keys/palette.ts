import {go} from 'fuzzysort'
import {type Binding, disabledReason} from '../commands/binding.ts'
import type {ClientState} from '../state/state.ts'
import {showChord} from './chords.ts'
import {ONLY_IN_SHELL, shellNamesOf} from './shell-commands.ts'

export type PaletteRow = {bound: Binding; disabled: string | null}

/**
 * Commands whose name, title or key the typed letters fit, best first; without any, those that can be done now first.
 * Commands of the command line are among them: under its name the one of the screen that does the same, or, at the end,
 * where to run it.
 */
export function paletteRows(commands: readonly Binding[], state: ClientState, text: string): PaletteRow[] {
  const rows = [...commands, ...ONLY_IN_SHELL]
    .filter(({where}) => where.includes('panel') || where.includes('pane'))
    .filter(({command}) => command !== 'app.palette')
    .map(bound => ({bound, disabled: disabledReason(bound, state)}))
  const able = (row: PaletteRow) => Number(row.disabled !== null)
  if (text.trim() === '') return rows.toSorted((a, b) => able(a) - able(b))
  const found = go(text, rows, {key: searchText, limit: 0, threshold: 0.2})
  return found.map(({obj}) => obj).toSorted((a, b) => rankOf(a.bound, text.trim()) - rankOf(b.bound, text.trim()))
}

/** What has the text as its key (`:q` leaves, as in editors) or name comes first, what only a shell has last. */
function rankOf(bound: Binding, text: string): number {
  if (bound.keys.includes(text)) return 0
  if (bound.command === text || bound.command === `clambake ${text}`) return 1
  return ONLY_IN_SHELL.includes(bound) ? 3 : 2
}

function searchText({bound}: PaletteRow): string {
  const keys = bound.keys.map(chord => showChord(chord, {ascii: true})).join(' ')
  return [bound.help, bound.command, keys, ...shellNamesOf(bound.command)].join(' ')
}

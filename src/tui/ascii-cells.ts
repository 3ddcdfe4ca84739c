import {asciiCharacter} from '../base/locale.ts'
import type {Grid} from './grid.ts'

/** Replaces all but ASCII in a grid: a locale without Unicode would show several wrong characters instead. */
export function toAscii(grid: Grid): void {
  for (let at = 0; at < grid.text.length; at++) {
    const text = grid.text[at]!
    if (text === '') grid.text[at] = ' '
    else if (text.length > 1 || text > '~') grid.text[at] = asciiCharacter(text)
  }
}

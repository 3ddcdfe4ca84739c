import type {Line} from '../../src/client/text/line.ts'
import type {Glyphs} from '../../src/client/text/theme.ts'

export type RowState = {selected: boolean; focused: boolean; marked: boolean}

/** The first two columns of a row: the cursor, in the list that has the keyboard only, and the mark. */
export function cursorOf(glyphs: Glyphs, row: RowState): Line {
  const {selected, focused, marked} = row
  return [
    selected && focused ? {text: glyphs.cursor, tone: 'accent'} : {text: ' '},
    marked ? {text: glyphs.mark, tone: 'accent'} : {text: ' '},
  ]
}

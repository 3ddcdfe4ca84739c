import {clamp, type DialogOf, type DialogSpec, type LiveRows} from './dialog-spec.ts'

/** Lines beside those that scroll: the heading, an empty line and the legend. */
const FIXED = 3

/** Who conflicts with whom, as a table, and the files of each pair below it. */
export const MATRIX: DialogSpec<DialogOf<'matrix'>> = {
  context: 'dialog',
  height: (_dialog, _width, state) => (state.sides.length === 0 ? 1 : linesOf(state) + FIXED),
  scrolled: (dialog, rows, {state, content}) => ({
    ...dialog,
    top: clamp(dialog.top + rows, linesOf(state) + FIXED - content.height),
  }),
}

/** The lines that scroll: the rows of the table and, below them, the pairs. */
function linesOf({sides, conflicts}: LiveRows): number {
  return sides.length + (conflicts.length === 0 ? 0 : conflicts.length + 1)
}

import {clamp, type DialogOf, type DialogSpec} from './dialog-spec.ts'

/** Who conflicts with whom, as a table. */
export const MATRIX: DialogSpec<DialogOf<'matrix'>> = {
  context: 'dialog',
  height: 'screen',
  // Heading and legend stay.
  scrolled: (dialog, rows, {state, content}) => ({
    ...dialog,
    top: clamp(dialog.top + rows, state.sides.length + 3 - content.height),
  }),
}

import {paletteRows} from '../keys/palette.ts'
import {closeDialog} from '../state/update.ts'
import {clamp, type DialogOf, type DialogSpec} from './dialog-spec.ts'

/** Finds a command by its words. */
export const PALETTE: DialogSpec<DialogOf<'palette'>> = {
  context: 'text',
  height: 'screen',
  scrolled: (dialog, rows, {state, commands}) => ({
    ...dialog,
    index: clamp(dialog.index + rows, paletteRows(commands, state, dialog.text).length - 1),
  }),
  edited: (dialog, change) => ({...dialog, text: change(dialog.text), index: 0}),
  confirm({store, commands, run}, dialog) {
    const state = store.getState()
    store.apply(closeDialog)
    const chosen = paletteRows(commands, state, dialog.text)[dialog.index]
    if (chosen) run(chosen.bound)
  },
}

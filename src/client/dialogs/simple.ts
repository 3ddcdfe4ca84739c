import {helpLines} from '../keys/help.ts'
import {clamp, type DialogOf, type DialogSpec} from './dialog-spec.ts'

/** All keys. */
export const HELP: DialogSpec<DialogOf<'help'>> = {
  context: 'dialog',
  height: 'screen',
  scrolled: (dialog, rows, {commands, content}) => ({
    ...dialog,
    top: clamp(dialog.top + rows, helpLines(commands).length - content.height),
  }),
}

/** The terminal that was typed into has ended. */
export const GONE: DialogSpec<DialogOf<'gone'>> = {context: 'dialog', height: 2}

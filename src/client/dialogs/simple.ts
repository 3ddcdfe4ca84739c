import {helpLines} from '../keys/help.ts'
import {clamp, type DialogOf, type DialogSpec} from './dialog-spec.ts'
import {noticeLines} from './lines.ts'

/** All keys. */
export const HELP: DialogSpec<DialogOf<'help'>> = {
  context: 'dialog',
  height: 'screen',
  scrolled: (dialog, rows, {commands, content}) => ({
    ...dialog,
    top: clamp(dialog.top + rows, helpLines(commands).length - content.height),
  }),
}

/** The last messages, to be read in full. */
export const NOTICES: DialogSpec<DialogOf<'notices'>> = {
  context: 'dialog',
  height: ({notices}, width) => noticeLines(notices, width).length,
  scrolled: (dialog, rows, {content: {width, height}}) => ({
    ...dialog,
    top: clamp(dialog.top + rows, noticeLines(dialog.notices, width).length - height),
  }),
}

/** The terminal that was typed into has ended. */
export const GONE: DialogSpec<DialogOf<'gone'>> = {context: 'dialog', height: 2}

import {safeLine} from '../../base/text.ts'
import {claimAll} from '../commands/claim.ts'
import {helpLines} from '../keys/help.ts'
import {closeDialog, marksCleared} from '../state/update.ts'
import type {Line} from '../text/line.ts'
import {wrapLine, wrapText} from '../text/wrap.ts'
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

/** Asks before agents start on several issues. */
export const CLAIM: DialogSpec<DialogOf<'claim'>> = {
  context: 'dialog',
  height: (dialog, width) => claimLines(dialog, width).length,
  confirm(context, {issues}) {
    context.store.apply(closeDialog)
    context.store.apply(marksCleared('issues'))
    void claimAll(
      context,
      issues.map(({number}) => number),
    )
  },
}

/** The issues, and what is left out. */
export function claimLines({issues, left}: DialogOf<'claim'>, width: number): Line[] {
  return [
    ...issues.flatMap(({number, title}) =>
      wrapLine([{text: `#${number} `, tone: 'accent'}, {text: safeLine(title)}], width),
    ),
    ...(left === 0 ? [] : wrapText(`${left} more of the marked cannot be claimed; i says why`, width, {tone: 'muted'})),
  ]
}

/** The terminal that was typed into has ended. */
export const GONE: DialogSpec<DialogOf<'gone'>> = {context: 'dialog', height: 2}

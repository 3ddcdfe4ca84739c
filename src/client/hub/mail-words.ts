import {isOpen, isOverdue, type MailKind} from '../../model/hub/mail.ts'
import type {MailRow} from '../../protocol/daemon.ts'
import {age} from '../text/format.ts'
import type {Glyphs, Tone} from '../text/theme.ts'

/** The glyph and colour of a kind of message. */
export function kindLook(kind: MailKind, glyphs: Glyphs): {glyph: string; tone: Tone} {
  switch (kind) {
    case 'info':
      return {glyph: glyphs.ready, tone: 'muted'}
    case 'warning':
      return {glyph: glyphs.high, tone: 'attention'}
    case 'blocker':
      return {glyph: glyphs.waits, tone: 'attention'}
    case 'request':
      return {glyph: glyphs.human, tone: 'accent'}
    case 'done':
      return {glyph: glyphs.done, tone: 'good'}
  }
}

/** Whether a message still holds, waits or says something, in words; empty: nothing is to be said of it. */
export function stateWords(mail: MailRow, now: number): {text: string; tone: Tone} {
  if (mail.ended !== null) return {text: 'ended', tone: 'good'}
  if (!isOpen(mail, now))
    return {text: mail.claim !== undefined && mail.progress.begun === 0 ? 'never read' : 'expired', tone: 'muted'}
  if (isOverdue(mail, now)) return {text: `overdue for ${age(mail.dueAt!, now)}`, tone: 'attention'}
  if (mail.kind === 'blocker') return {text: `holds ${age(now, mail.expiresAt)} more`, tone: 'attention'}
  if (mail.kind === 'request') return {text: 'waits for an answer', tone: 'accent'}
  return {text: '', tone: 'muted'}
}

/** What became of a message, in a column: `read 2/4`, `given 3/4` or `stored`. */
export function shortReceipt({progress}: Pick<MailRow, 'progress'>, glyphs: Glyphs): string {
  const {recipients, handed, begun} = progress
  if (begun > 0) return `read ${begun}/${recipients}`
  return handed > 0 ? `given ${handed}/${recipients}` : `stored ${glyphs.done}`
}

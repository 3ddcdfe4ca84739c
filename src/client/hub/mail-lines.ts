import {safeLine, safeText} from '../../base/text.ts'
import {receiptText} from '../../model/hub/receipt-text.ts'
import type {MailRow} from '../../protocol/daemon.ts'
import {age, dateTime} from '../text/format.ts'
import type {Line} from '../text/line.ts'
import type {Glyphs} from '../text/theme.ts'
import {wrapLine, wrapText} from '../text/wrap.ts'
import {kindLook, stateWords} from './mail-words.ts'

/** A message in full: what it is, what became of it, and its words. */
export function mailLines(mail: MailRow, {width, now, glyphs}: {width: number; now: number; glyphs: Glyphs}): Line[] {
  const {glyph, tone} = kindLook(mail.kind, glyphs)
  const state = stateWords(mail, now)
  const what = mail.resource === null ? mail.kind : `${mail.kind} on ${safeLine(mail.resource)}`
  const facts = [
    receiptText(mail.progress),
    ...(mail.ended === null ? [] : [`ended by ${safeLine(mail.ended.by)}`]),
    ...(mail.ended === null && mail.expiresAt > now ? [`expires in ${age(now, mail.expiresAt)}`] : []),
  ]
  return [
    ...wrapLine(
      [
        {text: `${glyph} ${what} ${mail.id} `, tone},
        {text: `from ${safeLine(mail.from)} to ${safeLine(mail.to)}`},
        {text: `, ${dateTime(mail.at)}${mail.answers === null ? '' : `, answers ${mail.answers}`}`, tone: 'muted'},
      ],
      width,
    ),
    ...wrapLine(
      [
        {text: state.text === '' ? '' : `${state.text} ${glyphs.ready} `, tone: state.tone},
        {text: facts.join(` ${glyphs.ready} `), tone: 'muted'},
      ],
      width,
    ),
    [],
    ...safeText(mail.text)
      .split('\n')
      .flatMap(part => wrapText(part, width)),
  ]
}

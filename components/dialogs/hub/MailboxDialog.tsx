import {useSlice, useTheme} from '../../../hooks/useClient.ts'
import {useAges} from '../../../hooks/useNow.ts'
import {safeLine} from '../../../src/base/text.ts'
import type {DialogOf} from '../../../src/client/dialogs/dialog-spec.ts'
import {rowsOf} from '../../../src/client/dialogs/hub/mailbox-rows.ts'
import {mailLines} from '../../../src/client/hub/mail-lines.ts'
import {kindLook, shortReceipt, stateWords} from '../../../src/client/hub/mail-words.ts'
import {indexOfMail, type ThreadRow} from '../../../src/client/hub/threads.ts'
import {contentRect} from '../../../src/client/layout/overlays.ts'
import {windowTop} from '../../../src/client/panels/lists.ts'
import {fitLine, type Line, splitLine} from '../../../src/client/text/line.ts'
import type {Glyphs} from '../../../src/client/text/theme.ts'
import {Lines} from '../../elements/Lines.tsx'
import {Dialog, type OpenDialog} from '../Dialog.tsx'
import {LoadedContent} from '../LoadedContent.tsx'

/** Share of the lines that the list takes; the rest shows the selected message. */
const LIST_SHARE = 0.5

/** Messages between sessions by threads, and the selected one in full with its receipts. */
export function MailboxDialog({rect, dialog}: OpenDialog<'mailbox'>) {
  const {width, height} = contentRect(rect)
  const now = useSlice(state => state.now)
  const rows = rowsOf(dialog, now)
  const unread = rows.filter(({mail}) => mail.unread).length
  return (
    <Dialog
      rect={rect}
      title={`Mailbox${unread > 0 ? ` · ${unread} unread` : ''}`}
      opener="hub.mailbox"
      keys={
        rows.length === 0
          ? [
              ['mail.write', 'write to all'],
              ['dialog.cancel', 'close'],
            ]
          : [
              ['dialog.confirm', dialog.whole === null ? 'all of it' : 'back'],
              ['mail.answer', 'answer'],
              ['mail.end', 'end'],
              ['mail.write', 'write'],
              ['mail.read-all', 'all read'],
              ['dialog.cancel', 'close'],
            ]
      }
    >
      <LoadedContent loaded={dialog.mail} waitingFor="asking the hub" width={width}>
        {() =>
          dialog.whole === null ? (
            <Threads rows={rows} selected={dialog.selected} width={width} height={height} now={now} />
          ) : (
            <Whole rows={rows} dialog={dialog} width={width} height={height} now={now} />
          )
        }
      </LoadedContent>
    </Dialog>
  )
}

const MORE: Line = [{text: 'enter shows all of it', tone: 'muted'}]

type Shown = {rows: readonly ThreadRow[]; selected: number | null; width: number; height: number; now: number}

function Whole({rows, dialog, width, height, now}: Omit<Shown, 'selected'> & {dialog: DialogOf<'mailbox'>}) {
  const {glyphs} = useTheme()
  const mail = rows[indexOfMail(rows, dialog.selected)]?.mail
  const lines = mail ? mailLines(mail, {width, now, glyphs}) : []
  const top = dialog.whole ?? 0
  return <Lines lines={lines.slice(top, top + height).map(line => fitLine(line, width))} />
}

function Threads({rows, selected, width, height, now}: Shown) {
  const {glyphs} = useTheme()
  const ages = useAges(rows.map(({mail}) => mail.at))
  if (rows.length === 0) {
    return <Lines lines={[fitLine([{text: 'no session has written in the last day'}], width)]} />
  }
  const index = indexOfMail(rows, selected)
  const room = Math.max(1, Math.min(rows.length, Math.floor(height * LIST_SHARE)))
  const top = windowTop({top: 0, index, height: room, length: rows.length})
  const list = rows
    .slice(top, top + room)
    .map((row, at) => threadLine({row, isSelected: top + at === index, since: ages[top + at]!, glyphs, now}, width))
  const whole = mailLines(rows[index]!.mail, {width, now, glyphs})
  const left = Math.max(0, height - room - 1)
  const more = whole.length > left
  const shown = [...whole.slice(0, more ? left - 1 : left), ...(more ? [MORE] : [])]
  return <Lines lines={[...list, [], ...shown].map(line => fitLine(line, width))} />
}

function threadLine(
  {
    row,
    isSelected,
    since,
    glyphs,
    now,
  }: {row: ThreadRow; isSelected: boolean; since: string; glyphs: Glyphs; now: number},
  width: number,
): Line {
  const {mail, depth} = row
  const {glyph, tone} = kindLook(mail.kind, glyphs)
  const state = stateWords(mail, now)
  const over = mail.ended !== null || now >= mail.expiresAt
  const holds = mail.resource === null ? '' : `${safeLine(mail.resource)}: `
  return splitLine(
    [
      isSelected ? {text: glyphs.cursor, tone: 'accent'} : {text: ' '},
      mail.unread ? {text: glyphs.working, tone: 'accent'} : {text: ' '},
      {text: `${depth === 0 ? '' : '  '}${glyph} `, tone: over ? 'muted' : tone},
      {text: `${mail.mine ? 'you' : safeLine(mail.from)} `, tone: over ? 'muted' : 'accent'},
      {text: `${glyphs.to} ${safeLine(mail.to)}  `, tone: 'muted'},
      {text: `${holds}${safeLine(mail.text)}`, tone: over ? 'muted' : 'text', bold: mail.unread},
    ],
    [
      {text: state.text === '' ? '' : `${state.text}  `, tone: state.tone},
      {text: shortReceipt(mail, glyphs), tone: 'muted'},
      {text: since.padStart(4), tone: 'muted'},
    ],
    width,
  )
}

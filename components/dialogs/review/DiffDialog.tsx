import {useSlice, useTheme} from '../../../hooks/useClient.ts'
import {safeLine, textWidth} from '../../../src/base/text.ts'
import {count} from '../../../src/base/words.ts'
import {contentRect} from '../../../src/client/layout/overlays.ts'
import {windowTop} from '../../../src/client/panels/lists.ts'
import {drawnRow, type RowLook} from '../../../src/client/review/draw.ts'
import {codeOf} from '../../../src/client/review/highlight.ts'
import {bodyHeight, filesWidth, isBeside, rowsIn} from '../../../src/client/review/on-screen.ts'
import {fitLine, type Line, lineWidth, splitLine} from '../../../src/client/text/line.ts'
import type {Glyphs} from '../../../src/client/text/theme.ts'
import type {ChangedFile} from '../../../src/protocol/daemon.ts'
import {Lines} from '../../elements/Lines.tsx'
import {Place} from '../../elements/Place.tsx'
import {Dialog, type DialogKeys, type OpenDialog} from '../Dialog.tsx'
import {LoadedContent} from '../LoadedContent.tsx'

/** What a ticket or a pull request changes: its files, and the lines of one of them with the comments on them. */
export function DiffDialog({rect, dialog}: OpenDialog<'diff'>) {
  const {width} = contentRect(rect)
  const {of, changes, draft} = dialog
  const number = 'pull' in of ? of.pull : of.ticket
  const isBundle = changes.state === 'ready' && changes.value.tickets !== null
  const subject = isBundle ? `Bundle #${number}` : `Changes of #${number}`
  return (
    <Dialog rect={rect} title={`${subject} against main`} figures={figuresOf(dialog)} keys={keysOf(dialog)}>
      <LoadedContent loaded={changes} waitingFor="comparing with main" width={width}>
        {({files, unlisted, tickets}) =>
          files.length === 0 ? (
            <Lines lines={[fitLine([{text: 'the branch changes nothing yet; Esc goes back', tone: 'muted'}], width)]} />
          ) : (
            <Review
              {...{rect, dialog, files, unlisted}}
              tickets={tickets ?? files.map(() => [])}
              viewed={draft?.viewed ?? {}}
            />
          )
        }
      </LoadedContent>
    </Dialog>
  )
}

function figuresOf({changes, draft}: OpenDialog<'diff'>['dialog']): string {
  if (changes.state !== 'ready') return ''
  const {files} = changes.value
  const read = files.filter(({path, oid}) => draft?.viewed[path] === oid).length
  const comments = draft?.comments.length ?? 0
  const sum = (pick: (file: ChangedFile) => number) => files.reduce((all, file) => all + pick(file), 0)
  return [
    ...(comments > 0 ? [`${count(comments, 'comment')} not sent`] : []),
    `${read} of ${count(files.length, 'file')} read`,
    `+${sum(({added}) => added)} -${sum(({removed}) => removed)}`,
  ].join(' · ')
}

function keysOf({from, draft, changes}: OpenDialog<'diff'>['dialog']): DialogKeys {
  if (changes.state !== 'ready' || changes.value.files.length === 0) return [['dialog.cancel', 'back']]
  if (from !== null) {
    return [
      ['diff.comment', 'comment on these lines'],
      ['dialog.cancel', 'choose none'],
    ]
  }
  return [
    ['diff.comment', 'comment'],
    ['diff.range', 'range'],
    ...((draft?.comments.length ?? 0) > 0 ? ([['diff.submit', 'send…']] as const) : []),
    ['diff.next-hunk', 'change'],
    ['diff.next-file', 'file'],
    ['diff.viewed', 'read'],
    ['dialog.cancel', 'back'],
  ]
}

function Review(props: {
  rect: OpenDialog<'diff'>['rect']
  dialog: OpenDialog<'diff'>['dialog']
  files: readonly ChangedFile[]
  unlisted: number
  tickets: readonly (readonly number[])[]
  viewed: Readonly<Record<string, string>>
}) {
  const {rect, dialog, files, unlisted, tickets, viewed} = props
  const {glyphs} = useTheme()
  const {width, height} = contentRect(rect)
  const beside = filesWidth(width)
  const file = files[dialog.file]
  const comments = (path: string) => dialog.draft?.comments.filter(comment => comment.path === path).length ?? 0
  const look = (at: ChangedFile): FileLook => ({
    current: at === file,
    read: viewed[at.path] === at.oid,
    comments: comments(at.path),
    tickets: tickets[files.indexOf(at)] ?? [],
  })
  if (beside === 0) {
    const head = file ? fileLine(file, {...look(file), current: true}, {width, glyphs}) : fitLine([], width)
    return (
      <>
        <Lines lines={[head, fitLine([], width)]} />
        <Body rect={rect} dialog={dialog} width={width} />
      </>
    )
  }
  const listed = unlisted > 0 ? height - 1 : height
  const top = windowTop({top: 0, index: dialog.file, height: listed, length: files.length})
  const list = files.slice(top, top + listed).map(at => fileLine(at, look(at), {width: beside, glyphs}))
  const more = unlisted > 0 ? [fitLine([{text: `and ${unlisted} more files`, tone: 'muted'}], beside)] : []
  return (
    <>
      <Lines lines={[...list, ...more]} />
      <Place rect={{row: 0, col: beside + 2, width: width - beside - 2, height}}>
        <Body rect={rect} dialog={dialog} width={width - beside - 2} />
      </Place>
    </>
  )
}

function Body({
  rect,
  dialog,
  width,
}: {
  rect: OpenDialog<'diff'>['rect']
  dialog: OpenDialog<'diff'>['dialog']
  width: number
}) {
  const {glyphs} = useTheme()
  const cols = useSlice(({ui}) => ui.size.cols)
  const file = dialog.changes.state === 'ready' ? dialog.changes.value.files[dialog.file] : undefined
  const diff = file && dialog.diffs[file.path]
  if (!file) return null
  const rows = rowsIn(dialog, {cols})
  const height = bodyHeight(contentRect(rect))
  const {row, from} = dialog
  const first = windowTop({top: dialog.top, index: row, height, length: rows.length})
  const [begin, end] = [Math.min(from ?? row, row), Math.max(from ?? row, row)]
  const code = diff?.state === 'ready' ? codeOf(diff.value, file.path) : new Map()
  const shown = rows.slice(first, first + height).map((found, index): Line => {
    const at = first + index
    const look: RowLook = {cursor: at === row, chosen: from !== null && at >= begin && at <= end}
    return drawnRow(found, look, {width, glyphs, code, beside: isBeside({cols}), shift: dialog.shift})
  })
  if (diff === undefined || diff.state === 'ready') return <Lines lines={shown} />
  return (
    <LoadedContent loaded={diff} waitingFor="reading the file" width={width}>
      {() => null}
    </LoadedContent>
  )
}

type FileLook = {current: boolean; read: boolean; comments: number; tickets: readonly number[]}

const STATUS_MARKS: Readonly<Record<ChangedFile['status'], string>> = {
  added: 'A',
  modified: 'M',
  deleted: 'D',
  renamed: 'R',
  copied: 'C',
  retyped: 'T',
}

/** The cursor, whether it was read, what happened to it, its name from the end, whose it is, comments and lines. */
function fileLine(
  {path, status, added, removed, uncommitted}: ChangedFile,
  {current, read, comments, tickets}: FileLook,
  {width, glyphs}: {width: number; glyphs: Glyphs},
): Line {
  const tone = current ? 'accent' : read ? 'muted' : 'text'
  const [first, ...others] = tickets
  const whose = first === undefined ? '' : `#${first}${others.length > 0 ? `+${others.length}` : ''} `
  const figures: Line = [
    ...(whose === '' ? [] : [{text: whose, tone: 'muted' as const}]),
    ...(comments > 0 ? [{text: `${glyphs.mark}${comments} `, tone: 'accent' as const}] : []),
    {text: `+${added}`, tone: 'good'},
    {text: ` -${removed}`, tone: 'bad'},
  ]
  // Cursor, mark, letter with its blanks, and the blank before the figures.
  const room = width - 6 - lineWidth(figures) - (uncommitted ? 2 : 0)
  return splitLine(
    [
      current ? {text: glyphs.cursor, tone: 'accent'} : {text: ' '},
      read ? {text: glyphs.done, tone: 'good'} : {text: ' '},
      {text: ` ${STATUS_MARKS[status]} `, tone: status === 'deleted' ? 'bad' : status === 'added' ? 'good' : 'muted'},
      {text: shortPath(safeLine(path), room), tone, bold: current},
      ...(uncommitted ? [{text: ` ${glyphs.starting}`, tone: 'working' as const}] : []),
    ],
    figures,
    width,
  )
}

/** The end of a path says more than its beginning. */
function shortPath(path: string, width: number): string {
  if (textWidth(path) <= width) return path
  const parts = path.split('/')
  while (parts.length > 1 && textWidth(parts.join('/')) + 2 > width) parts.shift()
  return `…/${parts.join('/')}`
}

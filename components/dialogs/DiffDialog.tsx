import {safeLine} from '../../src/base/text.ts'
import {count} from '../../src/base/words.ts'
import {type Diff, type DiffFile, fileAt, parseDiff} from '../../src/client/detail/diff.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {windowTop} from '../../src/client/panels/lists.ts'
import {fitLine, type Line, splitLine} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'
import {position} from './DetailDialog.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'
import {LoadedContent} from './LoadedContent.tsx'

/** From this width on, the files are beside the changes; below it, the current one is above them. */
const BESIDE_COLS = 100
const FILES = {share: 0.3, max: 44} as const

/** What a ticket's branch changes against main: its files, and the changes in colours. Wide lines are cut. */
export function DiffDialog({rect, dialog: {ticket, diff, top}}: OpenDialog<'diff'>) {
  const {width, height} = contentRect(rect)
  const parsed = diff.state === 'ready' ? parseDiff(diff.value) : null
  return (
    <Dialog
      rect={rect}
      title={`Changes of #${ticket} against main`}
      figures={
        parsed ? `${count(parsed.files.length, 'file')} ${position(top, height, parsed.lines.length)}`.trim() : ''
      }
      keys={[
        ['diff.next-file', 'next file'],
        ['diff.previous-file', 'previous file'],
        ['move.half-down', 'down'],
        ['move.half-up', 'up'],
        ['dialog.cancel', 'back'],
      ]}
    >
      <LoadedContent loaded={diff} waitingFor="comparing with main" width={width}>
        {() => (parsed ? <Lines lines={linesOf(parsed, top, width, height)} /> : null)}
      </LoadedContent>
    </Dialog>
  )
}

function linesOf(diff: Diff, top: number, width: number, height: number): Line[] {
  if (diff.files.length === 0) return [fitLine([{text: 'the branch changes nothing yet', tone: 'muted'}], width)]
  const at = fileAt(diff, top)
  if (width < BESIDE_COLS) {
    const changes = diff.lines.slice(top, top + height - 2).map(line => fitLine([line], width))
    return [fileLine(diff.files[at], true, width), fitLine([], width), ...changes]
  }
  const beside = Math.min(FILES.max, Math.floor(width * FILES.share))
  const first = windowTop({top: 0, index: Math.max(0, at), height, length: diff.files.length})
  return Array.from({length: height}, (_, row): Line => {
    const file = diff.files[first + row]
    const change = diff.lines[top + row]
    return [
      ...(file ? fileLine(file, first + row === at, beside) : fitLine([], beside)),
      {text: '  '},
      ...fitLine(change ? [change] : [], width - beside - 2),
    ]
  })
}

function fileLine(file: DiffFile | undefined, current: boolean, width: number): Line {
  if (!file) return fitLine([], width)
  return splitLine(
    [{text: safeLine(file.path), tone: current ? 'accent' : 'muted', bold: current}],
    [
      {text: `+${file.added}`, tone: 'good'},
      {text: ` -${file.removed}`, tone: 'bad'},
    ],
    width,
  )
}

import {useTheme} from '../../hooks/useClient.ts'
import {documentLines} from '../../src/client/detail/document.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import type {Loaded} from '../../src/client/state/dialog.ts'
import type {Detail, Subject} from '../../src/client/state/subject.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {inAscii} from '../../src/client/text/ascii.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type DialogKeys} from './Dialog.tsx'
import {LoadedContent} from './LoadedContent.tsx'

/** All there is to know about an issue, a pull request, an agent, a conflict or an event, to scroll through. */
export function DetailDialog(props: {rect: Rect; subject: Subject; detail: Loaded<Detail>; top: number}) {
  const {rect, subject, detail, top} = props
  const {ascii} = useTheme()
  const {width, height} = contentRect(rect)
  const lines = detail.state === 'ready' ? documentLines(detail.value, width) : []
  const shown = lines.slice(top, top + height).map(line => fitLine(ascii ? inAscii(line) : line, width))
  return (
    <Dialog rect={rect} title={titleOf(subject)} figures={position(top, height, lines.length)} keys={keysOf(subject)}>
      <LoadedContent loaded={detail} waitingFor="asking" width={width}>
        {() => <Lines lines={shown} />}
      </LoadedContent>
    </Dialog>
  )
}

function titleOf(subject: Subject): string {
  switch (subject.kind) {
    case 'issue':
      return `Issue #${subject.number}`
    case 'pull':
      return `Pull request #${subject.number}`
    case 'agent':
      return `Agent ${shortAgent(subject.agent)}`
    case 'conflict':
      return `Conflict of #${subject.conflict.ticket} with main`
    case 'event':
      return `Event ${subject.event.seq}`
  }
}

/** Where in a longer text the window stands: `top`, `42%`, `end`; nothing when all of it is shown. */
export function position(top: number, height: number, length: number): string {
  if (length <= height) return ''
  if (top === 0) return 'top'
  return top + height >= length ? 'end' : `${Math.round((100 * top) / (length - height))}%`
}

function keysOf({kind}: Subject): DialogKeys {
  return [
    ['dialog.cancel', 'back'],
    ['row.copy', 'copy'],
    ...(kind === 'event'
      ? []
      : ([
          ['row.browse', 'browser'],
          ['row.diff', 'diff'],
          ['agent.message', 'message'],
        ] as const)),
  ]
}

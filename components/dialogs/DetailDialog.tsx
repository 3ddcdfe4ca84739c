import {useTheme} from '../../hooks/useClient.ts'
import {documentLines} from '../../src/client/detail/document.ts'
import {subjectTitle} from '../../src/client/detail/subjects.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import type {Subject} from '../../src/client/state/subject.ts'
import {inAscii} from '../../src/client/text/ascii.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type DialogKeys, type OpenDialog} from './Dialog.tsx'
import {LoadedContent} from './LoadedContent.tsx'

/** Everything about an issue, a pull request, an agent, a conflict, an event or a session, to scroll through. */
export function DetailDialog({rect, dialog: {subject, detail, top}}: OpenDialog<'detail'>) {
  const {ascii} = useTheme()
  const {width, height} = contentRect(rect)
  const lines = detail.state === 'ready' ? documentLines(detail.value, width) : []
  const shown = lines.slice(top, top + height).map(line => fitLine(ascii ? inAscii(line) : line, width))
  return (
    <Dialog
      rect={rect}
      title={subjectTitle(subject)}
      figures={position(top, height, lines.length)}
      keys={keysOf(subject)}
    >
      <LoadedContent loaded={detail} waitingFor="asking" width={width}>
        {() => <Lines lines={shown} />}
      </LoadedContent>
    </Dialog>
  )
}

/** The window's position in a longer text: `top`, `42%`, `end`; empty when all of it is shown. */
export function position(top: number, height: number, length: number): string {
  if (length <= height) return ''
  if (top === 0) return 'top'
  return top + height >= length ? 'end' : `${Math.round((100 * top) / (length - height))}%`
}

function keysOf({kind}: Subject): DialogKeys {
  return [
    ['dialog.cancel', 'back'],
    ...(kind === 'issue' ? ([['queue.pop-selected', 'claim']] as const) : []),
    ['row.copy', 'copy'],
    ...(kind === 'peer' ? ([['agent.message', 'message']] as const) : []),
    ...(kind === 'event' || kind === 'peer'
      ? []
      : ([
          ['row.browse', 'browser'],
          ['row.diff', 'diff'],
          ['agent.message', 'message'],
        ] as const)),
    ...(kind === 'conflict' ? ([['conflicts.tell', 'tell both']] as const) : []),
  ]
}

import {useSlice} from '../../hooks/useClient.ts'
import {useAge} from '../../hooks/useNow.ts'
import {safeLine} from '../../src/base/text.ts'
import {isStale} from '../../src/client/dialogs/answer.ts'
import {answerLines} from '../../src/client/dialogs/answer-lines.ts'
import type {DialogOf} from '../../src/client/dialogs/dialog-spec.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {fitLine, type Line} from '../../src/client/text/line.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import {fieldLine} from '../elements/fieldLine.ts'
import {Lines} from '../elements/Lines.tsx'
import {Place} from '../elements/Place.tsx'
import {position} from './DetailDialog.tsx'
import {Dialog, type DialogKeys, type OpenDialog} from './Dialog.tsx'

/** What an agent asks, whole, and the keys that answer it; they do nothing once it asks something else. */
export function AnswerDialog({rect, dialog}: OpenDialog<'answer'>) {
  const {agent, asks, top, word} = dialog
  const {width, height} = contentRect(rect)
  const stale = useSlice(state => isStale(state, dialog))
  const since = useAge(asks.since)
  const name = shortAgent(agent)
  const room = word === null ? height : Math.max(0, height - 2)
  const lines = answerLines(dialog, width, room)
  const first = Math.min(top, Math.max(0, lines.length - room))
  const gone: Line = [{text: 'it no longer asks this; look again', tone: 'attention', bold: true}]
  const shown = lines.slice(first, first + room).map((line, row) => fitLine(stale && row === 0 ? gone : line, width))
  const at = position(first, room, lines.length)
  return (
    <Dialog
      rect={rect}
      title={asks.kind === 'question' ? `${name} asks` : `${name} asks to use ${safeLine(asks.tool)}`}
      figures={[at, since].filter(Boolean).join('  ')}
      keys={stale ? [['dialog.cancel', 'close']] : keysOf(dialog)}
    >
      <Lines lines={shown} />
      {word === null ? null : (
        <Place rect={{row: Math.max(0, height - 1), col: 0, width, height: 1}}>
          <Lines lines={[fitLine(fieldLine(`to ${name} > `, word, width), width)]} />
        </Place>
      )}
    </Dialog>
  )
}

function keysOf({asks, question, word}: DialogOf<'answer'>): DialogKeys {
  if (word !== null) {
    return [
      ['dialog.confirm', 'deny, with this message'],
      ['dialog.cancel', 'back'],
    ]
  }
  const leave = ['dialog.cancel', 'not now'] as const
  if (asks.kind === 'permission') {
    return [['answer.allow', 'allow once'], ['answer.deny', 'deny…'], ['answer.always', 'always'], leave]
  }
  const {multiSelect = false, options = []} = asks.questions[question] ?? {}
  const last = Math.min(9, options.length)
  return [
    ['answer.choose', last > 1 ? `to ${last} choose` : 'choose'],
    ...(multiSelect ? ([['dialog.confirm', 'send']] as const) : []),
    ['answer.deny', 'deny…'],
    leave,
  ]
}

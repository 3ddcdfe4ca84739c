import type {ReactNode} from 'react'
import {useKeyName} from '../../hooks/useClient.ts'
import type {CommandId} from '../../src/client/commands/bindings.ts'
import type {DialogKind, DialogOf} from '../../src/client/dialogs/dialog-spec.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {keysThatFit} from '../../src/client/text/keys-that-fit.ts'
import {fitLine, type Line, lineWidth} from '../../src/client/text/line.ts'
import {Frame} from '../elements/Frame.tsx'
import {Lines} from '../elements/Lines.tsx'
import {Place} from '../elements/Place.tsx'

/** What the component of each kind of dialog draws. */
export type OpenDialog<K extends DialogKind> = {rect: Rect; dialog: DialogOf<K>}

/** Commands that work in the dialog, and what they do there. */
export type DialogKeys = readonly (readonly [command: CommandId, does: string])[]

const KEY_GAP = '   '
const NARROW_KEY_GAP = '  '
/** Named however narrow the dialog is. */
const WAYS_OUT: ReadonlySet<CommandId> = new Set(['dialog.cancel', 'dialog.close'])

type DialogProps = {
  rect: Rect
  title: string
  /** The command that opened it; its key is shown in the corner. */
  opener?: CommandId
  /** Shown in the corner instead. */
  figures?: string
  keys: DialogKeys
  /** Drawn in the dialog's `contentRect`; the last inner row shows the keys. */
  children: ReactNode
}

/** An opaque frame over everything, with its keys at the bottom. */
export function Dialog({rect, title, opener, figures, keys, children}: DialogProps) {
  const keyName = useKeyName()
  const content = contentRect(rect)
  const drawn = (gap: string) =>
    keys.map(([command, does], index) => ({
      command,
      line: [
        {text: index === 0 ? '' : gap},
        {text: keyName(command), tone: 'accent' as const},
        {text: ` ${does}`},
      ] satisfies Line,
    }))
  const hasRoom = lineWidth(drawn(KEY_GAP).flatMap(({line}) => line)) <= content.width
  const bottom = keysThatFit(drawn(hasRoom ? KEY_GAP : NARROW_KEY_GAP), {
    draw: ({line}) => line,
    // The first key is what the dialog is for.
    isAlways: ({command}) => command === keys[0]![0] || WAYS_OUT.has(command),
    width: content.width,
  })
  const corner = figures ?? (opener === undefined ? '' : keyName(opener))
  return (
    <>
      <Frame
        rect={rect}
        title={[{text: title, bold: true}]}
        figures={corner === '' ? [] : [{text: corner, tone: 'muted'}]}
        focused
        lines={[]}
      />
      <Place rect={content} clip>
        {children}
      </Place>
      <Place rect={{...content, row: rect.row + Math.max(0, rect.height - 2), height: 1}}>
        <Lines lines={[fitLine(bottom, content.width)]} />
      </Place>
    </>
  )
}

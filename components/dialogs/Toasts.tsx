import {useKeyName, useSlice} from '../../hooks/useClient.ts'
import {toastLines} from '../../src/client/dialogs/lines.ts'
import type {Toast} from '../../src/client/state/state.ts'
import type {Rect} from '../../src/client/state/types.ts'
import type {Tone} from '../../src/client/text/theme.ts'
import {Frame} from '../elements/Frame.tsx'

const TONES: Readonly<Record<Toast['level'], Tone>> = {info: 'good', warning: 'attention', error: 'bad'}

/** Messages above the footer: what happened, what is kept, what to press. */
export function Toasts({rect}: {rect: Rect}) {
  const keyName = useKeyName()
  const toasts = useSlice(state => state.ui.toasts)
  const worst =
    toasts.find(({level}) => level === 'error') ?? toasts.find(({level}) => level === 'warning') ?? toasts[0]
  return (
    <Frame
      rect={rect}
      title={[]}
      figures={[{text: keyName('app.back'), tone: 'muted'}]}
      focused={false}
      lines={toasts.flatMap(toast => toastLines(toast, rect.width - 2))}
      tone={worst ? TONES[worst.level] : 'muted'}
    />
  )
}

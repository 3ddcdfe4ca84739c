import {useKeyName, useSlice, useTheme} from '../../hooks/useClient.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {splitLine} from '../../src/client/text/line.ts'
import {tourHint} from '../../src/client/tour/hint.ts'
import {Lines} from '../elements/Lines.tsx'
import {Place} from '../elements/Place.tsx'

/** One quiet line for somebody who is new here: what is happening, and which key to try. */
export function Hint({rect}: {rect: Rect}) {
  const keyName = useKeyName()
  const {glyphs} = useTheme()
  // As text, so that it is drawn again only when it says something else.
  const text = useSlice(state => tourHint(state, keyName))
  return (
    <Place rect={rect}>
      <Lines lines={[splitLine([{text: ` ${glyphs.ready} ${text}`, tone: 'muted', italic: true}], [], rect.width)]} />
    </Place>
  )
}

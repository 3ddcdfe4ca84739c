import {useKeyName} from '../hooks/useClient.ts'
import {MIN_SIZE} from '../src/client/layout/layout.ts'
import type {Rect} from '../src/client/state/types.ts'
import {fitLine} from '../src/client/text/line.ts'
import {Lines} from './elements/Lines.tsx'
import {Place} from './elements/Place.tsx'

/** Says how large a terminal must be; agents run on meanwhile. */
export function TooSmall({rect}: {rect: Rect}) {
  const quit = useKeyName()('app.quit')
  const lines = [
    `terminal is ${rect.width}x${rect.height}`,
    `clambake needs ${MIN_SIZE.cols}x${MIN_SIZE.rows}`,
    'agents keep running',
    `${quit} leaves`,
  ]
  return (
    <Place rect={rect}>
      <Lines lines={lines.slice(0, rect.height).map(text => fitLine([{text}], rect.width))} />
    </Place>
  )
}

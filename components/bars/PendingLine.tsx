import {useKeyName, useSlice} from '../../hooks/useClient.ts'
import {LONG_WAIT_MS, useAge, useIsLonger} from '../../hooks/useNow.ts'
import {useSpinner} from '../../hooks/useSpinner.ts'
import type {Pending} from '../../src/client/state/state.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {splitLine} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'
import {Place} from '../elements/Place.tsx'

/** The oldest operation that has not answered, since when, and after a while that it can be left alone. */
export function PendingLine({rect}: {rect: Rect}) {
  const pending = useSlice(state => state.ui.pending[0])
  return pending ? <Waiting rect={rect} pending={pending} /> : null
}

function Waiting({rect, pending}: {rect: Rect; pending: Pending}) {
  const spinner = useSpinner()
  const keyName = useKeyName()
  const since = useAge(pending.since)
  const long = useIsLonger(pending.since, LONG_WAIT_MS)
  return (
    <Place rect={rect}>
      <Lines
        lines={[
          splitLine(
            [],
            [
              {text: `${spinner} `, tone: 'working'},
              {
                text: long ? `${pending.label}; ${keyName('app.quit')} leaves, it continues` : pending.label,
                tone: 'muted',
              },
              {text: ` ${since} `, tone: 'muted'},
            ],
            rect.width,
          ),
        ]}
      />
    </Place>
  )
}

import type {ReactNode} from 'react'
import {useKeyName} from '../../hooks/useClient.ts'
import {LONG_WAIT_MS, useAge, useIsLonger} from '../../hooks/useNow.ts'
import {useSpinner} from '../../hooks/useSpinner.ts'
import {errorLines} from '../../src/client/dialogs/lines.ts'
import type {Loaded} from '../../src/client/state/dialog.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'

/** The content that a dialog fetched: a spinner until it is there, the error when it failed. */
export function LoadedContent<T>(props: {
  loaded: Loaded<T>
  waitingFor: string
  width: number
  children: (value: T) => ReactNode
}) {
  const {loaded, waitingFor, width, children} = props
  switch (loaded.state) {
    case 'ready':
      return children(loaded.value)
    case 'loading':
      return <Waiting since={loaded.since} text={waitingFor} width={width} />
    case 'failed':
      return <Lines lines={errorLines(loaded.error, width).map(line => fitLine(line, width))} />
  }
}

function Waiting({since, text, width}: {since: number; text: string; width: number}) {
  const spinner = useSpinner()
  const waited = useAge(since)
  const keyName = useKeyName()
  const leave = useIsLonger(since, LONG_WAIT_MS) ? `; ${keyName('dialog.cancel')} leaves it` : ''
  return (
    <Lines
      lines={[
        fitLine([{text: `${spinner} `, tone: 'working'}, {text}, {text: ` ${waited}${leave}`, tone: 'muted'}], width),
      ]}
    />
  )
}

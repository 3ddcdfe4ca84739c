import {useTheme} from '../hooks/useClient.ts'
import {inAscii} from '../src/client/ascii.ts'
import {welcomeLines} from '../src/client/dialog-lines.ts'
import {fitLine} from '../src/client/line.ts'
import {contentRect} from '../src/client/overlays.ts'
import type {SetupCheck} from '../src/client/state.ts'
import type {Rect} from '../src/client/types.ts'
import {Dialog} from './Dialog.tsx'
import {Lines} from './Lines.tsx'

/** What the repository has and what it still needs, with what mends it. */
export function WelcomeDialog({rect, checks}: {rect: Rect; checks: readonly SetupCheck[]}) {
  const {ascii} = useTheme()
  const {width} = contentRect(rect)
  const missing = checks.some(({ok}) => !ok)
  return (
    <Dialog
      rect={rect}
      title={missing ? 'Before the first agent starts' : 'Nothing is missing'}
      opener="app.welcome"
      keys={[
        ['dialog.confirm', 'go on'],
        ['app.init', 'init'],
        ['app.doctor', 'doctor'],
        ['app.help', 'all keys'],
      ]}
    >
      <Lines lines={welcomeLines(checks, width).map(line => fitLine(ascii ? inAscii(line) : line, width))} />
    </Dialog>
  )
}

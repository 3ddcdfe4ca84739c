import {useTheme} from '../../hooks/useClient.ts'
import {welcomeLines} from '../../src/client/dialogs/welcome.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {inAscii} from '../../src/client/text/ascii.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'

/** What the repository has and what it still needs, with how to get it. */
export function WelcomeDialog({rect, dialog}: OpenDialog<'welcome'>) {
  const {ascii} = useTheme()
  const {width} = contentRect(rect)
  const missing = dialog.checks.some(({ok}) => !ok)
  return (
    <Dialog
      rect={rect}
      title={
        missing
          ? 'Before the first agent starts'
          : dialog.looking
            ? 'Looking for what is missing'
            : 'Nothing is missing'
      }
      opener="app.welcome"
      keys={[
        ['dialog.confirm', 'continue'],
        ['app.init', 'init'],
        ['app.doctor', 'doctor'],
        ['app.help', 'all keys'],
      ]}
    >
      <Lines lines={welcomeLines(dialog, width).map(line => fitLine(ascii ? inAscii(line) : line, width))} />
    </Dialog>
  )
}

import {useSlice} from '../../hooks/useClient.ts'
import type {Dialog} from '../../src/client/state/dialog.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {AnswerDialog} from './AnswerDialog.tsx'
import {AttentionDialog} from './AttentionDialog.tsx'
import {ChangesDialog} from './ChangesDialog.tsx'
import {DetailDialog} from './DetailDialog.tsx'
import {DiffDialog} from './DiffDialog.tsx'
import {GoneDialog} from './GoneDialog.tsx'
import {HelpDialog} from './HelpDialog.tsx'
import {LandDialog} from './LandDialog.tsx'
import {MessageDialog} from './MessageDialog.tsx'
import {OrphansDialog} from './OrphansDialog.tsx'
import {PaletteDialog} from './PaletteDialog.tsx'
import {PeekDialog} from './PeekDialog.tsx'
import {StopDialog} from './StopDialog.tsx'
import {Toasts} from './Toasts.tsx'
import {WelcomeDialog} from './WelcomeDialog.tsx'

/** Dialogs and messages in the layout's opaque rectangles, in the order in which the layout has them. */
export function Overlays() {
  const rects = useSlice(state => state.layout.overlays)
  const dialogs = useSlice(state => state.ui.dialogs)
  const toasts = useSlice(state => state.ui.toasts.length > 0)
  const above = rects[dialogs.length]
  return (
    <>
      {dialogs.map((dialog, index) => {
        const rect = rects[index]
        return rect ? <OpenDialog key={dialog.kind} dialog={dialog} rect={rect} /> : null
      })}
      {toasts && above ? <Toasts rect={above} /> : null}
    </>
  )
}

function OpenDialog({dialog, rect}: {dialog: Dialog; rect: Rect}) {
  switch (dialog.kind) {
    case 'help':
      return <HelpDialog rect={rect} top={dialog.top} />
    case 'palette':
      return <PaletteDialog rect={rect} text={dialog.text} index={dialog.index} />
    case 'attention':
      return <AttentionDialog rect={rect} index={dialog.index} />
    case 'land':
      return <LandDialog rect={rect} plan={dialog.plan} />
    case 'orphans':
      return <OrphansDialog rect={rect} orphans={dialog.orphans} index={dialog.index} />
    case 'changes':
      return <ChangesDialog rect={rect} rows={dialog.rows} index={dialog.index} />
    case 'stop':
      return <StopDialog rect={rect} dialog={dialog} />
    case 'gone':
      return <GoneDialog rect={rect} agent={dialog.agent} />
    case 'detail':
      return <DetailDialog rect={rect} subject={dialog.subject} detail={dialog.detail} top={dialog.top} />
    case 'diff':
      return <DiffDialog rect={rect} ticket={dialog.ticket} diff={dialog.diff} top={dialog.top} />
    case 'message':
      return <MessageDialog rect={rect} to={dialog.to} text={dialog.text} />
    case 'peek':
      return <PeekDialog rect={rect} agent={dialog.agent} text={dialog.text} />
    case 'answer':
      return <AnswerDialog rect={rect} dialog={dialog} />
    case 'welcome':
      return <WelcomeDialog rect={rect} checks={dialog.checks} />
  }
}

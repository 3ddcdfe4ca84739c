import type {ComponentType} from 'react'
import {useSlice} from '../../hooks/useClient.ts'
import type {DialogKind} from '../../src/client/dialogs/dialog-spec.ts'
import type {OpenDialog} from './Dialog.tsx'
import {DIALOG_COMPONENTS} from './dialogs.ts'

/** Dialogs in the layout's opaque rectangles, in the order in which the layout has them. */
export function Overlays() {
  const rects = useSlice(state => state.layout.overlays)
  const dialogs = useSlice(state => state.ui.dialogs)
  return (
    <>
      {dialogs.map((dialog, index) => {
        const rect = rects[index]
        return rect ? <DialogByKind key={dialog.kind} dialog={dialog} rect={rect} /> : null
      })}
    </>
  )
}

function DialogByKind<K extends DialogKind>({dialog, rect}: OpenDialog<K>) {
  const Drawn = DIALOG_COMPONENTS[dialog.kind] as unknown as ComponentType<OpenDialog<K>>
  return <Drawn rect={rect} dialog={dialog} />
}

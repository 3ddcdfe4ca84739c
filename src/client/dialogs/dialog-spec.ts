import type {Binding, CommandContext, KeyContext} from '../commands/binding.ts'
import type {Dialog, Loaded} from '../state/dialog.ts'
import type {ClientState} from '../state/state.ts'
import type {Rect} from '../state/types.ts'

export type DialogKind = Dialog['kind']
export type DialogOf<K extends DialogKind> = Extract<Dialog, {kind: K}>

/** What a dialog scrolls within. */
export type ScrollRoom = {state: ClientState; commands: readonly Binding[]; content: Rect}

/** What a dialog shows of the state as it changes. */
export type LiveRows = Pick<ClientState, 'sides' | 'conflicts'>

/** How one kind of dialog behaves: its keys, its size, what Enter, Esc, typed text and scrolling do to it. */
export type DialogSpec<D extends Dialog> = {
  /** Which keys hold in it; `dialog` where it has none of its own. */
  context: KeyContext | ((dialog: D) => KeyContext)
  /** Lines of its content; `screen`: as many as the screen has, in the usual width. */
  height: 'screen' | number | ((dialog: D, width: number, state: LiveRows) => number)
  /** `panes`: it takes the place of the panes, beside the lists. `body`: it takes all but header and footer. */
  covers?: 'panes' | 'body'
  /** What it fetches. */
  loaded?: (dialog: D) => Loaded<unknown> | null
  /** The dialog after moving by rows; without it, moving changes nothing. */
  scrolled?: (dialog: D, rows: number, room: ScrollRoom) => D
  /** The dialog after its typed text was changed; without it, nothing can be typed. */
  edited?: (dialog: D, change: (text: string) => string) => D
  /** What Enter does; without it, the dialog closes. */
  confirm?: (context: CommandContext, dialog: D) => void
  /** What Esc does; without it, the dialog closes. */
  cancel?: (context: CommandContext, dialog: D) => void
}

export function clamp(value: number, last: number): number {
  return Math.max(0, Math.min(value, last))
}

/** A selection that moved by rows in a list that was fetched; until it is there, nothing moves. */
export function movedIndex(loaded: Loaded<readonly unknown[]>, index: number, rows: number): number {
  return loaded.state === 'ready' ? clamp(index + rows, loaded.value.length - 1) : index
}

/** The selection in a list that was fetched again: where it was, or the last row. */
export function keptIndex(loaded: Loaded<readonly unknown[]>, index: number): number {
  return loaded.state === 'ready' ? clamp(index, loaded.value.length - 1) : 0
}

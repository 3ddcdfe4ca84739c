import type {PaneId} from '../../model/data/ids.ts'
import type {Operations} from '../connection/operations.ts'
import type {Chord} from '../keys/chords.ts'
import type {ViewManager} from '../panes/pane-views.ts'
import type {ClientStore, Update} from '../state/client-store.ts'
import type {SetupCheck} from '../state/dialog.ts'
import type {ClientState} from '../state/state.ts'
import type {Errand, Key} from '../state/types.ts'

/** A list that has the focus, or a pane whose keys are commands. */
export const ANYWHERE = ['panel', 'pane'] as const

/** Dialogs without typed text: `dialog` is any that has no keys of its own. */
export const DIALOGS = [
  ...([
    'dialog',
    'detail',
    'diff',
    'comments',
    'mailbox',
    'memory',
    'submit',
    'land',
    'train',
    'recover',
    'changes',
    'answer',
    'welcome',
  ] as const),
] as const

/**
 * Where a key is pressed: in a list, on a pane (its keys are commands), in a pane's program, in a dialog, or while text
 * is typed: in one line, in the editor of several, or in a message.
 */
export type KeyContext =
  | (typeof ANYWHERE)[number]
  | 'attached'
  | (typeof DIALOGS)[number]
  | 'text'
  | 'editor'
  | 'letter'

/** A command with everything about it: its keys, where they hold, what it needs, when it is disabled, what it does. */
export type Binding = {
  command: string
  keys: readonly Chord[]
  /** The line in the help, an imperative. */
  help: string
  /** One word in the footer; without it the key is only in the help. */
  short?: string
  /** Heading in the help. */
  group: 'work' | 'row' | 'move' | 'pane' | 'dialog' | 'app'
  /** The places in which the keys mean this command. */
  where: readonly KeyContext[]
  /** It cannot be done while the daemon is away. */
  needs?: 'daemon'
  /** It changes something through the daemon or types into an agent's terminal: a read-only screen refuses it. */
  writes?: true
  /** Why it cannot be done now, apart from `needs` and `writes`; null when it can. */
  disabled?: (state: ClientState) => string | null
  /** `key`: the key that was pressed, for commands with several. */
  run: (context: CommandContext, key?: Key) => void
}

/** What only the machine in front of the person can do. */
export type Desktop = {
  /** Opens an address in the browser; false: there is no desktop here, or it refused. */
  open(url: string): Promise<boolean>
  /** Puts text into the clipboard through the terminal; false: it is too long for that. */
  copy(text: string): boolean
  /** Stops the screen until the shell continues it; false: it has no shell that could. */
  suspend(): boolean
}

/** Chooses which of several repositories is on the screen. */
export type RepositorySwitch = {
  /** Shows a repository by the index of its tab, with a change of its state in the same picture. */
  show(index: number, update?: Update): void
}

/** What commands and dialogs act through. */
export type CommandContext = {
  store: ClientStore
  views: Pick<ViewManager, 'offset' | 'scroll'>
  operations: Operations
  /** All commands with this person's keys. */
  commands: readonly Binding[]
  /** Does another command, or shows why it cannot be done now. */
  run: (binding: Binding, key?: Key) => void
  now: () => number
  onQuit: (errand?: Errand) => void
  /** Sends bytes to the program in a pane. */
  type: (pane: PaneId, data: string) => void
  desktop: Desktop
  /** What the machine has of what the repository needs; empty after the first start. */
  setup: readonly SetupCheck[]
  /** Everything that `doctor` finds to be mended; it takes seconds. */
  checkSetup: () => Promise<readonly SetupCheck[]>
  /** Only where there are several repositories. */
  fleet?: RepositorySwitch
}

/** Why a command cannot be done now, for the footer, the palette and the message; null when it can. */
export function disabledReason({needs, writes, disabled}: Binding, state: ClientState): string | null {
  if (needs === 'daemon' && state.link.state !== 'connected') return 'the daemon does not answer yet'
  if (writes && state.header?.readOnly) return 'this is a read-only screen'
  return disabled?.(state) ?? null
}

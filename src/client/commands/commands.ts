import type {PaneId} from '../../model/data/ids.ts'
import type {Operations} from '../connection/operations.ts'
import {setupChecks} from '../dialogs/setup-checks.ts'
import type {Keymap} from '../keys/keymap.ts'
import {paletteRows} from '../keys/palette.ts'
import type {Panel} from '../panels/panel.ts'
import type {ViewManager} from '../panes/pane-views.ts'
import type {SetupCheck} from '../state/dialog.ts'
import type {ClientStore} from '../state/store.ts'
import type {Errand, Key} from '../state/types.ts'
import {
  changeDialog,
  closeDialog,
  detach,
  dialogsClosed,
  filterIs,
  focusNext,
  focusPane,
  focusPanel,
  marksCleared,
  markToggled,
  openDialog,
  sortedAnew,
  toastsDismissed,
  zoomed,
} from '../state/update.ts'
import {createAnswering} from './answer.ts'
import {createArranging} from './arrange.ts'
import type {CommandId} from './bindings.ts'
import {createDesktopCommands, type Desktop} from './browse-and-copy.ts'
import {createDetails} from './details.ts'
import {createAttending, type FleetDoor} from './go-to-needs.ts'
import {agentInFocus, disabledReason} from './in-focus.ts'
import {createTalk} from './message.ts'
import {createMovement} from './move.ts'
import {createWork} from './work.ts'

export type ActionContext = {
  store: ClientStore
  views: ViewManager
  keymap: Keymap
  operations: Operations
  now: () => number
  onQuit: (errand?: Errand) => void
  /** Bytes for the program in a pane. */
  type: (pane: PaneId, data: string) => void
  desktop: Desktop
  /** What the machine has of what the repository needs; told at the first start only. */
  setup: readonly SetupCheck[]
  /** Only where there are several repositories. */
  fleet?: FleetDoor
}

export type Actions = {
  /** Does a command, or tells why it cannot be done now. `key`: what it was called by, for commands with several. */
  run(command: CommandId, key?: Key): void
  /** Text typed or pasted into the line that is open for it. */
  enterText(text: string): void
  /** The daemon has told its state: on the first start, says what is missing, if anything is. */
  greet(): void
}

/** Every command of the keymap with what it does; the type keeps the two complete. */
export function createActions(context: ActionContext): Actions {
  const {store, views, keymap, operations} = context
  const {apply, getState} = store
  const work = createWork(context)
  const talk = createTalk(context)
  const answering = createAnswering(context)
  const focusNeed = createAttending(context)
  let greeted = false

  const table: Record<CommandId, (key?: Key) => void> = {
    ...work,
    ...talk,
    ...answering,
    ...createDetails(context),
    ...createDesktopCommands(context),
    ...createMovement(context),
    ...createArranging(context),
    ...focusNeed,
    'list.filter': () => inList(panel => filterIs(panel, {text: getState().ui.filters[panel], editing: true})),
    'list.sort': () => inList(sortedAnew),
    'list.mark': () => inList(markToggled),
    'agent.attach': () => {
      const pane = agentInFocus(getState())?.pane
      if (pane == null) return
      apply(dialogsClosed)
      apply(focusPane(pane, {attached: true}))
    },
    'agent.detach': () => apply(detach),
    'app.zoom': () => apply(zoomed(!getState().ui.zoom)),
    'app.palette': () => apply(openDialog({kind: 'palette', text: '', index: 0})),
    'app.help': () => apply(openDialog({kind: 'help', top: 0})),
    'app.welcome': () => apply(openDialog({kind: 'welcome', checks: setupChecks(getState(), context.setup)})),
    'app.init': () => context.onQuit('init'),
    'app.doctor': () => context.onQuit('doctor'),
    'app.back': () => goBack(),
    'app.quit': () => context.onQuit(),
    'focus.next': () => apply(focusNext(1)),
    'focus.previous': () => apply(focusNext(-1)),
    'focus.issues': () => apply(focusPanel('issues')),
    'focus.pulls': () => apply(focusPanel('pulls')),
    'focus.conflicts': () => apply(focusPanel('conflicts')),
    'focus.events': () => apply(focusPanel('events')),
    'dialog.confirm': () => confirm(),
    'dialog.cancel': () => cancel(),
    'dialog.close': () => apply(closeDialog),
    'text.erase': () => changeText(text => [...text].slice(0, -1).join('')),
    'text.clear': () => changeText(() => ''),
  }

  function run(command: CommandId, key?: Key): void {
    const reason = disabledReason(command, getState())
    if (reason === null) return table[command](key)
    const {short, title} = keymap.command(command)
    operations.tell({level: 'warning', text: `${short ?? title.split(/[;:,]/)[0]}: ${reason}`})
  }

  function inList(update: (panel: Panel) => Parameters<typeof apply>[0]): void {
    const {focus} = getState().ui
    if (focus.place === 'panel') apply(update(focus.panel))
  }

  /** In a dialog: do it. While the filter is typed: keep it. */
  function confirm(): void {
    const state = getState()
    const dialog = state.ui.dialogs.at(-1)
    const {filtering, filters} = state.ui
    if (!dialog) {
      if (filtering) apply(filterIs(filtering, {text: filters[filtering], editing: false}))
      return
    }
    if (dialog.kind === 'answer') return answering.confirm(dialog)
    if (dialog.kind === 'orphans') return work.recoverAsProposed()
    if (dialog.kind === 'land' && dialog.plan.state === 'loading') return
    apply(closeDialog)
    if (dialog.kind === 'attention') focusNeed.goToChosen(dialog)
    else if (dialog.kind === 'message' || dialog.kind === 'peek') talk.send(dialog)
    else if (dialog.kind !== 'palette') work.confirm(dialog)
    else {
      const chosen = paletteRows(keymap, state, dialog.text)[dialog.index]
      if (chosen) run(chosen.bound.command)
    }
  }

  function cancel(): void {
    const {dialogs, filtering} = getState().ui
    const dialog = dialogs.at(-1)
    if (dialog?.kind === 'answer') answering.cancel(dialog)
    else if (dialogs.length > 0) apply(closeDialog)
    else if (filtering) apply(filterIs(filtering, {text: '', editing: false}))
  }

  function changeText(change: (text: string) => string): void {
    const {dialogs, filtering, filters} = getState().ui
    const dialog = dialogs.at(-1)
    if (dialog?.kind === 'palette') {
      apply(changeDialog('palette', palette => ({...palette, text: change(palette.text), index: 0})))
    } else if (dialog?.kind === 'message' || dialog?.kind === 'peek') {
      apply(changeDialog(dialog.kind, open => ({...open, text: change(open.text)})))
    } else if (dialog?.kind === 'answer') {
      apply(changeDialog('answer', open => ({...open, word: open.word === null ? null : change(open.word)})))
    } else if (filtering) apply(filterIs(filtering, {text: change(filters[filtering]), editing: true}))
  }

  /** One step back, the newest first: message, scrolled pane, filter, marks, zoom, pane. */
  function goBack(): void {
    const {ui} = getState()
    const {focus} = ui
    if (ui.toasts.length > 0) apply(toastsDismissed)
    else if (focus.place === 'pane' && views.offset(focus.pane) > 0) {
      views.scroll(focus.pane, Number.NEGATIVE_INFINITY)
    } else if (focus.place === 'panel' && ui.filters[focus.panel] !== '') {
      apply(filterIs(focus.panel, {text: '', editing: false}))
    } else if (focus.place === 'panel' && ui.marks[focus.panel].length > 0) apply(marksCleared(focus.panel))
    else if (ui.zoom) apply(zoomed(false))
    else if (focus.place === 'pane') apply(focusPanel(ui.panel))
  }

  return {
    run,
    enterText: text => changeText(old => old + text),
    greet() {
      if (greeted) return
      greeted = true
      if (context.setup.some(({ok}) => !ok)) table['app.welcome']()
    },
  }
}

import {openWelcome} from '../dialogs/welcome.ts'
import {helpTop} from '../keys/help.ts'
import {filterIs, focusPanel, marksCleared, openDialog, toastsDismissed, zoomed} from '../state/update.ts'
import {arrangingReason, moreAbreast, narrowLists, widenLists} from './arrange.ts'
import type {CommandContext} from './binding.ts'
import {ANYWHERE, type Binding, DIALOGS} from './binding.ts'
import {contextOf} from './key-context.ts'

/** Commands on the screen as a whole. */
export const SCREEN = [
  {
    command: 'app.refresh',
    keys: ['R'],
    help: 'look at GitHub now',
    group: 'app',
    where: ANYWHERE,
    needs: 'daemon',
    run: ({operations}) => void operations.ask('looking at GitHub', daemon => daemon.call('refresh', {})),
  },
  {
    command: 'app.palette',
    keys: [':'],
    help: 'find a command by its words',
    short: 'command',
    group: 'app',
    where: ANYWHERE,
    run: ({store}) => store.apply(openDialog({kind: 'palette', text: '', index: 0})),
  },
  {
    command: 'app.back',
    keys: ['escape'],
    help: 'go back: message, scrolled pane, filter, marks, zoom, pane',
    group: 'move',
    where: ANYWHERE,
    run: context => goBack(context),
  },
  {
    command: 'app.help',
    keys: ['?'],
    help: 'show all keys',
    short: 'help',
    group: 'app',
    where: [...ANYWHERE, ...DIALOGS],
    run: ({store, commands}) =>
      store.apply(openDialog({kind: 'help', top: helpTop(commands, contextOf(store.getState()))})),
  },
  {
    command: 'app.notices',
    keys: ['M'],
    help: 'read the last messages of this screen in full',
    group: 'app',
    where: ANYWHERE,
    disabled: ({ui}) => (ui.notices.length > 0 ? null : 'there are no messages yet'),
    run: ({store}) => store.apply(openDialog({kind: 'notices', notices: store.getState().ui.notices, top: 0})),
  },
  {
    command: 'layout.narrower',
    keys: ['<'],
    help: 'make the lists narrower',
    group: 'app',
    where: ANYWHERE,
    disabled: arrangingReason,
    run: ({store}) => narrowLists(store),
  },
  {
    command: 'layout.wider',
    keys: ['>'],
    help: 'make the lists wider',
    group: 'app',
    where: ANYWHERE,
    disabled: arrangingReason,
    run: ({store}) => widenLists(store),
  },
  {
    command: 'layout.abreast',
    keys: ['|'],
    help: 'one more agent side by side; after the last, as many as fit',
    group: 'app',
    where: ANYWHERE,
    disabled: arrangingReason,
    run: ({store}) => moreAbreast(store),
  },
  {
    command: 'app.welcome',
    keys: ['W'],
    help: 'show what this repository still needs',
    group: 'app',
    where: ANYWHERE,
    run: context => openWelcome(context),
  },
  {
    command: 'app.init',
    keys: ['i'],
    help: 'run clambake init in this terminal; the screen comes back',
    short: 'init',
    group: 'app',
    where: ['welcome'],
    run: ({onQuit}) => onQuit('init'),
  },
  {
    command: 'app.doctor',
    keys: ['d'],
    help: 'run clambake doctor in this terminal; the screen comes back',
    short: 'doctor',
    group: 'app',
    where: ['welcome'],
    run: ({onQuit}) => onQuit('doctor'),
  },
  {
    command: 'app.quit',
    keys: ['q', 'ctrl+c'],
    help: 'leave the screen; agents keep running',
    short: 'quit',
    group: 'app',
    where: ANYWHERE,
    run: ({onQuit}) => onQuit(),
  },
  {
    command: 'app.suspend',
    keys: ['ctrl+z'],
    help: 'suspend the screen; fg in the shell brings it back',
    group: 'app',
    where: ANYWHERE,
    run({desktop, operations}) {
      if (desktop.suspend()) return
      operations.notify({level: 'warning', text: 'no shell would bring this screen back; q leaves it'})
    },
  },
] as const satisfies readonly Binding[]

/** Takes one step back, the newest first: message, scrolled pane, filter, marks, zoom, pane. */
function goBack({store, views}: CommandContext): void {
  const {ui} = store.getState()
  const {focus} = ui
  if (ui.toasts.length > 0) store.apply(toastsDismissed)
  else if (focus.place === 'pane' && views.offset(focus.pane) > 0) {
    views.scroll(focus.pane, Number.NEGATIVE_INFINITY)
  } else if (focus.place === 'panel' && ui.filters[focus.panel] !== '') {
    store.apply(filterIs(focus.panel, {text: '', editing: false}))
  } else if (focus.place === 'panel' && ui.marks[focus.panel].length > 0) store.apply(marksCleared(focus.panel))
  else if (ui.zoom) store.apply(zoomed(false))
  else if (focus.place === 'pane') store.apply(focusPanel(ui.panel))
}

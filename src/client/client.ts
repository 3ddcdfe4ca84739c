import type {Clock} from '../base/clock.ts'
import {ClambakeError, type ErrorData, toErrorData} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import {watchSilence} from '../base/silence.ts'
import {safeText} from '../base/text.ts'
import type {PaneId} from '../model/data/ids.ts'
import type {DaemonState} from '../protocol/daemon.ts'
import type {Desktop, RepositorySwitch} from './commands/binding.ts'
import type {CommandId} from './commands/bindings.ts'
import {createCommands} from './commands/commands.ts'
import {contextOf} from './commands/key-context.ts'
import {createBatch} from './connection/batch.ts'
import {createEarlyKeys} from './connection/early-keys.ts'
import {keepLink} from './connection/keep-link.ts'
import type {DaemonLink, HostLink} from './connection/links.ts'
import {createOperations, type Message} from './connection/operations.ts'
import {createTyping} from './connection/typing.ts'
import {loadedOf} from './dialogs/dialogs.ts'
import {isMailboxOld, loadMailbox} from './dialogs/hub/mailbox-load.ts'
import {searchMemories} from './hub/memory-search.ts'
import type {Keymap} from './keys/keymap.ts'
import {clicked, clickedRepository} from './layout/click.ts'
import {agentStates} from './panes/agent-states.ts'
import {ViewManager, type Views} from './panes/pane-views.ts'
import {keepDrafts} from './review/keep-drafts.ts'
import type {ClientStore} from './state/client-store.ts'
import type {SetupCheck} from './state/dialog.ts'
import type {ClientState} from './state/state.ts'
import {createClientStore} from './state/store.ts'
import type {Arrangement, Errand, Key} from './state/types.ts'
import {arranged, daemonSaid, linkIs, paneScrolled, resized, timeIs} from './state/update.ts'

/** Clocks and ages on the screen move once a second; a spinner, which turns only while a person waits, four times. */
const TICK_MS = 1000
const SPINNER_TICK_MS = 250
/** A daemon that answers but has no state yet is asked again after this time. */
const ASK_AGAIN_MS = 1000
/** A dozen busy agents change their activity many times a second; drawing the chrome for each would cost a core. */
const STATE_MS = 100

export type ClientOptions = {
  /** Opens a link to the daemon, starting one if none runs; asked again after a link has closed. */
  daemon: () => Promise<DaemonLink>
  /** Opens a link to the terminal host; asked again after a link has closed. */
  host: () => Promise<HostLink>
  clock: Clock
  log: Log
  /** Distinguishes this client's views from those of others on the same host: its process instance. */
  name: string
  keymap: Keymap
  size: {cols: number; rows: number}
  desktop: Desktop
  /** What a repository needs, on the first start in it: shown when something is missing. */
  setup?: readonly SetupCheck[]
  checkSetup?: () => Promise<readonly SetupCheck[]>
  /** How the person arranged the screen last time. */
  arrangement?: Arrangement
  /** Called when the person arranged the screen differently, so that it is remembered. */
  onArranged?: (arrangement: Arrangement) => void
  /** Shows another repository, where this is one of several. */
  fleet?: RepositorySwitch
  /** Another repository is on the screen at first: no views of panes are opened. */
  hidden?: boolean
  /** Called when the person leaves, for good or for an errand; agents keep running. */
  onQuit: (errand?: Errand) => void
}

/**
 * The interface of the screen program (`tui`) to the client. Disposing closes the views and stops reconnecting; the
 * caller closes the links that it opened.
 */
export type Client = Disposable & {
  readonly store: ClientStore
  readonly keymap: Keymap
  /** Views of the visible panes; the client opens and closes them as the layout changes. */
  readonly views: Views
  /**
   * Runs the command of a key or paste that is not for a program, by where the focus is. Keys for an
   * attached program go to `type`, except the one that `keymap.matches('agent.detach', key)`, which comes here.
   */
  press(key: Key): void
  /** Sends bytes to the program in a pane. */
  type(pane: PaneId, data: string): void
  run(command: CommandId): void
  /** Shows the person a notice for a moment. */
  notify(message: Message): void
  resize(cols: number, rows: number): void
  /** Scrolls a pane back (positive) or towards live (negative) by lines. */
  scroll(pane: PaneId, lines: number): void
  /** Whether this client's repository is on the screen; only then are views of its panes open. */
  setShown(shown: boolean): void
  /** A click on a cell gives the place under it the focus. */
  click(at: {row: number; col: number}): void
  /** Resolves when every request is answered; for tests. */
  idle(): Promise<void>
}

/** Starts the client. It connects by itself, and reconnects when the daemon or the host comes back. */
export function createClient(options: ClientOptions): Client {
  const {clock, log, keymap, onQuit} = options
  const now = () => clock.now()
  const store = createClientStore({now: now(), ...options.size})
  if (options.arrangement) store.apply(arranged(options.arrangement))
  const views = new ViewManager({name: options.name, log})
  const operations = createOperations({store, clock, log, daemon: () => daemon.current()})
  const {type, up} = createTyping({
    host: () => host.current(),
    clock,
    onFailure: error => operations.notifyError(toErrorData(error)),
  })
  const keeping = keepDrafts({store, operations, clock})
  const memories = searchMemories({store, operations, clock})
  const {desktop, setup = [], checkSetup = async () => setup, fleet} = options
  let isShown = !options.hidden
  const commands = createCommands({
    ...{store, views, keymap, operations, now, onQuit, type, desktop, setup, checkSetup},
    ...(fleet ? {fleet} : {}),
  })
  const changes = createBatch({clock, everyMs: STATE_MS, apply: slices => store.apply(daemonSaid(slices))})
  let subscriptions: Disposable[] = []

  /** Shows an error once: a process that stays away fails in the same way every few seconds. */
  let reported = ''
  function reportOnce(data: ErrorData): void {
    log.warn('cannot connect', {error: data})
    if (data.message === reported) return
    reported = data.message
    operations.notifyError(data)
  }

  /** Keeps an error on the screen, in place of a state, until there is one: a message is too short, and goes away. */
  function cannotConnect(data: ErrorData): void {
    const {link, header} = store.getState()
    if (header !== null || isRestart(data)) return reportOnce(data)
    if (link.state === 'failed' && link.error.message === data.message) return
    log.warn('cannot connect', {error: data})
    store.apply(linkIs({state: 'failed', since: now(), error: data}))
  }

  /** Asks for the state until it comes: a live link without a state would leave the screen empty forever. */
  async function askState(link: DaemonLink): Promise<void> {
    const outcome = await operations.load(() => link.call('state', {}))
    if (daemon.current() !== link) return
    if (outcome.state === 'failed') {
      // `onDown` reports the end of a link.
      if (outcome.error.code === 'disconnected') return
      reportOnce(outcome.error)
      asking = clock.after(ASK_AGAIN_MS, () => void askState(link))
      return
    }
    reported = ''
    changes.drop()
    store.apply(daemonSaid(outcome.value))
    store.apply(linkIs({state: 'connected'}))
    commands.greet()
  }

  /** Shows that the daemon is silent though it is connected, as one that is suspended is, until it answers. */
  function watch(link: DaemonLink): Disposable {
    return watchSilence({
      clock,
      ask: () => link.call('scanStep', {}),
      onSilent() {
        store.apply(linkIs({state: 'reconnecting', since: now()}))
        reportOnce(toErrorData(daemonSilent()))
      },
      onAnswer: () => void askState(link),
    })
  }

  let asking: Disposable | null = null
  const daemon = keepLink({
    open: options.daemon,
    clock,
    onUp(link) {
      // Subscribed before the whole state is asked for, so that no change falls between the two; earlier ones are in it.
      subscriptions = [
        link.on('state', slices => {
          // A part before the whole, such as a header without agents, would look as if none worked.
          if (store.getState().link.state !== 'connected') return
          changes.add(slices, {urgent: changesAgentState(store.getState(), slices)})
        }),
        link.on('notice', notice => operations.notify(notice)),
        watch(link),
      ]
      void askState(link)
    },
    onDown(error) {
      for (const subscription of subscriptions) subscription[Symbol.dispose]()
      subscriptions = []
      asking?.[Symbol.dispose]()
      changes.drop()
      const {link, header} = store.getState()
      if (link.state === 'connected') {
        store.apply(linkIs({state: header === null ? 'connecting' : 'reconnecting', since: now()}))
      }
      if (error !== undefined) cannotConnect(toErrorData(error))
    },
  })
  const host = keepLink({
    open: options.host,
    clock,
    onUp(link) {
      views.use(link)
      up(link)
    },
    onDown(error) {
      views.use(null)
      if (error !== undefined) cannotConnect(toErrorData(error))
    },
  })

  const scrolling = views.onFrame((pane, {offset}) => store.apply(paneScrolled(pane, offset)))
  const unsubscribe = store.subscribe((state, before) => {
    if (state.layout !== before.layout && isShown) views.show(state.layout)
    // Asked for beside the state, since few look at it.
    if (state.hub.mailMark !== before.hub.mailMark && isMailboxOld(state)) void loadMailbox({store, operations})
    if (state.ui.arrangement !== before.ui.arrangement) options.onArranged?.(state.ui.arrangement)
  })
  let ticking = tick()
  function tick(): Disposable {
    return clock.after(isWaiting(store.getState()) ? SPINNER_TICK_MS : TICK_MS, () => {
      store.apply(timeIs(now()))
      ticking = tick()
    })
  }

  const press = (key: Key): void => {
    const context = contextOf(store.getState())
    const command = keymap.find(context, key)
    if (command !== undefined) commands.run(command, key)
    else if ((context === 'editor' || context === 'letter') && !key.ctrl && !key.alt)
      commands.enterText(safeText(key.text))
    else if (context === 'text' && !key.ctrl && !key.alt) commands.enterText(safeText(key.text).replaceAll('\n', ' '))
  }
  const early = createEarlyKeys({store, keymap, press, notify: operations.notify})

  return {
    store,
    keymap,
    views,
    press(key) {
      if (!early.take(key)) press(key)
    },
    type,
    run: commands.run,
    notify: operations.notify,
    resize: (cols, rows) => store.apply(resized({cols, rows})),
    scroll: (pane, lines) => views.scroll(pane, lines),
    setShown(shown) {
      isShown = shown
      if (shown) views.show(store.getState().layout)
      else views.hide()
    },
    click(at) {
      const repository = clickedRepository(store.getState(), at)
      if (repository === undefined) store.apply(clicked(at))
      else fleet?.show(repository)
    },
    idle: () => operations.idle(),
    [Symbol.dispose]() {
      unsubscribe()
      scrolling[Symbol.dispose]()
      keeping[Symbol.dispose]()
      memories[Symbol.dispose]()
      early[Symbol.dispose]()
      ticking[Symbol.dispose]()
      asking?.[Symbol.dispose]()
      for (const subscription of subscriptions) subscription[Symbol.dispose]()
      changes[Symbol.dispose]()
      operations[Symbol.dispose]()
      views[Symbol.dispose]()
      daemon[Symbol.dispose]()
      host[Symbol.dispose]()
    },
  }
}

/** Whether an agent began to wait for a person, ended or changed its state otherwise: that is drawn without delay. */
function changesAgentState(state: ClientState, {agents}: Partial<DaemonState>): boolean {
  return agents !== undefined && agentStates(agents) !== agentStates(state.agents)
}

/** Whether it is over as soon as the process is there again. */
function isRestart({code}: ErrorData): boolean {
  return code === 'not-running' || code === 'disconnected'
}

function daemonSilent(): ClambakeError {
  return new ClambakeError({
    code: 'daemon-away',
    message: 'The daemon does not answer: it is suspended, or it hangs',
    kept: 'agents keep running',
    next: 'clambake daemon status names its process and says what to do',
  })
}

/** Whether a spinner is on the screen. */
function isWaiting({link, ui, header}: ClientState): boolean {
  const loading = ui.dialogs.some(dialog => loadedOf(dialog)?.state === 'loading')
  return (
    loading ||
    ui.pending.length > 0 ||
    header?.main === null ||
    link.state === 'connecting' ||
    link.state === 'reconnecting'
  )
}

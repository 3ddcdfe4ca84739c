import {disposable} from '../../base/dispose.ts'
import {type Client, type ClientOptions, createClient} from '../client.ts'
import type {ClientStore, Update} from '../state/client-store.ts'
import type {RepositoryRow} from '../state/fleet.ts'
import type {ClientState} from '../state/state.ts'
import type {Errand} from '../state/types.ts'
import {fleetIs, toastAdded} from '../state/update.ts'
import {repositoryRow} from './repositories.ts'

/** One repository of a screen: how to reach its processes, and how its screen was arranged. */
export type RepositoryOptions = Pick<
  ClientOptions,
  'daemon' | 'host' | 'setup' | 'checkSetup' | 'arrangement' | 'onArranged'
> & {
  /** The short name in its tab. */
  name: string
}

/** A command that a person left the screen for, in which of the repositories. */
export type LeftFor = {run: Errand; repository: number}

type Shared = Pick<ClientOptions, 'clock' | 'log' | 'name' | 'keymap' | 'size' | 'desktop'> & {
  /** Called when the person leaves, for good or for an errand in one of the repositories. */
  onQuit: (errand?: LeftFor) => void
}

type StoreListener = Parameters<ClientStore['subscribe']>[0]

/**
 * The client of a screen with one or several repositories. Of several, each has a client of its own, always connected,
 * and this one forwards to the client that is shown: its state, its keys and its views. Another one is shown at once
 * and as a whole, because everything that draws reads one store.
 */
export function createFleet(options: Shared & {repositories: readonly RepositoryOptions[]}): Client {
  const {repositories, onQuit, ...shared} = options
  const quitting = (repository: number) => (run?: Errand) => onQuit(run && {run, repository})
  const [only] = repositories
  if (only && repositories.length === 1) return createClient({...shared, ...memberOf(only), onQuit: quitting(0)})

  let shown = 0
  /** Ids of messages that were passed on: below those of a client's own. */
  let passed = -1
  const listeners = new Set<StoreListener>()
  const clients = repositories.map((repository, index) =>
    createClient({
      ...shared,
      onQuit: quitting(index),
      ...memberOf(daemonFirst(repository)),
      // Two folders may lead to one host.
      name: `${shared.name}-${index}`,
      fleet: {show},
      hidden: index !== shown,
    }),
  )
  let rows: readonly RepositoryRow[] = clients.map((client, index) =>
    repositoryRow(repositories[index]!.name, client.store.getState()),
  )
  const current = () => clients[shown]!
  // All of them from the start: a layout must not change at the moment when it is looked at.
  for (const {store} of clients) store.apply(fleetIs({repositories: rows, shown}))
  const subscriptions = clients.map(({store}, index) =>
    store.subscribe((state, before) => {
      if (index === shown) for (const listener of [...listeners]) listener(state, before)
      look(index, state, before)
      if (index !== shown) pass(index, state, before)
    }),
  )

  /** Updates the tabs of the shown repository with a change in any of them. */
  function look(index: number, state: ClientState, before: ClientState): void {
    const {agents, lists, link, header} = before
    if (state.agents === agents && state.lists === lists && state.link === link && state.header === header) return
    const row = repositoryRow(repositories[index]!.name, state, rows[index])
    if (row === rows[index]) return
    rows = rows.with(index, row)
    current().store.apply(fleetIs({repositories: rows, shown}))
  }

  /** Shows a message of a hidden repository at once, under its name: it would be gone by the time that one is shown. */
  function pass(index: number, {ui: {toasts}}: ClientState, before: ClientState): void {
    for (const toast of toasts) {
      if (before.ui.toasts.includes(toast)) continue
      current().store.apply(toastAdded({...toast, id: --passed, text: `${repositories[index]!.name}: ${toast.text}`}))
    }
  }

  function show(index: number, update?: Update): void {
    const before = current()
    const next = clients[index]
    if (!next) return
    if (next === before) {
      if (update) next.store.apply(update)
      return
    }
    const left = before.store.getState()
    next.store.apply(fleetIs({repositories: rows, shown: index}))
    if (update) next.store.apply(update)
    before.setShown(false)
    shown = index
    next.setShown(true)
    for (const listener of [...listeners]) listener(next.store.getState(), left)
  }

  return {
    store: {
      getState: () => current().store.getState(),
      getInitialState: () => current().store.getInitialState(),
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      apply: update => current().store.apply(update),
    },
    keymap: shared.keymap,
    views: {
      onFrame(listener) {
        const each = clients.map(client =>
          // The last frames of a view that is being closed are for a screen that is gone.
          client.views.onFrame((pane, frame) => client === current() && listener(pane, frame)),
        )
        return disposable(() => {
          for (const one of each) one[Symbol.dispose]()
        })
      },
    },
    press: key => current().press(key),
    type: (pane, data) => current().type(pane, data),
    run: command => current().run(command),
    notify: message => current().notify(message),
    scroll: (pane, lines) => current().scroll(pane, lines),
    click: at => current().click(at),
    setShown: is => current().setShown(is),
    resize(cols, rows) {
      for (const client of clients) client.resize(cols, rows)
    },
    async idle() {
      await Promise.all(clients.map(client => client.idle()))
    },
    [Symbol.dispose]() {
      for (const unsubscribe of subscriptions) unsubscribe()
      listeners.clear()
      for (const client of clients) client[Symbol.dispose]()
    },
  }
}

function memberOf({name: _, ...member}: RepositoryOptions): Omit<RepositoryOptions, 'name'> {
  return member
}

/** Starts no terminal host for a repository whose daemon cannot be reached: it would have no panes. */
function daemonFirst(repository: RepositoryOptions): RepositoryOptions {
  const up = Promise.withResolvers<void>()
  return {
    ...repository,
    async daemon() {
      const link = await repository.daemon()
      up.resolve()
      return link
    },
    host: () => up.promise.then(repository.host),
  }
}

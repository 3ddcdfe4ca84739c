import {onTestFinished, vi} from 'vitest'
import {silentLog} from '../../src/base/log.ts'
import {type Client, type ClientOptions, createClient} from '../../src/client/client.ts'
import type {RepositorySwitch} from '../../src/client/commands/binding.ts'
import {createKeymap} from '../../src/client/keys/keymap.ts'
import type {ClientState} from '../../src/client/state/state.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import {manualClock} from './clock.ts'
import {key} from './keys.ts'
import {daemonPeer, hostPeer} from './links.ts'
import {shop} from './samples.ts'

export type Harness = ReturnType<typeof startClient>

/** A client between a daemon and a host in memory, on a clock that the test moves. */
export function startClient(
  options: Pick<Partial<ClientOptions>, 'size' | 'arrangement' | 'onArranged' | 'setup' | 'checkSetup'> & {
    state?: DaemonState
    daemonDown?: boolean
  } = {},
) {
  const daemon = daemonPeer(options.state ?? shop)
  daemon.down = options.daemonDown ?? false
  const host = hostPeer()
  const clock = manualClock()
  const desktop = {
    open: vi.fn(async (_url: string) => true),
    copy: vi.fn((_text: string) => true),
    suspend: vi.fn(() => true),
  }
  const log = {...silentLog, warn: vi.fn(silentLog.warn)}
  const fleet = {show: vi.fn<RepositorySwitch['show']>()}
  const onQuit = vi.fn<() => void>()
  const client: Client = createClient({
    daemon: daemon.open,
    host: host.open,
    clock,
    log,
    name: 'test',
    keymap: createKeymap(),
    size: options.size ?? {cols: 120, rows: 34},
    desktop,
    fleet,
    ...(options.arrangement ? {arrangement: options.arrangement} : {}),
    ...(options.setup ? {setup: options.setup} : {}),
    ...(options.checkSetup ? {checkSetup: options.checkSetup} : {}),
    ...(options.onArranged ? {onArranged: options.onArranged} : {}),
    onQuit,
  })
  onTestFinished(() => client[Symbol.dispose]())
  const state = (): ClientState => client.store.getState()
  return {
    client,
    daemon,
    host,
    clock,
    desktop,
    fleet,
    log,
    onQuit,
    state,
    /** Waits until the state fulfils a condition. */
    until: (holds: (state: ClientState) => boolean) =>
      vi.waitFor(() => {
        if (!holds(state())) throw new Error('the state does not fulfil it yet')
      }),
    connected: () =>
      vi.waitFor(() => {
        if (state().link.state !== 'connected') throw new Error('not connected')
      }),
    /** Presses keys one after another, and waits each time for what is asked. */
    async press(...chords: string[]) {
      for (const chord of chords) {
        client.press(key(chord))
        await client.idle()
      }
    },
    /** The daemon sends a change; resolves when the client has it. */
    async tell(slices: Partial<DaemonState>) {
      daemon.tell('state', slices)
      const [slice] = Object.keys(slices) as (keyof DaemonState)[]
      await vi.waitFor(() => {
        if (state()[slice!] !== slices[slice!]) throw new Error('not seen yet')
      })
    },
    toasts: () => state().ui.toasts.map(({text}) => text),
  }
}

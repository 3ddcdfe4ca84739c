import {ClambakeError} from '../../src/base/errors.ts'
import type {DaemonLink, HostLink, Link} from '../../src/client/connection/links.ts'
import type {DaemonApi, DaemonState, DaemonTopics} from '../../src/protocol/daemon.ts'
import type {HostApi, HostTopics} from '../../src/protocol/host-api.ts'
import type {Api, Topics} from '../../src/protocol/rpc-message.ts'

type Handlers<A extends Api> = {[M in keyof A]?: (params: A[M]['params']) => A[M]['result'] | Promise<A[M]['result']>}

/** A process at the other end of a link, in memory: it answers and sends topics, and can go away and come back. */
export type Peer<A extends Api, T extends Topics> = {
  /** What `createClient` opens. */
  open(): Promise<Link<A, T>>
  /** Answers of methods; can be changed at any time. A method without one is refused. */
  answers: Handlers<A>
  /** Every call that came, in order. */
  calls: {method: keyof A & string; params: unknown}[]
  callsOf<M extends keyof A & string>(method: M): A[M]['params'][]
  tell<N extends keyof T & string>(topic: N, data: T[N]): void
  /** The process dies; calls under way are refused. */
  die(): void
  /** Further attempts to open fail until `revive`. */
  down: boolean
  links(): number
}

export function createPeer<A extends Api, T extends Topics>(answers: Handlers<A>): Peer<A, T> {
  let live: {
    listeners: Map<string, Set<(data: never) => void>>
    end: () => void
    gone: Promise<never>
  } | null = null
  let opened = 0
  const peer: Peer<A, T> = {
    answers,
    calls: [],
    down: false,
    async open() {
      if (peer.down) throw new ClambakeError({code: 'not-running', message: 'nothing listens'})
      opened++
      const listeners = new Map<string, Set<(data: never) => void>>()
      const closed = Promise.withResolvers<void>()
      const gone = closed.promise.then(() => {
        throw new ClambakeError({code: 'disconnected', message: 'the connection ended'})
      })
      gone.catch(() => {})
      live = {listeners, end: closed.resolve, gone}
      return {
        closed: closed.promise,
        on(topic, listener) {
          const all = listeners.get(topic) ?? new Set()
          listeners.set(topic, all.add(listener))
          return {[Symbol.dispose]: () => void all.delete(listener)}
        },
        async call(method, params) {
          peer.calls.push({method, params})
          const handler = peer.answers[method]
          if (!handler) throw new ClambakeError({code: 'unknown-method', message: `${method} is not answered`})
          return Promise.race([Promise.resolve(handler(params)), gone])
        },
      }
    },
    callsOf: method => peer.calls.filter(call => call.method === method).map(call => call.params),
    tell(topic, data) {
      for (const listener of live?.listeners.get(topic) ?? []) listener(data as never)
    },
    die() {
      live?.end()
      live = null
    },
    links: () => opened,
  }
  return peer
}

export function daemonPeer(state: DaemonState): Peer<DaemonApi, DaemonTopics> & {open(): Promise<DaemonLink>} {
  return createPeer<DaemonApi, DaemonTopics>({state: () => state})
}

export function hostPeer(): Peer<HostApi, HostTopics> & {open(): Promise<HostLink>} {
  return createPeer<HostApi, HostTopics>({
    'view.open': () => null,
    'view.ack': () => null,
    'view.close': () => null,
    'pane.write': () => null,
  })
}

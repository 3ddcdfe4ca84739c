import type {DaemonApi, DaemonTopics} from '../../protocol/daemon.ts'
import type {HostApi, HostTopics} from '../../protocol/host-api.ts'
import type {Api, Topics} from '../../protocol/rpc-message.ts'

/** One live connection, as the client needs it; the socket client of `rpc` has this shape, tests have in-memory ones. */
export type Link<A extends Api, T extends Topics> = {
  /** Rejects with ClambakeError: the answer's own error, or `disconnected` when the link ends first. */
  call<M extends keyof A & string>(method: M, params: A[M]['params']): Promise<A[M]['result']>
  on<N extends keyof T & string>(topic: N, listener: (data: T[N]) => void): Disposable
  /** Settles when the connection has ended, from either side. */
  readonly closed: Promise<unknown>
}

export type DaemonLink = Link<DaemonApi, DaemonTopics>
export type HostLink = Link<HostApi, HostTopics>

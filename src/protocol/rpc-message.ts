import type {ErrorData} from '../base/errors.ts'

/** The methods of a socket's interface, with parameters and results. */
export type Api = {[method: string]: {params: unknown; result: unknown}}
/** What a server broadcasts: topics with their data. */
export type Topics = {[topic: string]: unknown}

/** A message on the wire, one msgpack value per frame. `trace` is a W3C traceparent. */
export type RpcMessage =
  | {kind: 'request'; id: number; method: string; params: unknown; trace?: string}
  | {kind: 'result'; id: number; result: unknown}
  | {kind: 'error'; id: number; error: ErrorData}
  | {kind: 'topic'; topic: string; data: unknown}

import type {ErrorData} from '../base/errors.ts'

/** Shape of an interface over a socket: methods with parameters and result, topics with data. */
export type Api = {[method: string]: {params: unknown; result: unknown}}
export type Topics = {[topic: string]: unknown}

/** What travels, one msgpack value per frame; `trace` is a W3C traceparent. */
export type RpcMessage =
  | {kind: 'request'; id: number; method: string; params: unknown; trace?: string}
  | {kind: 'result'; id: number; result: unknown}
  | {kind: 'error'; id: number; error: ErrorData}
  | {kind: 'topic'; topic: string; data: unknown}

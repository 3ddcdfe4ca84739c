import {messageOf} from '../base/errors.ts'

/** Why the hub cannot store at the moment; work goes on and events are held meanwhile. */
export type TroubleKind =
  /** Another process holds the database. */
  | 'locked'
  /** The disk is full. */
  | 'full'
  /** The file is no sound database. */
  | 'corrupt'
  /** Anything else: no permission, a folder in its place, the worker died. */
  | 'unavailable'

export class TroubleError extends Error {
  readonly kind: TroubleKind

  constructor(kind: TroubleKind, message: string) {
    super(message)
    this.name = 'TroubleError'
    this.kind = kind
  }
}

/** Primary result codes of SQLite (https://sqlite.org/rescode.html); the low byte of an extended one. */
const KIND_OF_CODE: Record<number, TroubleKind> = {
  5: 'locked', // SQLITE_BUSY
  6: 'locked', // SQLITE_LOCKED
  11: 'corrupt', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  26: 'corrupt', // SQLITE_NOTADB
}

/** What an error of SQLite, or any other, means for the hub. */
export function troubleOf(error: unknown): TroubleError {
  if (error instanceof TroubleError) return error
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0
  return new TroubleError(KIND_OF_CODE[code & 0xff] ?? 'unavailable', messageOf(error))
}

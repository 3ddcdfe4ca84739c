import {messageOf} from '../base/errors.ts'

/** Why the hub cannot store now. Work continues, and events are kept in memory meanwhile. */
export type TroubleKind =
  /** Another process holds the database. */
  | 'locked'
  /** The disk is full. */
  | 'full'
  /** The file is not a sound database. */
  | 'corrupt'
  /** Any other reason: no permission, a folder in its place, the worker died. */
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

/** Classifies an error of SQLite, or any other error, for the hub. */
export function troubleOf(error: unknown): TroubleError {
  if (error instanceof TroubleError) return error
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0
  return new TroubleError(KIND_OF_CODE[code & 0xff] ?? 'unavailable', messageOf(error))
}

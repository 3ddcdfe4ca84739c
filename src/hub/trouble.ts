import {hasCode, messageOf} from '../base/errors.ts'

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

/** What people are told of a corrupt database that was put aside. */
export function rebuiltText(aside: string): string {
  return `the hub's database was corrupt; it is kept as ${aside} and a new one is in use`
}

/** Primary result codes of SQLite (https://sqlite.org/rescode.html); the low byte of an extended one. */
const KIND_OF_CODE: Record<number, TroubleKind> = {
  5: 'locked', // SQLITE_BUSY
  6: 'locked', // SQLITE_LOCKED
  11: 'corrupt', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  26: 'corrupt', // SQLITE_NOTADB
}

/** Codes of Postgres (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const KIND_OF_STATE: Record<string, TroubleKind> = {
  '55P03': 'locked', // lock_not_available
  '53100': 'full', // disk_full
}

/** Classifies an error of SQLite or Postgres, or any other error, for the hub. A server's damage is its administrator's. */
export function troubleOf(error: unknown): TroubleError {
  if (error instanceof TroubleError) return error
  // The lock beside the database says so in the words of any other file.
  if (hasCode(error, 'disk-full')) return new TroubleError('full', error.message)
  const state = error instanceof Error && 'code' in error ? KIND_OF_STATE[String(error.code)] : undefined
  if (state !== undefined) return new TroubleError(state, messageOf(error))
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0
  return new TroubleError(KIND_OF_CODE[code & 0xff] ?? 'unavailable', messageOf(error))
}

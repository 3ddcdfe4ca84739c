import {statfsSync, statSync} from 'node:fs'
import type {ErrorCode} from '../error-codes.ts'

/** What this machine refuses whatever a program does: a disk, a limit or a file has to change first. */
export type FaultCode = Extract<ErrorCode, 'disk-full' | 'disk-broken' | 'machine-exhausted' | 'file-unusable'>

type Fault = {code: FaultCode; message: string; kept: string; next: string}

/** What people are told of each fault; `detail` is what the system says of it. */
export const FAULTS: Readonly<Record<FaultCode, (detail: string) => Fault>> = {
  'disk-full': detail => ({
    code: 'disk-full',
    message: `The disk is full: ${detail}${fullFolders()}`,
    kept: 'everything that was stored before',
    next: 'free space; Clambake tries again by itself',
  }),
  'disk-broken': detail => ({
    code: 'disk-broken',
    message: `A disk is read-only or reports errors: ${detail}`,
    kept: 'everything that was stored before',
    next: 'dmesg says why; mount it for writing again, and Clambake tries again by itself',
  }),
  'machine-exhausted': detail => ({
    code: 'machine-exhausted',
    message: `The system gives no more processes, memory or open files: ${detail}`,
    kept: 'everything that was stored before',
    next: 'end other programs, or raise the limits that ulimit -a shows; Clambake tries again by itself',
  }),
  'file-unusable': detail => ({
    code: 'file-unusable',
    message: `A file or folder cannot be used: ${detail}`,
    kept: 'it as it is',
    next: 'ls -ld shows its rights: give it to your user, or move it away if something else is in its place',
  }),
}

/** Below this, a disk is the one that took no more. */
const LEAST_BYTES = 1024 ** 2
/** What could not be made whole was taken away again, so a few are left. */
const LEAST_FILES = 20
const watched = new Set<string>()

/** Notes folders in which this process writes, so that the error of a full disk can say which disk it is. */
export function watchDisks(folders: readonly string[]): void {
  for (const folder of folders) watched.add(folder)
}

/** Whether the disk of a folder has less room than this, or takes hardly a file more. */
export function hasNoRoom(folder: string, leastBytes = LEAST_BYTES): boolean {
  const {bavail, bsize, files, ffree} = statfsSync(folder)
  return bavail * bsize < leastBytes || (files > 0 && ffree < LEAST_FILES)
}

/** Names one folder of each disk that has no room; '': the system does not say which one was meant. */
function fullFolders(): string {
  const disks = new Map<number, string>()
  for (const folder of watched) {
    try {
      const {dev} = statSync(folder)
      if (hasNoRoom(folder) && !disks.has(dev)) disks.set(dev, folder)
    } catch {
      // It is not there now.
    }
  }
  return disks.size === 0 ? '' : `; there is no room in ${[...disks.values()].join(' and ')}`
}

const OF_SYSTEM: Readonly<Record<string, FaultCode>> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EROFS: 'disk-broken',
  EIO: 'disk-broken',
  EMFILE: 'machine-exhausted',
  ENFILE: 'machine-exhausted',
  ENOMEM: 'machine-exhausted',
  EACCES: 'file-unusable',
  EPERM: 'file-unusable',
  EISDIR: 'file-unusable',
  ENOTDIR: 'file-unusable',
}
/** What these calls of the system say is about a process or a socket, and not about a file. */
const NO_FILE = /^(?:spawn|kill|connect|listen|bind)/

/** Primary result codes of SQLite (https://sqlite.org/rescode.html); the low byte of an extended one. */
const OF_SQLITE: Readonly<Record<number, FaultCode>> = {
  3: 'file-unusable', // SQLITE_PERM
  7: 'machine-exhausted', // SQLITE_NOMEM
  8: 'file-unusable', // SQLITE_READONLY
  10: 'disk-broken', // SQLITE_IOERR
  13: 'disk-full', // SQLITE_FULL
  14: 'file-unusable', // SQLITE_CANTOPEN
}

/** Finds the fault behind an error of Node or of SQLite; null: it is another one. */
export function faultOf(error: unknown): FaultCode | null {
  if (!(error instanceof Error)) return null
  if ('errcode' in error && typeof error.errcode === 'number') return OF_SQLITE[error.errcode & 0xff] ?? null
  const code = 'code' in error ? String(error.code) : ''
  const call = 'syscall' in error ? String(error.syscall) : ''
  if (code === 'EAGAIN') return call.startsWith('spawn') ? 'machine-exhausted' : null
  const fault = OF_SYSTEM[code] ?? null
  return fault === 'file-unusable' && (call === '' || NO_FILE.test(call)) ? null : fault
}

/**
 * What programs, git first, say of such faults; a server's own, which git reports behind `remote:`, is its trouble. Of a
 * file, an index or an object that git could open and then not write, it does not say why: mostly the disk is full.
 */
const SAID: readonly [pattern: RegExp, fault: FaultCode][] = [
  [/^(?!remote:).*(?:read-only file system|input\/output error)/im, 'disk-broken'],
  [
    /^(?!remote:).*(?:too many open files|(?:cannot|unable to) fork|(?:cannot|unable to) create (?:\S+ )?threads?\b|resource temporarily unavailable|cannot allocate memory|out of memory|spawn \S+ E(?:AGAIN|MFILE|NFILE|NOMEM)\b)/im,
    'machine-exhausted',
  ],
  [
    /^(?!remote:).*(?:no space left on device|disk quota exceeded|out of ?diskspace|unable to write (?:file|(?:new[ _]|temporary )?index file|loose object file|object to database|pack header)\b[^:]*$)/im,
    'disk-full',
  ],
]

/** Finds the fault that a program's words tell of; null: none. */
export function faultIn(said: string): FaultCode | null {
  return SAID.find(([pattern]) => pattern.test(said))?.[1] ?? null
}

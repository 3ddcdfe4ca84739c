import {DatabaseSync} from 'node:sqlite'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {toErrorData} from '../../src/base/errors.ts'
import {type FaultCode, faultIn, faultOf, watchDisks} from '../../src/base/machine/faults.ts'

const system = (code: string, syscall: string) => Object.assign(new Error(`${code}: it said so`), {code, syscall})
const sqlite = (errcode: number) => Object.assign(new Error('SQLite said so'), {code: 'ERR_SQLITE_ERROR', errcode})

it.each<[Error, FaultCode | null]>([
  [system('ENOSPC', 'write'), 'disk-full'],
  [system('EDQUOT', 'mkdir'), 'disk-full'],
  [system('EROFS', 'open'), 'disk-broken'],
  [system('EIO', 'read'), 'disk-broken'],
  [system('EMFILE', 'open'), 'machine-exhausted'],
  [system('ENFILE', 'pipe'), 'machine-exhausted'],
  [system('EAGAIN', 'spawn git'), 'machine-exhausted'],
  [system('ENOMEM', 'spawn'), 'machine-exhausted'],
  [system('EACCES', 'open'), 'file-unusable'],
  [system('EISDIR', 'rename'), 'file-unusable'],
  // A pipe that is full for now, a program that may not be run, a process or a socket of another user.
  [system('EAGAIN', 'write'), null],
  [system('EACCES', 'spawn x'), null],
  [system('EPERM', 'kill'), null],
  [system('EACCES', 'connect'), null],
  [system('ENOENT', 'open'), null],
  [sqlite(13), 'disk-full'],
  // SQLITE_IOERR_WRITE
  [sqlite(778), 'disk-broken'],
  [sqlite(14), 'file-unusable'],
  [sqlite(5), null],
])('knows what this machine refuses by %s', (error, fault) => {
  expect(faultOf(error)).toBe(fault)
  if (fault === null) expect(toErrorData(error).code).toBe('internal')
  else expect(toErrorData(error)).toMatchObject({code: fault, exitCode: 1, next: expect.any(String)})
})

it.each<[string, FaultCode | null]>([
  ['error: unable to create temporary file: Read-only file system', 'disk-broken'],
  ['error: unable to write file a.ts: Read-only file system', 'disk-broken'],
  ['fatal: write error: Input/output error', 'disk-broken'],
  ['fatal: unable to create temporary file: Too many open files', 'machine-exhausted'],
  ['error: cannot fork() for git-remote-https: Resource temporarily unavailable', 'machine-exhausted'],
  ['fatal: unable to create threaded lstat: Resource temporarily unavailable', 'machine-exhausted'],
  ['fatal: cannot create async thread: Resource temporarily unavailable', 'machine-exhausted'],
  ['fatal: Out of memory, malloc failed (tried to allocate 9 bytes)', 'machine-exhausted'],
  ['spawn git EMFILE', 'machine-exhausted'],
  ['fatal: write error: No space left on device', 'disk-full'],
  ['remote: fatal: Out of memory, malloc failed', null],
  ['remote: error: unable to create temporary file: Read-only file system', null],
  ['fatal: pathspec spawn did not match any files', null],
])('knows what this machine refuses by the words of git: %s', (said, fault) => {
  expect(faultIn(said)).toBe(fault)
})

it('knows what SQLite itself says of a folder in the place of a file', () => {
  using folder = temporaryFolder()
  expect(() => new DatabaseSync(folder.path)).toThrow()
  try {
    new DatabaseSync(folder.path)
  } catch (error) {
    expect(faultOf(error)).toBe('file-unusable')
  }
})

it('says which disk is full, once for each, and nothing where all have room', () => {
  using folder = temporaryFolder()
  const full = system('ENOSPC', 'write')
  watchDisks([folder.path, '/no/such/folder'])
  expect(toErrorData(full).message).not.toContain(folder.path)
  // Linux counts no blocks there.
  watchDisks(['/proc', '/proc/self'])
  expect(toErrorData(full).message).toMatch(
    process.platform === 'linux' ? /^The disk is full: ENOSPC: it said so; there is no room in \/proc$/ : /^The disk/,
  )
})

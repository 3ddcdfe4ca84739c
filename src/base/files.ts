import {
  accessSync,
  closeSync,
  copyFileSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {constants, lstat, mkdir, open, rename, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, dirname, isAbsolute, join, resolve} from 'node:path'
import {isSystemError, machineError} from './errors.ts'

/**
 * Reads a file's text at once; null: there is no file. A pipe or a device is none: it could be waited for without end.
 * Throws `file-unusable` of a folder.
 */
export function textOrNull(file: string): string | null {
  let handle: number | undefined
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = fstatSync(handle)
    if (stat.isDirectory()) throw machineError('file-unusable', `${file} is a folder`)
    return stat.isFIFO() || stat.isCharacterDevice() ? null : readFileSync(handle, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null
    throw error
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

/** Everything but a file, and a name that is missing: a link, a pipe without a writer, a folder. */
const NO_FILE = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO', 'EMLINK'] as const

/**
 * Reads the text of a plain file that an agent may have made; null: there is none. It follows no link and never waits for
 * the other end of a pipe.
 */
export async function plainText(file: string | Buffer): Promise<string | null> {
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    return (await handle.stat()).isFile() ? await handle.readFile('utf8') : null
  } catch (error) {
    if (NO_FILE.some(code => isSystemError(error, code))) return null
    throw error
  }
}

/**
 * Makes a folder of this process's own for temporary files. Where the folder of all of them is gone it is made again: a
 * session's own (`TMPDIR` of a login or of a shell) ends before the daemon that was started in it.
 */
export function makeTemporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix))
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
    mkdirSync(tmpdir(), {recursive: true, mode: 0o700})
    return mkdtempSync(join(tmpdir(), prefix))
  }
}

/**
 * Writes a file that only this user can read, in one step: no reader finds half of it, also after a loss of power. What
 * cannot be written whole, to a full disk say, leaves the file as it was and nothing beside it.
 */
export function writePrivateFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, text, {mode: 0o600, flush: true})
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, {force: true})
    throw error
  }
}

/**
 * Writes a person's file, and its folder if need be, in one step. What cannot be written whole leaves the file as it was and
 * nothing beside it. Throws `EEXIST` if the draft's name is taken.
 */
export async function replaceFile(
  file: string,
  text: string,
  options: {mode?: number; draft?: string} = {},
): Promise<void> {
  const {mode, draft = `${file}.${process.pid}`} = options
  await mkdir(dirname(file), {recursive: true})
  try {
    await writeFile(draft, text, {flag: 'wx', flush: true, ...(mode !== undefined && {mode})})
    await rename(draft, file)
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) await rm(draft, {force: true})
    throw error
  }
}

/**
 * Empties a log that has grown over `most` bytes, after its content was copied to `FILE.1`, which it replaces. The file
 * stays the same one, so that every process that appends to it continues. Where no copy can be made (a full disk), it is
 * emptied only at twice the size.
 */
export function rotateLog(file: string, most: number): void {
  try {
    const {size} = statSync(file)
    if (size <= most) return
    try {
      copyFileSync(file, `${file}.1`)
    } catch (error) {
      if (size <= 2 * most) throw error
    }
    truncateSync(file)
  } catch {
    // There is no log yet, or it is tried again at the next look; a log must not end the program.
  }
}

/** The size at which a log is rotated, so that two files of it take twice as much. */
export const MAX_LOG_BYTES = 10 * 1024 * 1024

export async function statOrNull(path: string | Buffer) {
  try {
    return await lstat(path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return null
    throw error
  }
}

/**
 * Finds the file that is run under a name: by its path, which may be relative to `folder`, or in the folders of `path`.
 * Gives undefined when it is missing, is no file, or this user may not run it.
 */
export function findProgram(
  program: string,
  {folder, path = ''}: {folder: string; path?: string | undefined},
): string | undefined {
  const candidates = program.includes('/')
    ? [isAbsolute(program) ? program : resolve(folder, program)]
    : path.split(delimiter).map(place => join(place, program))
  return candidates.find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false // It is missing, or this user may not run it.
  }
}

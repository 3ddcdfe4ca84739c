import {closeSync, constants, existsSync, openSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {readdir, readlink} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {basename, dirname, join} from 'node:path'
import {disposable} from '../base/dispose.ts'
import {isSystemError} from '../base/errors.ts'
import {run} from '../base/run.ts'

/**
 * How a server learns which process is at the other end of a connection, since Node does not say: it names a file that
 * it has just made, the caller opens it, and the kernel's list of that process's open files must have it. So nothing
 * that a caller says about itself has to be believed.
 */
export type Proof = Disposable & {
  /** The file that the caller is to keep open. */
  readonly path: string
  /** Whether this process has it open. */
  isHeldBy(pid: number): Promise<boolean>
}

/**
 * Makes the file of one connection to the socket: beside it, or elsewhere where its disk takes no more files. null: nowhere,
 * so that it is not known who calls.
 */
export function createProof(socket: string, elsewhere: readonly string[] = [tmpdir(), '/dev/shm']): Proof | null {
  const path = makeFile(`${prefixOf(socket)}${crypto.randomUUID()}`, [dirname(socket), ...elsewhere])
  if (path === null) return null
  return {
    path,
    isHeldBy: pid => (process.platform === 'linux' ? isOpenIn(pid, path) : isListed(pid, path)),
    [Symbol.dispose]: () => rmSync(path, {force: true}),
  }
}

function makeFile(name: string, folders: readonly string[]): string | null {
  for (const folder of folders) {
    try {
      writeFileSync(join(folder, name), '', {mode: 0o600, flag: 'wx'})
      return join(folder, name)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
    }
  }
  return null
}

/** Removes the files that a killed server left. */
export function removeProofs(socket: string): void {
  const folder = dirname(socket)
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    if (name.startsWith(prefixOf(socket))) rmSync(join(folder, name), {force: true})
  }
}

/** Opens the file that a server named, until the result is disposed of. */
export function holdProof(path: string | undefined): Disposable {
  if (path === undefined) return disposable(() => {})
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    return disposable(() => closeSync(file))
  } catch (error) {
    // The server has just ended; the connection tells.
    if (isSystemError(error, 'ENOENT')) return disposable(() => {})
    throw error
  }
}

function prefixOf(socket: string): string {
  return `.${basename(socket)}-caller-`
}

async function isOpenIn(pid: number, path: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`
  try {
    const links = await Promise.all((await readdir(folder)).map(name => readlink(join(folder, name)).catch(() => '')))
    return links.includes(path)
  } catch {
    return false // It ended, or is another user's.
  }
}

/** On macOS, which has no /proc. */
async function isListed(pid: number, path: string): Promise<boolean> {
  const {stdout} = await run('/usr/sbin/lsof', {args: ['-t', '--', path], env: {LC_ALL: 'C'}, accept: [0, 1]})
  return stdout.split('\n').includes(String(pid))
}

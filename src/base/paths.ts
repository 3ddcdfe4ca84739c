import {createHash} from 'node:crypto'
import {chmodSync, lstatSync, mkdirSync, realpathSync, rmdirSync} from 'node:fs'
import {homedir, tmpdir} from 'node:os'
import {basename, dirname, join, resolve} from 'node:path'
import {ClambakeError, isSystemError} from './errors.ts'

/** Linux takes 108 bytes and macOS 104 in a socket's address, with the closing NUL. */
const SOCKET_PATH_BYTES = 100

/** Files of one long-running process. */
export type ProcessPaths = {
  /** Its Unix socket. */
  socket: string
  /** Database file whose lock shows that it runs. Never read through fs, which would drop the lock. */
  lock: string
  /** JSON beside the lock: pid, version, cwd, start. */
  info: string
  /** JSON that says why its last start failed. */
  failure: string
  /** Its output. */
  log: string
}

export type RuntimePaths = {
  /** 12 hex digits that identify the repository. */
  key: string
  /** The user's state folder, for all repositories. */
  state: string
  /** The repository's own folder in it. */
  folder: string
  /** The hub's database, one for each user. */
  hub: string
  /** Copies of the terminal host's code, one folder for each build. */
  hostInstalls: string
  daemon: ProcessPaths
  host: ProcessPaths
}

/** The user's state folder: `CLAMBAKE_STATE_DIR`, else `$XDG_STATE_HOME/clambake`, else `~/.local/state/clambake`. */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  if (env.CLAMBAKE_STATE_DIR) return resolve(env.CLAMBAKE_STATE_DIR)
  if (env.XDG_STATE_HOME) return resolve(env.XDG_STATE_HOME, 'clambake')
  return resolve(env.HOME || homedir(), '.local', 'state', 'clambake')
}

/** 12 hex digits of the real path of a repository's common git directory: the same from each of its worktrees. */
export function repositoryKey(commonDir: string): string {
  return shortHash(realpathSync(commonDir))
}

/** A repository's own folder in the user's state folder. */
export function repositoryFolder(state: string, commonDir: string): string {
  return join(state, 'repositories', repositoryKey(commonDir))
}

/**
 * The paths by which the processes of one repository find each other. Creates no folder: see `ensurePrivateFolder`.
 * `commonDir` is that of `git rev-parse --git-common-dir`; `version` separates the hosts of different builds.
 */
export function runtimePaths(options: {env: NodeJS.ProcessEnv; commonDir: string; version: string}): RuntimePaths {
  const {env, version} = options
  const state = stateFolder(env)
  const key = repositoryKey(options.commonDir)
  const folder = repositoryFolder(state, options.commonDir)
  const processPaths = (name: string): ProcessPaths => ({
    socket: socketPath({env, folder, name: `${name}.sock`}),
    lock: join(folder, `${name}.lock`),
    info: join(folder, `${name}.json`),
    failure: join(folder, `${name}-failure.json`),
    log: join(folder, `${name}.log`),
  })
  return {
    key,
    state,
    folder,
    hub: join(state, 'hub.db'),
    hostInstalls: join(state, 'host'),
    daemon: processPaths('daemon'),
    host: processPaths(`host-${version}`),
  }
}

/**
 * Creates a folder that only this user can enter, or checks an existing one: it must be a directory, not a link, and
 * belong to this user; access of others is removed. Throws ClambakeError `foreign-folder`.
 */
export function ensurePrivateFolder(path: string): void {
  mkdirSync(path, {recursive: true, mode: 0o700})
  const stat = lstatSync(path)
  const uid = userId()
  if (!stat.isDirectory() || stat.uid !== uid) {
    throw new ClambakeError({
      code: 'foreign-folder',
      message: `${path} is ${stat.isDirectory() ? `owned by user ${stat.uid}, not by you (${uid})` : 'not a directory'}`,
      kept: 'nothing was written there',
      next: 'remove it, or set CLAMBAKE_STATE_DIR to a short path that you own',
    })
  }
  if ((stat.mode & 0o077) !== 0) chmodSync(path, 0o700)
}

/**
 * A socket's path in the state folder, or, if that is too long for a socket, in the user's temporary folder, or else in
 * the machine's.
 */
function socketPath(options: {env: NodeJS.ProcessEnv; folder: string; name: string}): string {
  const {env, folder, name} = options
  // The same repository has different processes in another state folder.
  const below = (temporary: string) => join(temporary, `clambake-${userId()}`, shortHash(folder), name)
  const paths = [join(folder, name), below(env.TMPDIR || tmpdir())]
  return paths.find(path => Buffer.byteLength(path) <= SOCKET_PATH_BYTES) ?? below('/tmp')
}

/** Creates the folders of a socket, so that only this user can reach it. */
export function ensureSocketFolder(path: string): void {
  for (const folder of [...temporaryFolders(path).reverse(), dirname(path)]) ensurePrivateFolder(folder)
}

/** Removes the folders of a socket in the temporary folder, unless another process has something there. */
export function removeSocketFolder(path: string): void {
  for (const folder of temporaryFolders(path)) {
    try {
      rmdirSync(folder)
    } catch (error) {
      // macOS and some file systems say EEXIST of a folder that is not empty.
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].some(code => isSystemError(error, code))) return
      throw error
    }
  }
}

/** The folders that were made in the temporary folder for a socket, innermost first; none for one in the state folder. */
function temporaryFolders(socket: string): string[] {
  const folder = dirname(socket)
  const outer = dirname(folder)
  return basename(outer) === `clambake-${userId()}` ? [folder, outer] : []
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

/** The user's number. `os.userInfo` would fail in a container where the user has no name. */
function userId(): number {
  return process.getuid?.() ?? 0
}

import {createHash} from 'node:crypto'
import {chmodSync, lstatSync, mkdirSync, realpathSync} from 'node:fs'
import {homedir, tmpdir} from 'node:os'
import {dirname, join, resolve} from 'node:path'
import {ClambakeError} from './errors.ts'

/** Linux takes 108 bytes and macOS 104 in a socket's address, with the closing NUL. */
const SOCKET_PATH_BYTES = 100

/** Files of one long-lived process. */
export type ProcessPaths = {
  /** Unix socket that it answers on. */
  socket: string
  /** Database file whose lock says that it lives; never read by fs. */
  lock: string
  /** JSON beside the lock: pid, version, cwd, start. */
  info: string
  /** JSON that says why it could not start, until the next start. */
  failure: string
  /** What it printed. */
  log: string
}

export type RuntimePaths = {
  /** 12 hex digits that stand for the repository. */
  key: string
  /** The user's state folder, for all repositories. */
  state: string
  /** The repository's own folder in it. */
  folder: string
  /** The hub's database, one for each user. */
  hub: string
  /** Copies of the terminal host that run from here, one folder for each build. */
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

/**
 * Where the processes of one repository meet. Makes no folder: see `ensurePrivateFolder`.
 * `commonDir` is what `git rev-parse --git-common-dir` names; `version` separates generations of the host.
 */
export function runtimePaths(options: {env: NodeJS.ProcessEnv; commonDir: string; version: string}): RuntimePaths {
  const {env, version} = options
  const state = stateFolder(env)
  const key = repositoryKey(options.commonDir)
  const folder = join(state, 'repositories', key)
  const processPaths = (name: string): ProcessPaths => ({
    socket: socketPath({env, state, folder, name: `${name}.sock`}),
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
 * Makes a folder that only this user can enter, or checks one that stands: a directory and no link, owned by us,
 * closed to others. Throws ClambakeError `foreign-folder` when somebody else made it.
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
      next: 'remove it, or set CLAMBAKE_STATE_DIR to a short path of your own',
    })
  }
  if ((stat.mode & 0o077) !== 0) chmodSync(path, 0o700)
}

/** In the state folder, or when that path is too long for a socket in the user's folder below the temporary one. */
function socketPath(options: {env: NodeJS.ProcessEnv; state: string; folder: string; name: string}): string {
  const wanted = join(options.folder, options.name)
  if (Buffer.byteLength(wanted) <= SOCKET_PATH_BYTES) return wanted
  const temporary = join(options.env.TMPDIR || tmpdir(), `clambake-${userId()}`)
  // Another state folder's processes of the same repository are other processes.
  return join(temporary, shortHash(options.folder), options.name)
}

/** The folders to make, outermost first, so that a socket at `path` is reached by this user alone. */
export function ensureSocketFolder(path: string): void {
  const folder = dirname(path)
  const outer = dirname(folder)
  if (outer.endsWith(`clambake-${userId()}`)) ensurePrivateFolder(outer)
  ensurePrivateFolder(folder)
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

/** Not `os.userInfo`: in a container the user may have no name. */
function userId(): number {
  return process.getuid?.() ?? 0
}

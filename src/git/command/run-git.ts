import {existsSync} from 'node:fs'
import {realpath, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {type SimpleGit, simpleGit} from 'simple-git'
import {disposable} from '../../base/dispose.ts'
import {partTokens} from '../../base/environment/forge-tokens.ts'
import {offProxy} from '../../base/environment/proxy.ts'
import {hasCode, messageOf} from '../../base/errors.ts'
import {plainText} from '../../base/files.ts'
import type {Log} from '../../base/log.ts'
import {faultIn} from '../../base/machine/faults.ts'
import {ANY_EXIT_CODE, isTimeout, type RunResult, run, runForBytes} from '../../base/run.ts'
import {CLAMBAKE} from './author.ts'
import {cloneGone, hangs, localFailure, remoteFailure} from './failures.ts'
import {fetchEnvironment, makeFetchFolder} from './fetch-folder.ts'
import {ALLOWED_PROTOCOLS, FIXED_CONFIG, NETWORK_CONFIG, PLAIN_OBJECTS, withPointers} from './hardening.ts'
import {refuseLinkedLogs} from './linked-logs.ts'
import {mend} from './mend.ts'
import {removeObstacles} from './obstacles.ts'
import {loginEnv, type Remote, scrub} from './remote-url.ts'

/** The longest time of a local command. One that meets a pipe in the place of a file would wait for ever. */
const LOCAL_TIMEOUT_MS = 3 * 60_000
/** A checkout of a big repository on a slow disk takes minutes, and so does reading all of its objects. */
const LONG_TIMEOUT_MS = 10 * 60_000
const LONG = ['reset', 'read-tree', 'fsck', 'hash-object']
/** A stalled transfer ends by itself (http.lowSpeedTime); this is for a server that never answers. */
const NETWORK_TIMEOUT_MS = 5 * 60_000
/** Of a command that runs for longer, it is looked whether something in the clone's git folder is in its way. */
const PATIENCE_MS = 3_000

/** Variables of the caller's environment that git gets; it gets no others. */
const KEPT_VARIABLES =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|TZ|XDG_CONFIG_HOME|SSH_AUTH_SOCK|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|((https?|all|no)_proxy)|GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|GIT_SSH_COMMAND)$/i

/**
 * Where a call runs: a folder, or a worktree with its verified git folder. `commonDir`: the worktree is of another
 * repository than the runner's.
 */
export type Place = string | {readonly path: string; readonly gitDir: string; readonly commonDir?: string}

type GitOptions = {
  at?: Place
  input?: string | Uint8Array
  env?: Readonly<Record<string, string>>
  /** Exit codes that are an answer; others throw `git-failed`. Default: [0]. */
  accept?: readonly number[]
}

/**
 * Runs every git command of Clambake. Each call has a built environment and an argument vector, and ends in time. With a
 * folder of our own it reads no configuration that an agent can write.
 */
export type GitRunner = {
  /** Any local command. */
  git(args: readonly string[], options?: GitOptions): Promise<RunResult>
  /** Standard output of a local command. */
  text(args: readonly string[], options?: GitOptions): Promise<string>
  /** Standard output of a local command, as it came. */
  bytes(args: readonly string[], options?: Omit<GitOptions, 'accept'>): Promise<Uint8Array>
  /** Plain reads of history and refs; fails as `git` does. */
  read(args: readonly string[]): Promise<string>
  /** A command that contacts the remote, with the login; returns any exit code. Throws only when it cannot run. */
  network(args: readonly string[], options: {remote: Remote; doing: string}): Promise<RunResult>
  /** As `network`, for a fetch: `fetched` is what git notes of it, which no agent can write. */
  fetch(args: readonly string[], options: {remote: Remote; doing: string}): Promise<RunResult & {fetched: string}>
  /** The person's own program, a hook say, with the login and the rest of our environment; returns any exit code. */
  program(file: string, options: {args: readonly string[]; input: string; remote: Remote}): Promise<RunResult>
}

type RunnerOptions = {
  dir: string
  /**
   * Our own folder in the place of the clone's common one, so that its configuration is ours (`src/git/own-folder.ts`).
   * Without it a runner only finds out about the repository: it reads refs and configuration, and reaches no network.
   */
  ownFolder?: string
  env: Readonly<Record<string, string | undefined>>
  /** The token for the remote at this address; null: none. */
  token: (remoteUrl: string) => Promise<string | null>
  /** Epoch milliseconds for the commits that Clambake makes. */
  now: () => number
  /** Told of what was removed from git's way; without it, nothing is. */
  log?: Log
}

/** Makes the runner of one clone. Without a folder of our own it only finds out what the clone is. */
export function createGitRunner(options: RunnerOptions): GitRunner {
  const base = buildEnv(options)
  // simple-git starts programs from this process, and the process that has a repository open is too large for that (see
  // `src/base/starter.ts`).
  const reader = options.ownFolder === undefined ? createReader(options.dir, base) : null

  function environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    const date = `@${Math.floor(options.now() / 1000)} +0000`
    return {
      ...base,
      GIT_ASKPASS: '',
      GIT_AUTHOR_NAME: CLAMBAKE.name,
      GIT_AUTHOR_EMAIL: CLAMBAKE.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: CLAMBAKE.name,
      GIT_COMMITTER_EMAIL: CLAMBAKE.email,
      GIT_COMMITTER_DATE: date,
      ...extra,
    }
  }

  async function call(
    args: readonly string[],
    call: {at: Place; config: readonly string[]; timeoutMs: number} & Pick<GitOptions, 'input' | 'env'>,
  ): Promise<RunResult> {
    const result = await once(args, call)
    if (result.exitCode === 0) return result
    // Without what the caller sends along, such as a login or its own index.
    const git = (mending: readonly string[]) => once(mending, {at: call.at, config: [], timeoutMs: LOCAL_TIMEOUT_MS})
    const ownGitFolder = typeof call.at === 'string' || call.at.commonDir !== undefined ? null : call.at.gitDir
    return (await mend(result.stderr, {gitFolder, ownGitFolder, git})) ? once(args, call) : result
  }

  /** The clone's own git folder, which our folder links to. */
  async function gitFolder(): Promise<string> {
    const {dir, ownFolder} = options
    return ownFolder === undefined ? realpath(join(dir, '.git')) : dirname(await realpath(join(ownFolder, 'refs')))
  }

  /** The folder of a place's logs that all worktrees share, as far as it is known. */
  async function commonFolder(at: Place): Promise<string[]> {
    if (options.ownFolder === undefined) return []
    return [typeof at !== 'string' && at.commonDir !== undefined ? at.commonDir : await gitFolder()]
  }

  async function once(
    args: readonly string[],
    call: {at: Place; config: readonly string[]; timeoutMs: number} & Pick<GitOptions, 'input' | 'env'>,
  ): Promise<RunResult> {
    const config = [...FIXED_CONFIG, ...call.config]
    using _watch = watchForObstacles()
    const result = await run('git', {
      args: [...placeArgs(call.at), ...config.flatMap(setting => ['-c', setting]), ...withPointers(args)],
      cwd: folderOf(call.at),
      env: environment({...commonDirOf(call.at), ...call.env}),
      timeoutMs: call.timeoutMs,
      accept: ANY_EXIT_CODE,
      ...(call.input === undefined ? {} : {input: call.input}),
    }).catch(error => {
      throw isGone() ? cloneGone(options.dir) : error
    })
    if (result.exitCode !== 0 && isGone()) throw cloneGone(options.dir)
    return result
  }

  /** Removes what is in git's way as long as a command runs that takes long. */
  function watchForObstacles(): Disposable {
    const {log, ownFolder} = options
    if (log === undefined || ownFolder === undefined) return disposable(() => {})
    let timer: NodeJS.Timeout
    let isOver = false
    const look = async () => {
      for (const {path, what} of await removeObstacles(await gitFolder())) {
        log.warn('removed from the git folder of the clone, where git would wait for it', {path, what})
      }
    }
    // A command that is only slow, as over a slow line, is not slowed down by many looks.
    const lookAfter = (waitMs: number) => {
      timer = setTimeout(() => {
        look()
          .catch(error => log.warn('cannot look what git waits for', {error: messageOf(error)}))
          .finally(() => !isOver && lookAfter(2 * waitMs))
      }, waitMs)
    }
    lookAfter(PATIENCE_MS)
    return disposable(() => {
      isOver = true
      clearTimeout(timer)
    })
  }

  /** A comparison of commits reads the index first: that of a person's checkout may be damaged, and says nothing of them. */
  function withoutIndex([command]: readonly string[]): Record<string, string> {
    if (command !== 'diff-tree' || options.ownFolder === undefined) return {}
    return {GIT_INDEX_FILE: join(options.ownFolder, 'no-index')}
  }

  /** Whether the clone was moved or removed under us; without our own folder it may never have been one. */
  function isGone(): boolean {
    return options.ownFolder !== undefined && !existsSync(join(options.dir, '.git'))
  }

  async function git(args: readonly string[], given: GitOptions = {}): Promise<RunResult> {
    const {at = options.dir, accept = [0], ...asked} = given
    const rest = at === options.dir ? {...asked, env: {...withoutIndex(args), ...asked.env}} : asked
    const timeoutMs = LONG.includes(args[0] ?? '') ? LONG_TIMEOUT_MS : LOCAL_TIMEOUT_MS
    const own = typeof at === 'string' ? [join(options.dir, '.git')] : [at.gitDir]
    const gitFolders = async () => [...own, ...(await commonFolder(at))]
    await refuseLinkedLogs({args, input: rest.input, gitFolders}).catch(error => {
      throw isGone() ? cloneGone(options.dir) : error
    })
    const result = await call(args, {at, config: [], timeoutMs, ...rest}).catch(error => {
      throw isTimeout(error) ? hangs({args, folder: folderOf(at), timeoutMs}) : error
    })
    // What this machine refuses, a full disk say, is never one of the answers that a caller accepts.
    if (!accept.includes(result.exitCode) || (result.exitCode !== 0 && faultIn(result.stderr) !== null)) {
      throw localFailure({args, exitCode: result.exitCode, stderr: result.stderr})
    }
    return result
  }

  async function network(
    args: readonly string[],
    {remote, doing}: {remote: Remote; doing: string},
    extra: Readonly<Record<string, string>> = {},
  ): Promise<RunResult> {
    const token = await options.token(remote.url)
    const secret = token ?? remote.password
    try {
      const result = await call(args, {
        at: options.dir,
        config: NETWORK_CONFIG,
        timeoutMs: NETWORK_TIMEOUT_MS,
        env: {GIT_ALLOW_PROTOCOL: ALLOWED_PROTOCOLS, ...loginEnv(remote, token), ...extra},
      })
      return {...result, stdout: scrub(result.stdout, secret), stderr: scrub(result.stderr, secret)}
    } catch (error) {
      if (hasCode(error, 'clone-gone')) throw error
      // The cause would carry the child's environment with the login.
      throw remoteFailure({doing, remote: remote.url, detail: scrub(messageOf(error), secret)})
    }
  }

  return {
    git,

    async text(args, given) {
      return (await git(args, given)).stdout
    },

    async bytes(args, {input, env, at = options.dir} = {}) {
      using _watch = watchForObstacles()
      const own = at === options.dir ? withoutIndex(args) : {}
      const {exitCode, stdout, stderr} = await runForBytes('git', {
        args: [...placeArgs(at), ...FIXED_CONFIG.flatMap(setting => ['-c', setting]), ...withPointers(args)],
        cwd: folderOf(at),
        env: environment({...commonDirOf(at), ...own, ...env}),
        timeoutMs: LONG_TIMEOUT_MS,
        accept: ANY_EXIT_CODE,
        ...(input === undefined ? {} : {input}),
      }).catch(error => {
        throw isTimeout(error) ? hangs({args, folder: folderOf(at), timeoutMs: LONG_TIMEOUT_MS}) : error
      })
      if (exitCode !== 0) throw localFailure({args, exitCode, stderr})
      return stdout
    },

    async read(args) {
      if (reader === null) return (await git(args)).stdout.replace(/\n$/, '')
      try {
        return (await reader.raw([...withPointers(args)])).replace(/\n$/, '')
      } catch (error) {
        throw localFailure({args, exitCode: 128, stderr: messageOf(error)})
      }
    },

    network,

    async fetch(args, given) {
      // Git notes what it fetched in the git folder that it works in; the clone's own is open to agents.
      if (options.ownFolder === undefined) throw new Error('only a runner with a folder of its own fetches')
      const folder = await makeFetchFolder(options.ownFolder)
      try {
        const result = await network(args, given, fetchEnvironment(folder))
        return {...result, fetched: (await plainText(join(folder, 'FETCH_HEAD'))) ?? ''}
      } finally {
        await rm(folder, {recursive: true, force: true})
      }
    },

    async program(file, {args, input, remote}) {
      const token = await options.token(remote.url)
      const secret = token ?? remote.password
      try {
        const login = loginEnv(remote, token)
        const result = await run(file, {
          args,
          input,
          cwd: options.dir,
          env: {
            ...withoutSecret(options.env, secret),
            ...environment({GIT_ALLOW_PROTOCOL: ALLOWED_PROTOCOLS, ...login}),
          },
          timeoutMs: LONG_TIMEOUT_MS,
          accept: ANY_EXIT_CODE,
        })
        return {...result, stdout: scrub(result.stdout, secret), stderr: scrub(result.stderr, secret)}
      } catch (error) {
        return {exitCode: 127, stdout: '', stderr: scrub(messageOf(error), secret)}
      }
    },
  }
}

/** The person's environment for the person's program, whose login comes by git's configuration only. */
function withoutSecret(env: RunnerOptions['env'], secret: string | null): Record<string, string> {
  const plain = Object.entries(partTokens(env, undefined).plain)
  return Object.fromEntries(plain.filter(([, value]) => secret === null || !value.includes(secret)))
}

function placeArgs(at: Place): string[] {
  return typeof at === 'string' ? [] : [`--git-dir=${at.gitDir}`, `--work-tree=${at.path}`]
}

function commonDirOf(at: Place): Record<string, string> {
  return typeof at === 'string' || at.commonDir === undefined ? {} : {GIT_COMMON_DIR: at.commonDir}
}

function folderOf(at: Place): string {
  return typeof at === 'string' ? at : at.path
}

/** Git asks nothing on the terminal, answers in English, and never takes the agent's index lock to read. */
function buildEnv({env, ownFolder}: RunnerOptions): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => KEPT_VARIABLES.test(entry[0]) && entry[1] !== undefined,
  )
  return {
    ...Object.fromEntries(kept),
    ...offProxy(env),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    // Only a call that is meant to reach the network allows a transport.
    GIT_ALLOW_PROTOCOL: '',
    ...PLAIN_OBJECTS,
    ...(ownFolder === undefined ? {} : {GIT_COMMON_DIR: ownFolder}),
  }
}

function createReader(baseDir: string, env: Record<string, string>): SimpleGit {
  return simpleGit({
    baseDir,
    timeout: {block: LOCAL_TIMEOUT_MS},
    config: [...FIXED_CONFIG],
    allowEnvironment: Object.keys(env),
    unsafe: {
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeSshCommand: true,
    },
  }).env(env)
}

/** Whether an error is that there is no such program. */
export function isMissingProgram(error: unknown): boolean {
  return hasCode(error, 'run-failed') && /ENOENT/.test(error.message)
}

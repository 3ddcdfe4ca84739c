import {type FSWatcher, statSync, watch} from 'node:fs'
import {join} from 'node:path'
import type {Clock} from '../../base/clock.ts'
import {type ErrorData, toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {repeat} from '../../base/repeat.ts'
import {CONFIG_FILE, configOf, readConfigText} from '../../config/load.ts'
import {changedKeys, takenUp} from '../../model/data/config/in-force.ts'
import type {Config} from '../../model/data/config.ts'
import {hasWorktrees, worktreeRoot} from '../start/worktree-root.ts'

/** Some file systems report no changes, and a link may lead to a file elsewhere. */
const LOOK_MS = 15_000
/** An editor or git may write in several steps: what is read counts when it has been the same for so long. */
const SETTLE_MS = 300
/** The same for a file that is gone or empty, which mostly is about to be written. */
const EMPTY_SETTLE_MS = 2000

const KEPT = 'the daemon still uses what it read before'
const MEND = `correct ${CONFIG_FILE}: it is taken up as soon as it is right`

const WORKTREE_ROOT = 'agents.workspace_root'

/** The stamp of a file that is not there. */
const NO_FILE = 'no file'

/** The file's stamp, the first look that found it, and whether no read can tell more while the stamp is this one. */
type Seen = {stamp: string | null; since: number; isKnown: boolean}

/**
 * What was read, and when a first read of it had ended: one that a write overtakes can find the beginning of the new text,
 * as long as the old one, so a second read has to find the same. `error`: it could not be read.
 */
type Reading = {text: string | null; error: ErrorData | null; since: number}

/**
 * Watches the repository's `clambake.toml`, and takes up what a person changes there. A file that is wrong, gone or empty
 * leaves the configuration as it is, which is shown until it is mended: nothing that a person wrote there to limit agents
 * ends by a slip. Only the file of the main checkout counts, never one in an agent's worktree.
 */
export function watchConfiguration(options: {
  root: string
  env: NodeJS.ProcessEnv
  clock: Clock
  log: Log
  /** The configuration in force. */
  running: () => Config
  takeUp: (config: Config) => void
  /** Throws when the configuration is refused for another reason than its text. */
  check?: (config: Config) => void
  onTrouble: (name: string, error: ErrorData | null) => void
}): Disposable {
  const {root, env, clock, log, running, takeUp, check, onTrouble} = options
  const file = join(root, CONFIG_FILE)
  let seen: Seen | null = null
  let last: Reading | null = null
  /** What was acted on; undefined: nothing yet. */
  let done: Reading | undefined
  /** False: without the file, the defaults are in force from the start. */
  let hadSettings = false
  let loop = repeat(clock, 0, look)

  /** Reads the file unless it is still as it was read; gives the milliseconds until the next look. */
  async function look(): Promise<number> {
    const stamp = stampOf(file)
    if (!seen || seen.stamp !== stamp) seen = {stamp, since: clock.monotonic(), isKnown: false}
    if (seen.isKnown) return LOOK_MS
    const mine = seen
    const reading = await read(stamp)
    const isSame = last !== null && last.text === reading.text && last.error?.message === reading.error?.message
    if (!isSame) last = reading
    const {text, since} = last!
    if (last === done) {
      // Two writes in one tick of the file system's clock have one stamp, so it counts only when it is old.
      mine.isKnown = stamp !== null && !reading.error && reading.since - mine.since >= LOOK_MS
      return LOOK_MS
    }
    const settles = isEmpty(text) ? EMPTY_SETTLE_MS : SETTLE_MS
    const left = done === undefined ? 0 : since + settles - clock.monotonic()
    if (left > 0) return left
    act(last!)
    return LOOK_MS
  }

  async function read(stamp: string | null): Promise<Reading> {
    try {
      const text = stamp === NO_FILE ? null : await readConfigText(file)
      return {text, error: null, since: clock.monotonic()}
    } catch (error) {
      return {text: null, error: toErrorData(error), since: clock.monotonic()}
    }
  }

  function act(reading: Reading): void {
    done = reading
    if (reading.error) return refuse(reading.error)
    if (isEmpty(reading.text)) return onTrouble('configuration', hadSettings ? gone(reading.text) : null)
    hadSettings = true
    try {
      const read = configOf(reading.text!, {file: CONFIG_FILE, env})
      check?.(read)
      const {config, waiting} = takenUp(running(), read)
      const changed = changedKeys(running(), config)
      if (changed.length > 0) {
        log.info('the configuration is taken up', {changed})
        takeUp(config)
      }
      onTrouble('configuration', waiting.length === 0 ? null : waits(waiting, worktreeRoot(root, running())))
    } catch (error) {
      refuse(toErrorData(error))
    }
  }

  function refuse({message, ...more}: ErrorData): void {
    const line = message.replaceAll(/\s*\n\s*/g, '; ')
    log.warn('the configuration is not taken up', {error: line})
    const next = more.code === 'wrong-config' ? {next: MEND} : {}
    onTrouble('configuration', {...more, ...next, message: line, kept: KEPT})
  }

  /** Looks again at once: `repeat` does not end a look that is under way, whose result is the same. */
  function lookSoon(): void {
    seen = null
    loop[Symbol.dispose]()
    loop = repeat(clock, 0, look)
  }

  const watcher = watchFolder(root, lookSoon)
  return {
    [Symbol.dispose]() {
      watcher?.close()
      loop[Symbol.dispose]()
    },
  }
}

/** Calls `onChange` when the file is changed, replaced or removed; null: the system reports no changes there. */
function watchFolder(root: string, onChange: () => void): FSWatcher | null {
  try {
    const watcher = watch(root, {persistent: false}, (_, name) => {
      if (name === null || name === CONFIG_FILE) onChange()
    })
    // The looks now and then go on.
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return null
  }
}

/** What changes with each write to the file, and when another takes its place; null: it cannot be told. */
function stampOf(file: string): string | null {
  try {
    const found = statSync(file, {bigint: true, throwIfNoEntry: false})
    if (!found) return NO_FILE
    return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ')
  } catch {
    return null
  }
}

function isEmpty(text: string | null): boolean {
  return text === null || text.trim() === ''
}

function gone(text: string | null): ErrorData {
  return {
    code: 'wrong-config',
    message: `${CONFIG_FILE} is ${text === null ? 'gone' : 'empty'}, and its settings stay in force`,
    kept: KEPT,
    next: `git checkout -- ${CONFIG_FILE} brings it back; clambake daemon restart takes the defaults`,
    exitCode: 1,
  }
}

/** `worktrees`: their folder now; its change waits until no ticket has a worktree there. */
function waits(keys: readonly string[], worktrees: string): ErrorData {
  const [is, them] = keys.length === 1 ? ['is', 'it'] : ['are', 'them']
  const isKept = keys.includes(WORKTREE_ROOT) && hasWorktrees(worktrees)
  const once = `${keys.length === 1 ? '' : `, ${WORKTREE_ROOT}`} once ${worktrees} has no worktree of a ticket`
  return {
    code: 'wrong-config',
    message: `${keys.join(', ')} of ${CONFIG_FILE} ${is} changed: clambake daemon restart takes ${them} up${isKept ? once : ''}`,
    kept: 'the daemon works by what it was started with; agents keep running',
    next: 'clambake daemon restart',
    exitCode: 1,
  }
}

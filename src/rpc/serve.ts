import {chmodSync, existsSync, rmSync, statSync} from 'node:fs'
import {createConnection, createServer, type Server as NetServer} from 'node:net'
import {dirname} from 'node:path'
import {type Clock, systemClock} from '../base/clock.ts'
import {ClambakeError, messageOf} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import {ensureSocketFolder, removeSocketFolder} from '../base/paths.ts'
import type {Hello} from '../protocol/hello.ts'
import type {Api, Topics} from '../protocol/rpc-message.ts'
import {type CallerRules, createCallerCheck} from './caller.ts'
import {connect} from './connect.ts'
import type {ProcessLock} from './lock.ts'
import {type Coalesce, type Handlers, type Peer, ServedPeer} from './peer.ts'
import {removeProofs} from './proof.ts'

/** The pause between two looks at the socket file: cleaners of temporary folders remove it, and nothing could connect. */
const SOCKET_CHECK_MS = 2000
/** How long peers get to close their halves; one that hangs never does. */
const CLOSE_GRACE_MS = 1000
/** How often a folder is made for a socket while another process, which ends, removes it as empty. */
const FOLDER_TRIES = 5

export type ServeOptions<A extends Api, T extends Topics> = {
  /** The path of the unix socket; a missing folder is created. */
  path: string
  /** Proves that this process is the only one of its kind, so it may remove a socket file that was left behind. */
  lock: ProcessLock
  hello: Hello
  handlers: Handlers<A, T>
  /** How two waiting messages of a topic are merged while a reader is slow; other topics wait unmerged. */
  coalesce?: Coalesce<T>
  /** Tells who calls; without it every caller counts as a person. */
  callers?: CallerRules
  /** Called when a peer has said hello, before its first call. */
  onPeer?: (peer: Peer<T>) => void
  /**
   * Called once when another process serves at the path: the folder with socket and lock was removed, and that process
   * started before this one made its socket again. None can connect to this one from then on.
   */
  onReplaced?: () => void
  /**
   * Called once, seconds after the lock's file was removed, with most likely all that the process keeps beside it. Without
   * it, this process takes the lock again, so that others find it and no second one starts.
   */
  onRemoved?: () => void
  log: Log
  clock?: Clock
}

export type Server<T extends Topics> = AsyncDisposable & {
  /** The connected peers that have said hello. */
  readonly peers: ReadonlySet<Peer<T>>
  /** Sends to every peer that has made a call and is a person's, or another process of Clambake. */
  broadcast<K extends keyof T & string>(topic: K, data: T[K]): void
}

/**
 * Serves an interface on a unix socket that only this user can reach. The synchronous parts of handlers run in the order
 * of the calls. A ClambakeError travels to the caller; any other error is logged and travels as `internal`.
 * A reader that is 64 MB behind is cut off: it reconnects and asks for the state again.
 * Throws `socket-in-use` if a process answers at the path although this one holds the lock.
 */
export async function serve<A extends Api, T extends Topics>(options: ServeOptions<A, T>): Promise<Server<T>> {
  const {path, log, clock = systemClock} = options
  const connections = new Set<ServedPeer<A, T>>()
  const peers = new Set<ServedPeer<A, T>>()
  const check = options.callers ? createCallerCheck(options.callers) : null
  let disposed = false
  let replaced = false
  let looksWithoutLock = 0
  let look: Disposable

  const open = async () => {
    if (await answers(path)) throw socketInUse(path)
    const server = createServer(socket => {
      const peer = new ServedPeer<A, T>({
        socket,
        own: options.hello,
        handlers: options.handlers,
        coalesce: options.coalesce ?? {},
        check,
        path,
        log,
        clock,
        onOpen: opened => {
          peers.add(opened)
          options.onPeer?.(opened)
        },
        onGone: gone => {
          peers.delete(gone)
          connections.delete(gone)
        },
      })
      connections.add(peer)
    })
    for (let tries = 1; ; tries++) {
      try {
        ensureSocketFolder(path)
        rmSync(path, {force: true})
        removeProofs(path)
        await listen(server, path)
        break
      } catch (error) {
        if (tries === FOLDER_TRIES || existsSync(dirname(path))) throw error
      }
    }
    server.on('error', error => log.error('socket failed', {error: error.message}))
    return server
  }

  let server = await open()
  let own = fileAt(path)

  /** Takes the lock again, or says that it is gone; gives whether the socket is still this process's to make. */
  const lockIsGone = (): boolean => {
    const {onRemoved, lock} = options
    // At the second look: a process that is started again finds the sockets of the others made again by then.
    if (++looksWithoutLock === 2) {
      log.warn('lock file is missing', {file: lock.file})
      onRemoved?.()
    }
    if (onRemoved !== undefined) return true
    try {
      return lock.renew()
    } catch (error) {
      log.error('the lock could not be taken again', {error: messageOf(error)})
      return true
    }
  }

  const reopenIfGone = async () => {
    const keepsLock = existsSync(options.lock.file) || lockIsGone()
    if (!existsSync(path) && keepsLock) {
      log.warn('socket file is missing, creating it again', {path})
      // Closing removes the file at the path, so the old listener closes before the new one opens.
      server.close()
      try {
        server = await open()
        own = fileAt(path)
      } catch (error) {
        log.error('socket could not be created again', {path, error: messageOf(error)})
      }
    } else if (existsSync(path) && fileAt(path) !== own) {
      const other = await answering(path, options.hello)
      if (other !== null && other.instance !== options.hello.instance && !disposed) {
        replaced = true
        log.warn('another process serves at the socket', {path, other: other.pid})
        options.onReplaced?.()
        return
      }
      if (other !== null) own = fileAt(path)
    }
    if (!disposed) look = clock.after(SOCKET_CHECK_MS, reopenIfGone)
  }
  look = clock.after(SOCKET_CHECK_MS, reopenIfGone)

  return {
    peers,
    broadcast(topic, data) {
      for (const peer of peers) if (peer.caller?.kind === 'person') peer.send(topic, data)
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      look[Symbol.dispose]()
      if (replaced) {
        // Closing would remove the other process's socket.
        server.unref()
        for (const connection of connections) connection.destroy()
        return
      }
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const connection of connections) connection.end()
      using _cut = clock.after(CLOSE_GRACE_MS, () => {
        for (const connection of connections) connection.destroy()
      })
      await closed
      removeProofs(path)
      removeSocketFolder(path)
    },
  }
}

async function listen(server: NetServer, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
  chmodSync(path, 0o600)
}

/** Tells the file at a path from one that takes its place; undefined: there is none. */
function fileAt(path: string): string | undefined {
  const stat = statSync(path, {throwIfNoEntry: false, bigint: true})
  return stat && `${stat.dev}:${stat.ino}:${stat.birthtimeNs}`
}

/** The hello of the process that serves at the path; null: none does, or it does not say. */
async function answering(path: string, hello: Hello): Promise<Hello | null> {
  try {
    await using connection = await connect({path, hello})
    return connection.peer
  } catch {
    return null // It may be starting or ending: the next look asks again.
  }
}

/** Whether a process accepts connections at the path. */
function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createConnection(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function socketInUse(path: string): ClambakeError {
  return new ClambakeError({
    code: 'socket-in-use',
    message: `Another process answers at ${path}`,
    kept: 'it was left alone',
    next: 'find it with `lsof` and end it, or set CLAMBAKE_STATE_DIR to another folder',
  })
}

import {type Clock, poll} from '../base/clock.ts'
import type {Log} from '../base/log.ts'
import {isAlive} from '../base/run.ts'
import {SHAPE, VERSION} from '../base/version.ts'
import {PROTOCOL_VERSION} from '../protocol/hello.ts'
import {ATTENTION, type HostApi, type HostTopics} from '../protocol/host-api.ts'
import type {ProcessLock} from '../rpc/lock.ts'
import {type Server, serve} from '../rpc/serve.ts'
import {hostHandlers} from './handlers.ts'
import {Mailbox} from './mailbox.ts'
import {Panes} from './panes.ts'
import {RepositoryGone} from './repository-gone.ts'
import {Supervisor} from './supervisor.ts'

const SHUTDOWN_GRACE_MS = 5000
/** How long a host without panes, connections and a supervised daemon keeps running. */
const IDLE_MS = 60_000
/**
 * How long a host that another one has replaced leaves its agents running: the daemon ends those that it resumes in the
 * new host, and it must not meet two who end the processes of one session.
 */
const REPLACED_MS = 60_000

/** Serves until the signal aborts, a caller asks for the end, or the host has been idle; then it ends every pane. */
export async function runHost(options: {
  socket: string
  lock: ProcessLock
  clock: Clock
  log: Log
  signal: AbortSignal
}): Promise<void> {
  const {lock, clock, log} = options
  const ended = Promise.withResolvers<void>()
  options.signal.addEventListener('abort', () => ended.resolve(), {once: true})

  let server: Server<HostTopics> | undefined
  let replacedAt: number | undefined
  const panes = new Panes({
    clock,
    onChange: info => server?.broadcast('pane', info),
    onProgramCall: (pane, call) => mailbox.note(pane, ATTENTION, call),
  })
  // Screens do not read mail.
  const readers = () =>
    [...(server?.peers ?? [])].filter(({hello, caller}) => hello.role !== 'client' && caller?.kind === 'person')
  using supervisor = new Supervisor({clock, log})
  await using mailbox = await Mailbox.open({
    log,
    clock,
    onMail(item) {
      for (const peer of readers()) peer.send('mail', item)
    },
    isRead: () => readers().length > 0,
  })
  await using serving = await serve<HostApi, HostTopics>({
    path: options.socket,
    lock,
    hello: {
      protocol: PROTOCOL_VERSION,
      version: VERSION,
      shape: SHAPE,
      role: 'host',
      pid: process.pid,
      instance: crypto.randomUUID(),
    },
    handlers: hostHandlers({panes, mailbox, supervisor, clock, end: ended.resolve}),
    callers: {
      above: () => [process.pid],
      except: () => (supervisor.pid === undefined ? [] : [supervisor.pid]),
      sessions: () => panes.list().map(({session}) => session),
    },
    onReplaced() {
      // No daemon reaches the agents here any more: what they did is in their worktrees, and they must not work unseen.
      supervisor.release()
      replacedAt = clock.monotonic()
    },
    log,
    clock,
  })
  server = serving
  log.info('host serves', {socket: options.socket})

  const isIdle = () =>
    panes.list().length === 0 && panes.running === 0 && serving.peers.size === 0 && !supervisor.active
  const gone = new RepositoryGone(clock)
  async function endAll(): Promise<void> {
    log.warn('the repository is gone, everything that works for it is ended')
    const {pid} = supervisor
    supervisor.end()
    // A daemon that sees its agents end would start them again.
    const hasEnded = () => pid === undefined || !isAlive(pid) || undefined
    await poll(hasEnded, {everyMs: 100, timeoutMs: SHUTDOWN_GRACE_MS, clock})
    ended.resolve()
  }
  let idleSince: number | undefined
  let check: Disposable
  const watch = () => {
    const now = clock.monotonic()
    idleSince = isIdle() ? (idleSince ?? now) : undefined
    if (idleSince !== undefined && now - idleSince >= IDLE_MS) ended.resolve()
    void gone.look(supervisor.cwd).then(isGone => (isGone ? endAll() : undefined))
    if (replacedAt !== undefined && (panes.running === 0 || now - replacedAt >= REPLACED_MS)) ended.resolve()
    check = clock.after(IDLE_MS / 4, watch)
  }
  watch()

  await ended.promise
  check![Symbol.dispose]()
  // A daemon that ends meanwhile must not be restarted by a host that is ending.
  supervisor.release()
  const stopped = await panes.stopAll(SHUTDOWN_GRACE_MS)
  log.info('host ends', {stopped})
}

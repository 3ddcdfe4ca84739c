import {expect} from 'vitest'
import {createFakeClock, type FakeClock} from '../../fixtures/clock/clock.ts'
import type {ProfileFault} from '../../src/agents/profile.ts'
import {sleep} from '../../src/base/clock.ts'
import type {ClambakeError} from '../../src/base/errors.ts'
import {silentLog} from '../../src/base/log.ts'
import {liveConfig} from '../../src/config/live.ts'
import type {PermissionStore} from '../../src/daemon/agents/standing-permissions.ts'
import {createReviewStore, type ReviewStore, type TextStore} from '../../src/daemon/reviews/store.ts'
import {type Services, wireServices} from '../../src/daemon/services.ts'
import type {Sessions, World} from '../../src/daemon/world.ts'
import type {Mode} from '../../src/model/core/facts.ts'
import type {Config} from '../../src/model/data/config.ts'
import {noTicketTraces} from '../../src/telemetry/tickets.ts'
import {aConfig} from '../model/builders.ts'
import {type MemoryGit, memoryGit} from './memory-git.ts'
import {type MemoryGithub, memoryGithub} from './memory-github.ts'
import {type MemoryHost, memoryHost, memoryHub, type Play} from './memory-host.ts'

export const BY_HAND: Mode = {routing: 'by hand', landing: 'by hand'}
export const AT_ONCE: Mode = {routing: 'auto', landing: 'at once'}

/** A daemon over a memory world. */
export type RunningDaemon = Services & {
  /** Ends it like kill -9: nothing that it was about to do happens. */
  kill(): void
}

/** Everything outside a daemon, in memory; it outlives the daemons that run over it. */
export type MemoryWorld = {
  readonly clock: FakeClock
  readonly git: MemoryGit
  readonly github: MemoryGithub
  readonly host: MemoryHost
  readonly hub: ReturnType<typeof memoryHub>
  readonly config: Config
  /** Why no agent can start on this machine; null: nothing is missing. */
  missing: ProfileFault | null
  readonly permissionStore: ReturnType<typeof memoryPermissionStore>
  readonly reviewStore: ReviewStore
  /** What sessions do with each other; null: nothing. */
  sessions: Sessions | null
  /** What no run may do, as it happened: calls without an end while no time passes. */
  readonly wrong: string[]
  /** Another clone of the same remote, with a terminal host of its own. */
  another(owner: string): MemoryWorld
  /** Starts a daemon; `watch` sees each of its gateway calls and may kill it. */
  start(options?: StartOptions): Promise<RunningDaemon>
  /** Lets time pass until the condition holds, at most ten minutes. */
  until(condition: () => boolean, what: string): Promise<void>
}

type StartOptions = {
  mode?: Mode
  watch?: Watch
  /** What goes wrong with a gateway call; null: nothing. */
  fault?: (call: string) => Fault | null
  /** The error with which an effect fails; null: it does not. */
  failing?: (effect: string) => ClambakeError | null
  /** Whether this daemon is killed at a crash point, such as `record:before`; then `onCrash` is called. */
  crash?: (point: string) => boolean
  onCrash?: (point: string) => void
}

/** A call is late, is refused before anything is done, or is done although its caller gets an error. */
export type Fault = {lateMs?: number; refused?: ClambakeError; unanswered?: ClambakeError}

/** Called before and after each gateway call, such as `git.fetch`. */
export type Watch = (call: string, side: 'before' | 'after', daemon: {kill(): void}) => void

/** So many calls without time in between are a loop that turns at the speed of the answers. */
const ENDLESS_CALLS = 2000

/** `root`: the folder of the main checkout, which need not exist. */
export function memoryWorld(change: Record<string, unknown> = {}, play?: Play, root?: string): MemoryWorld {
  const clock = createFakeClock()
  const git = memoryGit(root, undefined, () => clock.now())
  const config = aConfig({integration: {ci_timeout: 5}, ...change})
  return worldAround({clock, git, github: memoryGithub(git), config, owner: 'me', play, wrong: []})
}

type Around = Pick<MemoryWorld, 'clock' | 'git' | 'github' | 'config' | 'wrong'> & {
  owner: string
  play: Play | undefined
}

function worldAround({clock, git, github, config, owner, play, wrong}: Around): MemoryWorld {
  const host = memoryHost(clock)
  const hub = memoryHub(clock)
  const permissionStore = memoryPermissionStore()
  const reviewStore = createReviewStore(memoryTexts())
  host.play = play ?? diligent({git, host})

  async function start({
    mode = BY_HAND,
    watch,
    fault,
    failing,
    crash,
    onCrash,
  }: StartOptions = {}): Promise<RunningDaemon> {
    let dead = false
    const daemon = {
      kill() {
        dead = true
      },
    }
    let [calls, at] = [0, 0]
    const guard = (call: string) => {
      calls = clock.monotonic() === at ? calls + 1 : 0
      at = clock.monotonic()
      if (calls < ENDLESS_CALLS) return
      wrong.push(`it calls ${call} without an end`)
      daemon.kill()
    }
    const killable = <T extends object>(name: string, gateway: T): T => {
      const see = (call: string, side: 'before' | 'after') => {
        if (!dead) watch?.(`${name}.${call}`, side, daemon)
      }
      return new Proxy(gateway, {
        get(target, key) {
          const method = Reflect.get(target, key)
          if (typeof method !== 'function' || AT_ONCE_METHODS.includes(String(key))) return method
          return (...args: unknown[]) => {
            see(String(key), 'before')
            if (!dead) guard(`${name}.${String(key)}`)
            const wrongs = dead ? null : (fault?.(`${name}.${String(key)}`) ?? null)
            const reached = () => (dead ? NEVER : Reflect.apply(method, target, args))
            const answer: Promise<unknown> = wrongs ? faulty(wrongs, clock, reached) : reached()
            return answer.finally(() => see(String(key), 'after')).then(value => (dead ? NEVER : value))
          }
        },
      })
    }
    const services = await wireServices(
      {
        ...worldOf({git, github, host, hub, config, clock, permissionStore, reviewStore}),
        owner,
        profileFault: () => world.missing,
        sessions: world.sessions && killable('sessions', world.sessions),
        git: killable('git', git),
        github: killable('github', github),
        host: killable('host', host),
        crash(name, side) {
          const error = side === 'before' && !dead ? failing?.(name) : null
          if (error) throw error
          const point = `${name}:${side}`
          if (dead || !crash?.(point)) return
          daemon.kill()
          onCrash?.(point)
        },
      },
      {mode, shutdown: () => {}},
    )
    return {
      ...services,
      kill() {
        dead = true
        services[Symbol.dispose]()
      },
    }
  }

  async function until(condition: () => boolean, what: string): Promise<void> {
    for (let tries = 0; tries < 1200 && !condition(); tries++) await clock.advance(500)
    expect(wrong, what).toEqual([])
    expect(condition(), what).toBe(true)
  }

  const another = (other: string) =>
    worldAround({
      clock,
      git: memoryGit(`/${other}`, git.remote, () => clock.now()),
      github,
      config,
      owner: other,
      play,
      wrong,
    })
  const world: MemoryWorld = {
    ...{clock, git, github, host, hub, config, permissionStore, reviewStore, wrong, another, start, until},
    missing: null,
    sessions: null,
  }
  return world
}

/** Carries out a call that goes wrong. */
async function faulty({lateMs, refused, unanswered}: Fault, clock: FakeClock, call: () => unknown): Promise<unknown> {
  if (lateMs !== undefined) await sleep(lateMs, clock)
  if (refused) throw refused
  const value = await call()
  if (unanswered) throw unanswered
  return value
}

/** The world that a daemon gets from a memory world. */
export function worldOf(
  world: Pick<MemoryWorld, 'git' | 'github' | 'host' | 'hub' | 'config' | 'clock' | 'permissionStore' | 'reviewStore'>,
): World {
  const {git, github, host, hub, config, clock, permissionStore, reviewStore} = world
  return {
    git,
    github,
    host,
    hub,
    sessions: null,
    ...liveConfig(config),
    profileFault: () => null,
    clock,
    traces: noTicketTraces,
    log: silentLog,
    crash: () => {},
    permissionStore,
    reviewStore,
    env: {},
    owner: 'me',
    hostName: 'here',
    repository: 'acme/widgets',
    defaultBranch: 'main',
    caller: 'ada@here',
    readOnly: false,
  }
}

/** A permission store in memory; `text` is its content. */
function memoryPermissionStore(): PermissionStore & {text: string | null} {
  const store = {
    text: null as string | null,
    read: () => store.text,
    write(text: string) {
      store.text = text
    },
  }
  return store
}

/** Methods that return no promise. */
const AT_ONCE_METHODS = ['openRadar', 'onMail', 'onPane', 'onChange', 'named', 'budget']
/** The result of a dead process's calls. */
const NEVER = new Promise<never>(() => {})

/** An agent that commits once for each prompt and then ends its turn. */
export function diligent({git, host}: {git: MemoryGit; host: MemoryHost}): Play {
  return ({pane, cwd}) => {
    git.commit(cwd, 'work')
    host.say(pane, 'Stop')
  }
}

function memoryTexts(): TextStore {
  const texts = new Map<string, string>()
  return {
    names: () => [...texts.keys()],
    read: name => texts.get(name) ?? null,
    write: (name, text) => void (text === null ? texts.delete(name) : texts.set(name, text)),
  }
}

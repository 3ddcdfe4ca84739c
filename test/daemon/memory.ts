import {expect} from 'vitest'
import {createFakeClock, type FakeClock} from '../../fixtures/clock/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import type {PermissionStore} from '../../src/daemon/agents/standing-permissions.ts'
import {type Services, wireServices} from '../../src/daemon/services.ts'
import type {World} from '../../src/daemon/world.ts'
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
  readonly permissionStore: ReturnType<typeof memoryPermissionStore>
  /** Starts a daemon; `watch` sees each of its gateway calls and may kill it. */
  start(options?: StartOptions): Promise<RunningDaemon>
  /** Lets time pass until the condition holds, at most ten minutes. */
  until(condition: () => boolean, what: string): Promise<void>
}

type StartOptions = {
  mode?: Mode
  watch?: Watch
  /** The crash point at which this daemon is killed, such as `record:before`; then `onCrash` is called. */
  crash?: string
  onCrash?: () => void
}

/** Called before and after each gateway call, such as `git.fetch`. */
export type Watch = (call: string, side: 'before' | 'after', daemon: {kill(): void}) => void

export function memoryWorld(change: Record<string, unknown> = {}, play?: Play): MemoryWorld {
  const clock = createFakeClock()
  const git = memoryGit()
  const github = memoryGithub(git)
  const host = memoryHost(clock)
  const hub = memoryHub(clock)
  const config = aConfig({integration: {ci_timeout: 5}, ...change})
  const permissionStore = memoryPermissionStore()
  host.play = play ?? diligent({git, host})

  async function start({mode = BY_HAND, watch, crash, onCrash}: StartOptions = {}): Promise<RunningDaemon> {
    let dead = false
    const daemon = {
      kill() {
        dead = true
      },
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
            const answer: Promise<unknown> = dead ? NEVER : Reflect.apply(method, target, args)
            return answer.finally(() => see(String(key), 'after')).then(value => (dead ? NEVER : value))
          }
        },
      })
    }
    const services = await wireServices(
      {
        ...worldOf({git, github, host, hub, config, clock, permissionStore}),
        git: killable('git', git),
        github: killable('github', github),
        host: killable('host', host),
        crash(name, side) {
          if (dead || `${name}:${side}` !== crash) return
          daemon.kill()
          onCrash?.()
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
    expect(condition(), what).toBe(true)
  }

  return {clock, git, github, host, hub, config, permissionStore, start, until}
}

/** The world that a daemon gets from a memory world. */
export function worldOf(
  world: Pick<MemoryWorld, 'git' | 'github' | 'host' | 'hub' | 'config' | 'clock' | 'permissionStore'>,
): World {
  const {git, github, host, hub, config, clock, permissionStore} = world
  return {
    git,
    github,
    host,
    hub,
    config,
    clock,
    traces: noTicketTraces,
    log: silentLog,
    crash: () => {},
    permissionStore,
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
const AT_ONCE_METHODS = ['onMail', 'onPane', 'budget']
/** The result of a dead process's calls. */
const NEVER = new Promise<never>(() => {})

/** An agent that commits once for each prompt and then ends its turn. */
export function diligent({git, host}: {git: MemoryGit; host: MemoryHost}): Play {
  return ({pane, cwd}) => {
    git.commit(cwd, 'work')
    host.say(pane, 'Stop')
  }
}

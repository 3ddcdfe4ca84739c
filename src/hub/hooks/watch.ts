import {type Clock, sleep} from '../../base/clock.ts'
import {messageOf} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {processOf} from '../../base/processes/process-id.ts'
import type {CallMessage, HubCall} from '../calls.ts'

import type {Engine} from '../engine.ts'
import {openEngine} from '../open-engine.ts'
import type {HubPlace} from '../place.ts'
import type {HookPaths, PlacePaths} from './folder.ts'
import {readGuard, removeGuard, startWord, writeGuard} from './guard.ts'
import {beatOf, type LocalSession, readSession, removeSession, sessionFolders} from './sessions.ts'
import {offFor} from './switch.ts'

/** How often it looks at the sessions of this machine. */
const LOOK_MS = 2000
/** What is held ends by time too. */
const REFRESH_MS = 10_000
/** A session's signs of life are passed on this often at most. */
const BEAT_MS = 30_000
/** It ends by itself when no session was here for so long. */
export const QUIET_MS = 3 * 60_000
/** A watcher has nothing else to do, but others wait behind it. */
const BUSY_MS = 5000

export type WatchOptions = {
  paths: HookPaths
  place: HubPlace
  files: PlacePaths
  clock: Clock
  log: Log
  quietMs?: number
  /** Ends it. */
  signal?: AbortSignal
}

/**
 * Watches a hub for the hooks of this machine: it writes what is held into the guard after every change, passes on when
 * sessions last used a tool, and lets those leave whose programs have ended. Call it under its lock. It ends when no session
 * is left or the hub is off, and removes the guard then, so that no tool call relies on it.
 */
export async function watchHub(options: WatchOptions): Promise<void> {
  const {paths, place, files, clock, log, quietMs = QUIET_MS, signal} = options
  const own = await processOf(process.pid)
  if (own === null) throw new Error('this process cannot be seen')
  const watcher = {pid: own.pid, start: startWord(own.start)}
  /** Woken by a change in the store. */
  let change = Promise.withResolvers<void>()
  const engine = await openEngine({place, busyMs: BUSY_MS, notify: ({type}) => type === 'changed' && change.resolve()})
  signal?.addEventListener('abort', () => change.resolve(), {once: true})
  const call = callOf(engine)
  const told = {failure: ''}
  const tell = (failure: string) => {
    if (failure !== '' && failure !== told.failure) log.warn('the hub cannot be watched', {reason: failure})
    told.failure = failure
  }

  /** false: there can be no guard. */
  async function refresh(): Promise<boolean> {
    try {
      const {failure} = await call('guard', {file: files.guard, watcher, at: clock.now()})
      if (failure === null) tell('')
      else log.error('the guard of the hooks cannot be written', {reason: failure})
      return failure === null
    } catch (error) {
      tell(messageOf(error))
      return holdOn()
    }
  }

  /** Without a store no call could find out more than was known before; so none waits for it. */
  function holdOn(): boolean {
    try {
      writeGuard(files.guard, {...watcher, words: readGuard(files.guard)?.words ?? []})
      return true
    } catch (error) {
      log.error('the guard of the hooks cannot be written', {reason: messageOf(error)})
      return false
    }
  }

  try {
    await call('watch', null)
    const sessions = createLook(options, call, tell)
    let [quietSince, refreshedAt] = [clock.monotonic(), Number.NEGATIVE_INFINITY]
    let changed = true
    while (signal?.aborted !== true && offFor(paths, null) === null) {
      if (changed || clock.monotonic() - refreshedAt >= REFRESH_MS) {
        change = Promise.withResolvers()
        if (!(await refresh())) return
        refreshedAt = clock.monotonic()
      }
      if (await sessions.look()) quietSince = clock.monotonic()
      if (clock.monotonic() - quietSince > quietMs) return
      const woken = change.promise.then(() => true)
      changed = await Promise.race([woken, sleep(LOOK_MS, clock).then(() => false)])
    }
  } finally {
    removeGuard(files.guard)
    await engine[Symbol.asyncDispose]()
  }
}

function callOf(engine: Engine): HubCall {
  let calls = 0
  const call: HubCall = (name, argument) =>
    engine.run({id: ++calls, name, argument} as CallMessage) as ReturnType<typeof call<typeof name>>
  return call
}

function createLook({paths, files, clock}: WatchOptions, call: HubCall, tell: (failure: string) => void) {
  const passedOn = new Map<string, number>()

  async function left(folder: string, {instance, project}: LocalSession): Promise<void> {
    if (instance === null) return removeSession(folder)
    await call('log', {
      instance,
      project,
      action: 'shutdown',
      detail: 'its program has ended',
      at: clock.now(),
      nonce: `left ${instance} ${beatOf(folder) ?? ''}`,
    })
    await call('deregister', instance)
    removeSession(folder)
  }

  async function passOn(folder: string, {instance}: LocalSession): Promise<void> {
    if (instance === null) return
    const at = Math.min(Math.round(beatOf(folder) ?? 0), clock.now())
    // By its amount, as the clock may have been set back since.
    if (Math.abs(at - (passedOn.get(instance) ?? 0)) < BEAT_MS) return
    await call('beat', {id: instance, at})
    passedOn.set(instance, at)
  }

  return {
    /** Looks at each session of this hub; says whether one is left. */
    async look(): Promise<boolean> {
      let lives = false
      for (const {client, folder} of sessionFolders(paths)) {
        const session = readSession(folder)
        // One that is being made, or another hub's, whose watcher cares for it.
        if (session !== null && session.place !== files.key) continue
        const running = await processOf(session?.process.pid ?? client)
        try {
          if (session === null) {
            if (running === null) removeSession(folder)
          } else if (running?.start === session.process.start) {
            lives = true
            await passOn(folder, session)
          } else await left(folder, session)
        } catch (error) {
          tell(messageOf(error))
        }
      }
      return lives
    },
  }
}

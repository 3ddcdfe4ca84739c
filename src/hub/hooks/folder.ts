import {createHash} from 'node:crypto'
import {join} from 'node:path'
import {HOOK_SCRIPT} from '../../base/processes/process-id.ts'
import type {HubPlace} from '../place.ts'

/** Files by which a client's hooks, the watcher and commands know of each other; all in the user's state folder. */
export type HookPaths = {
  folder: string
  /** The shell script that the client's settings name. */
  script: string
  /** While it is there, the hub is off for this user. */
  off: string
  /** The projects for which it is off: lines of a repository's key and a folder. */
  offProjects: string
  /** What failed without a person seeing it. */
  log: string
  /** A folder for each session of a client on this machine, named by its process. */
  sessions: string
  places: string
}

/** `state`: the user's state folder. */
export function hookPaths(state: string): HookPaths {
  const folder = join(state, 'hooks')
  return {
    folder,
    script: join(folder, HOOK_SCRIPT),
    off: join(folder, 'off'),
    offProjects: join(folder, 'off-projects'),
    log: join(folder, 'hooks.log'),
    sessions: join(folder, 'sessions'),
    places: join(folder, 'places'),
  }
}

/** Files about one hub: what is held there, and the watcher that keeps that up to date. */
export type PlacePaths = {
  key: string
  folder: string
  guard: string
  lock: string
  info: string
  /** Touched when the hub did not answer a hook. */
  down: string
}

/** The files about a hub's place. A password in its address is no part of the name. */
export function placePaths(paths: HookPaths, place: HubPlace): PlacePaths {
  const name = place.kind === 'file' ? place.file : withoutPassword(place.url)
  const key = createHash('sha256').update(name).digest('hex').slice(0, 12)
  const folder = join(paths.places, key)
  return {
    key,
    folder,
    guard: join(folder, 'guard'),
    lock: join(folder, 'watch.lock'),
    info: join(folder, 'watch.json'),
    down: join(folder, 'down'),
  }
}

function withoutPassword(address: string): string {
  const url = new URL(address)
  url.password = ''
  return url.href
}

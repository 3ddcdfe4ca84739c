import {hasCode} from '../../base/errors.ts'
import {stateFolder} from '../../base/paths.ts'
import type {Place} from '../../daemon/place.ts'
import {hookPaths} from '../../hub/hooks/folder.ts'
import {offFor, type SwitchedProject} from '../../hub/hooks/switch.ts'
import {HubOff} from './hub-off.ts'

type Where = {env: NodeJS.ProcessEnv; place: () => Promise<Place>}

/** Throws HubOff where a person turned the hub off, for all or for this repository. */
export async function refuseOff(where: Where): Promise<void> {
  const off = await offHere(where)
  if (off !== null) throw new HubOff(off)
}

/** Whether the hub is off here; null: it is on. */
export async function offHere({env, place}: Where): Promise<'user' | 'project' | null> {
  return offFor(hookPaths(stateFolder(env)), await projectHere(place))
}

/** The repository as the switch knows it; null: there is none here. */
export async function projectHere(place: Where['place']): Promise<SwitchedProject | null> {
  try {
    const {root, paths} = await place()
    return {key: paths.key, folder: root}
  } catch (error) {
    if (hasCode(error, 'not-a-repository')) return null
    throw error
  }
}

import {systemClock} from '../base/clock.ts'
import {createDoor} from './door.ts'
import {checkGit, type Location, locate, realFolder} from './open.ts'

/** Where the repository around `dir` is, without speaking to its remote. Throws as `openRepository`. */
export async function findPlace(options: {dir: string; env: NodeJS.ProcessEnv}): Promise<Location> {
  const dir = await realFolder(options.dir)
  const door = createDoor({dir, env: options.env, token: async () => null, now: () => systemClock.now()})
  // Both at once: every command waits for this. What is wrong with git itself is told first.
  const [checked, located] = await Promise.allSettled([checkGit(door), locate(door, dir)])
  if (checked.status === 'rejected') throw checked.reason
  if (located.status === 'rejected') throw located.reason
  return located.value
}

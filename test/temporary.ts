import {accessSync, constants, readFileSync, rmSync, statfsSync} from 'node:fs'
import {freemem, tmpdir} from 'node:os'
import {makeOwnFolder} from './own-folder.ts'

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm'
/** Ten times what a run of the whole suite was seen to need of it at once. */
const ROOM_BYTES = 1024 ** 3

/**
 * Gives a run of the tests a temporary folder of its own, which goes with it; what one that was killed left, its processes
 * too, the next one ends. In memory where there is room: nothing in it outlives the run, and git, which waits for
 * the disk after each object, is a sixth cheaper there. `TMPDIR` names another place.
 */
export async function setup(): Promise<void> {
  const path = await makeOwnFolder(process.env.TMPDIR ?? memoryFolder() ?? tmpdir(), line => console.log(line))
  // Workers are ended after the last teardown.
  process.once('exit', () => rmSync(path, {recursive: true, force: true}))
}

/** null: there is none, it is not ours to use, it is small, or no program may be run from it, as in some containers. */
function memoryFolder(): string | null {
  try {
    accessSync(MEMORY, constants.W_OK)
    const mounted = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map(line => line.split(' '))
    const options = mounted.findLast(([, at]) => at === MEMORY)?.[3]?.split(',') ?? []
    const {bavail, bsize} = statfsSync(MEMORY)
    const hasRoom = Math.min(bavail * bsize, freemem()) >= ROOM_BYTES
    return options.includes('rw') && !options.includes('noexec') && hasRoom ? MEMORY : null
  } catch {
    return null
  }
}

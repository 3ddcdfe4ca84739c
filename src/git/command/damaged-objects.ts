import {mkdir, open, readdir, readFile, rename} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {inflate} from 'node:zlib'
import {isSystemError} from '../../base/errors.ts'

/** Where files are kept that git takes for objects and cannot read. */
const ASIDE = 'clambake-damaged-objects'

/** The loose object that a failed git command could not read; null: it failed of something else. */
export function damagedObjectIn(stderr: string): string | null {
  const named =
    /loose object ([0-9a-f]{40,}) .*is corrupt|object file \S*?([0-9a-f]{2}\/[0-9a-f]{38,}) is empty|unable to unpack ([0-9a-f]{40,}) header/.exec(
      stderr,
    )
  return named === null ? null : (named[1] ?? named[2] ?? named[3] ?? '').replace('/', '')
}

/**
 * Moves away the loose objects that are empty or none, and the named one if it has no end. Git takes such a file for the object: it
 * neither writes nor fetches it again. Without it, a fetch brings it or a file of a worktree makes it anew. Gives how many.
 */
export async function putDamagedAside(gitFolder: string, named: string): Promise<number> {
  const objects = join(gitFolder, 'objects')
  const aside = join(gitFolder, ASIDE)
  let count = 0
  for (const folder of (await readdir(objects)).filter(name => /^[0-9a-f]{2}$/.test(name))) {
    for (const name of (await readdir(join(objects, folder))).filter(name => /^[0-9a-f]{38,}$/.test(name))) {
      const file = join(objects, folder, name)
      const isWhole = folder + name === named ? await inflates(file) : await beginsAsObject(file)
      if (isWhole) continue
      await mkdir(aside, {recursive: true})
      await rename(file, join(aside, folder + name))
      count += 1
    }
  }
  return count
}

async function beginsAsObject(file: string): Promise<boolean> {
  try {
    await using handle = await open(file)
    const {bytesRead, buffer} = await handle.read(Buffer.alloc(2), 0, 2, 0)
    // The header of zlib, by which git itself knows an object.
    return bytesRead === 2 && (buffer[0]! & 0x8f) === 0x08 && buffer.readUInt16BE() % 31 === 0
  } catch (error) {
    // It was packed meanwhile.
    if (isSystemError(error, 'ENOENT')) return true
    throw error
  }
}

async function inflates(file: string): Promise<boolean> {
  try {
    await promisify(inflate)(await readFile(file))
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return true
    if (error instanceof Error && 'code' in error && /^(?:Z_|ERR_)/.test(String(error.code))) return false
    throw error
  }
}

import {mkdir, open, readdir, rename} from 'node:fs/promises'
import {join} from 'node:path'
import {isSystemError} from '../../base/errors.ts'
import {lastLines} from '../command/failures.ts'
import type {Context} from '../context.ts'

/** The first byte of what zlib writes, with which each loose object begins. */
const ZLIB = 0x78
/** Where files are kept that git takes for objects and cannot read. */
const ASIDE = 'clambake-damaged-objects'

/**
 * Reads every object of a commit that no branch of the remote has; null: all are whole, else what git says. An object that a loss
 * of power emptied counts for git as there: it would not write it again, and a rescue would lose that file.
 */
export async function damageOf({runner}: Pick<Context, 'runner'>, oid: string): Promise<string | null> {
  const args = ['rev-list', '--objects', '--verify-objects', '--quiet', oid, '--not', '--remotes']
  const {exitCode, stderr} = await runner.git(args, {accept: [0, 1, 128]})
  // Of an object with another content git only prints an error.
  return exitCode === 0 && !/^error: /m.test(stderr) ? null : lastLines(stderr)
}

/** Moves away the loose objects that are empty or no objects, so that git writes them again. Gives how many there were. */
export async function putDamagedAside({commonDir, log}: Pick<Context, 'commonDir' | 'log'>): Promise<number> {
  const objects = join(commonDir, 'objects')
  const aside = join(commonDir, ASIDE)
  let count = 0
  for (const folder of (await readdir(objects)).filter(name => /^[0-9a-f]{2}$/.test(name))) {
    for (const name of (await readdir(join(objects, folder))).filter(name => /^[0-9a-f]{38,}$/.test(name))) {
      const file = join(objects, folder, name)
      if (await beginsAsObject(file)) continue
      await mkdir(aside, {recursive: true})
      await rename(file, join(aside, folder + name))
      log.warn('a damaged object was put aside', {object: folder + name})
      count += 1
    }
  }
  return count
}

async function beginsAsObject(file: string): Promise<boolean> {
  try {
    await using handle = await open(file)
    const {bytesRead, buffer} = await handle.read(Buffer.alloc(1), 0, 1, 0)
    return bytesRead === 1 && buffer[0] === ZLIB
  } catch (error) {
    // It was packed meanwhile.
    if (isSystemError(error, 'ENOENT')) return true
    throw error
  }
}

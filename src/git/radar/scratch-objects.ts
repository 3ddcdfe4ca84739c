import {mkdirSync, readdirSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {makeTemporaryFolder} from '../../base/files.ts'
import {isAlive} from '../../base/run.ts'
import type {Context} from '../context.ts'

const PREFIX = 'clambake-radar-'

/** A folder for objects that are needed for a while only: in the repository they would stay as garbage. */
export type ScratchObjects = Disposable & {
  readonly folder: string
  /** Lets git read the repository's objects and write new ones here. */
  readonly env: Readonly<Record<string, string>>
  /** Deletes all objects. */
  clear(): void
}

/** Makes a temporary folder for the objects of tried merges, and removes those of processes that are gone. */
export function createScratchObjects(context: Pick<Context, 'commonDir'>): ScratchObjects {
  const folder = makeTemporaryFolder(`${PREFIX}${process.pid}-`)
  removeLeftBehind()
  const objects = join(folder, 'objects')
  mkdirSync(objects)
  const remove = (path: string) => rmSync(path, {recursive: true, force: true})
  return {
    folder,
    env: {
      GIT_OBJECT_DIRECTORY: objects,
      // Quoted, because a colon separates folders.
      GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(join(context.commonDir, 'objects')),
    },
    clear() {
      remove(objects)
      mkdirSync(objects)
    },
    [Symbol.dispose]: () => remove(folder),
  }
}

/** Removes the folders that killed processes left behind. */
function removeLeftBehind(): void {
  for (const name of readdirSync(tmpdir()).filter(name => name.startsWith(PREFIX))) {
    const path = join(tmpdir(), name)
    const pid = Number(name.slice(PREFIX.length).split('-')[0])
    const found = statSync(path, {throwIfNoEntry: false})
    if (found?.uid === process.getuid?.() && !isAlive(pid)) rmSync(path, {recursive: true, force: true})
  }
}

import {createHash} from 'node:crypto'
import {lstat, readFile, rmdir, unlink} from 'node:fs/promises'
import {dirname, join, relative} from 'node:path'
import {ClambakeError, isSystemError} from '../../base/errors.ts'
import {replaceFile} from '../../base/files.ts'
import type {Checkout} from '../../git/checkout.ts'
import {emptyManifest, MANIFEST_FILE, type Manifest, manifestSchema} from '../../model/init/manifest.ts'
import type {FoundFile} from '../../model/init/step.ts'

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** What exists at a path below the root. Reads nothing through a symbolic link. */
export async function findFile(root: string, path: string, checkout: Checkout): Promise<FoundFile | null> {
  if (await isBehindLink(root, path)) return {kind: 'link'}
  const text = await textAt(root, path)
  return text === null
    ? null
    : {kind: 'text', text, sha256: sha256(text), committed: await checkout.committed(path, text)}
}

/** The text of a file; null: there is no file. */
export async function textAt(root: string, path: string): Promise<string | null> {
  try {
    return await readFile(join(root, path), 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return null
    throw error
  }
}

/**
 * Writes a whole file. Throws `file-changed` if its text is no longer the expected one, and `file-behind-link`.
 */
export async function writeText(
  root: string,
  path: string,
  {text, expected}: {text: string; expected: string | null},
): Promise<void> {
  await refuseChanged(root, path, expected)
  const file = join(root, path)
  await replaceFile(file, text)
}

/** Deletes a file and the folders that this leaves empty. Throws as `writeText`. */
export async function deleteText(root: string, path: string, {expected}: {expected: string}): Promise<void> {
  await refuseChanged(root, path, expected)
  await unlink(join(root, path))
  for (let folder = dirname(join(root, path)); relative(root, folder) !== ''; folder = dirname(folder)) {
    try {
      await rmdir(folder)
    } catch (error) {
      if (isSystemError(error, 'ENOTEMPTY') || isSystemError(error, 'EEXIST')) return
      throw error
    }
  }
}

/** Reads the record of what `init` wrote here. Throws `wrong-manifest` for a file that is no manifest. */
export async function readManifest(root: string): Promise<Manifest> {
  if (await isBehindLink(root, MANIFEST_FILE)) throw behindLink(MANIFEST_FILE)
  const text = await textAt(root, MANIFEST_FILE)
  if (text === null) return emptyManifest
  try {
    return manifestSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new ClambakeError({
      code: 'wrong-manifest',
      message: `${MANIFEST_FILE} is not a manifest of clambake init`,
      kept: 'everything as it is',
      next: `git checkout -- ${MANIFEST_FILE}, or delete it; then all existing files count as yours`,
      cause: error,
    })
  }
}

async function refuseChanged(root: string, path: string, expected: string | null): Promise<void> {
  if (await isBehindLink(root, path)) throw behindLink(path)
  if ((await textAt(root, path)) === expected) return
  throw new ClambakeError({
    code: 'file-changed',
    message: `${path} was changed just now`,
    kept: 'the file as it is',
    next: 'run clambake init again',
  })
}

function behindLink(path: string): Error {
  return new ClambakeError({
    code: 'file-behind-link',
    message: `${path} is, or is behind, a symbolic link`,
    kept: 'the file that it points to',
    next: 'put a real folder or file there',
  })
}

async function isBehindLink(root: string, path: string): Promise<boolean> {
  const parts = path.split('/')
  for (const [index] of parts.entries()) {
    try {
      if ((await lstat(join(root, ...parts.slice(0, index + 1)))).isSymbolicLink()) return true
    } catch (error) {
      if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return false
      throw error
    }
  }
  return false
}

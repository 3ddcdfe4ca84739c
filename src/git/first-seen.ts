import {existsSync} from 'node:fs'
import {join} from 'node:path'
import * as z from 'zod'
import {ClambakeError, usageError} from '../base/errors.ts'
import {plainText, textOrNull, writePrivateFile} from '../base/files.ts'
import {ensurePrivateFolder} from '../base/paths.ts'
import {asLines, type CloneSettings, cloneSettings, type Setting} from './command/own-config.ts'

const firstSeen = z.object({
  url: z.string(),
  pushUrl: z.string(),
  settings: z.array(z.string()),
  shallow: z.boolean(),
  /** The clone's hook that uploads for git-lfs. */
  lfsHook: z.string().nullable(),
  /** The attributes that the clone gives beside those in its commits; a note of an older version has none. */
  attributes: z.string().nullable().optional(),
})
/** What names a program or a server in a clone, as it was when Clambake first worked there or a person accepted it. */
export type FirstSeen = z.infer<typeof firstSeen>

/** The clone's address as its configuration has it now, without credentials. */
export type Address = {url: string; pushUrl: string}

/** What the clone has now. Throws `clone-refused` for what Clambake cannot work with. */
export async function lookAtClone(options: {
  listing: readonly Setting[]
  commonDir: string
  remote: Address
}): Promise<{settings: CloneSettings; now: FirstSeen}> {
  const {listing, commonDir, remote} = options
  const settings = cloneSettings(listing)
  if (settings.refused) throw cloneRefused(settings.refused)
  const now = {
    url: remote.url,
    pushUrl: remote.pushUrl,
    settings: asLines(settings.lasting),
    shallow: existsSync(join(commonDir, 'shallow')),
    lfsHook: await lfsHookIn(commonDir),
    attributes: await plainText(join(commonDir, 'info', 'attributes')),
  }
  return {settings, now}
}

/** The clone's pre-push hook, if it is the one that git-lfs installs. */
async function lfsHookIn(commonDir: string): Promise<string | null> {
  const text = await plainText(join(commonDir, 'hooks', 'pre-push'))
  return text !== null && /lfs/i.test(text) ? text : null
}

/** The note of what was seen; null: there is none yet. Throws `clone-changed` where it cannot be read. */
export function readFirstSeen(note: string): FirstSeen | null {
  const text = textOrNull(note)
  if (text === null) return null
  try {
    return firstSeen.parse(JSON.parse(text))
  } catch (error) {
    throw new ClambakeError({
      code: 'clone-changed',
      message: `${note}, where Clambake noted the clone's configuration, cannot be read`,
      kept: 'nothing was started',
      next: 'clambake trust-clone shows what the clone has now, and notes it again if all of it is yours',
      cause: error,
    })
  }
}

export function writeFirstSeen(note: string, seen: FirstSeen): void {
  ensurePrivateFolder(join(note, '..'))
  writePrivateFile(note, `${JSON.stringify(seen, null, 2)}\n`)
}

/** Something that is not as it was; null: it was or is not set. */
export type CloneChange = {what: string; before: string | null; now: string | null}

/** The changes that keep Clambake from starting. Without `before`, everything is one. */
export function changesOf(options: {before: FirstSeen | null; now: FirstSeen; remoteName: string}): CloneChange[] {
  const {before, now, remoteName} = options
  const changes: CloneChange[] = []
  if (before?.url !== now.url)
    changes.push({what: `the address of ${remoteName}`, before: before?.url ?? null, now: now.url})
  else if (before.pushUrl !== now.pushUrl) {
    changes.push({what: `where ${remoteName} pushes to`, before: before.pushUrl, now: now.pushUrl})
  }
  const [then, today] = [before?.settings ?? [], now.settings].map(valuesByKey) as [Values, Values]
  for (const key of new Set([...then.keys(), ...today.keys()])) {
    const [was, is] = [then.get(key) ?? null, today.get(key) ?? null]
    if (was !== is) changes.push({what: key, before: was, now: is})
  }
  return changes
}

type Values = ReadonlyMap<string, string>

/** A key may have several values. */
function valuesByKey(lines: readonly string[]): Values {
  const values = new Map<string, string>()
  for (const line of lines) {
    const at = line.indexOf('=')
    const [key, value] = [line.slice(0, at), line.slice(at + 1)]
    const before = values.get(key)
    values.set(key, before === undefined ? value : `${before}, ${value}`)
  }
  return values
}

/** Throws `clone-changed` when the clone is not as it was when Clambake first worked in it. */
export function refuseChanges(options: {before: FirstSeen; now: FirstSeen; remoteName: string}): void {
  const changes = changesOf(options)
  if (changes.length === 0) return
  const told = changes.map(({what, before, now}) =>
    what.startsWith('the address') ? `${what} (${before} before, ${now} now)` : what,
  )
  throw usageError({
    code: 'clone-changed',
    message: `The clone's git configuration has changed since Clambake first worked here: ${told.join(', ')}`,
    kept: 'nothing was started: an agent may have changed it, and it says which programs run and where the login goes',
    next: 'if you changed it: clambake trust-clone; if not, change it back in git config --local --edit',
  })
}

function cloneRefused({key, why, next}: {key: string; why: string; next: string}): ClambakeError {
  return usageError({
    code: 'clone-refused',
    message: `Clambake cannot work with ${key} in the clone's git configuration: ${why}`,
    kept: 'nothing was started',
    next,
  })
}

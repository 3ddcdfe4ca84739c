import {mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import * as z from 'zod'
import {isSystemError} from '../../base/errors.ts'
import {textOrNull, writePrivateFile} from '../../base/files.ts'
import {ensurePrivateFolder} from '../../base/paths.ts'
import type {HookPaths, PlacePaths} from './folder.ts'

/** A session of this machine, as its folder describes it. */
const localSession = z.object({
  /** null: it is not registered, as while the hub does not answer. */
  instance: z.string().nullable(),
  project: z.string().nullable(),
  /** The key of the hub's place. */
  place: z.string(),
  process: z.object({pid: z.number().int(), start: z.string()}),
})
export type LocalSession = z.infer<typeof localSession>

const given = z.array(z.number().int())

/** The folder of the session whose client has this number: the script finds it by its parent's. */
export function sessionFolder(paths: HookPaths, client: number): string {
  return join(paths.sessions, String(client))
}

/** Makes a session's folder: who it is, its beat, and what is held where it works. */
export function writeSession(paths: HookPaths, client: number, session: LocalSession, place: PlacePaths): void {
  const folder = sessionFolder(paths, client)
  ensurePrivateFolder(paths.folder)
  mkdirSync(folder, {recursive: true, mode: 0o700})
  writePrivateFile(join(folder, 'session.json'), JSON.stringify(session))
  const draft = join(folder, `guard.${process.pid}`)
  rmSync(draft, {force: true})
  symlinkSync(place.guard, draft)
  renameSync(draft, join(folder, 'guard'))
  writeFileSync(join(folder, 'beat'), '', {mode: 0o600})
}

/** Who a session is; null: its folder is missing or cannot be read. */
export function readSession(folder: string): LocalSession | null {
  const parsed = localSession.safeParse(jsonOf(join(folder, 'session.json')))
  return parsed.success ? parsed.data : null
}

/** When the session's last tool call was, in milliseconds since 1970; null: not known. */
export function beatOf(folder: string): number | null {
  return statSync(join(folder, 'beat'), {throwIfNoEntry: false})?.mtimeMs ?? null
}

export function removeSession(folder: string): void {
  rmSync(folder, {recursive: true, force: true})
}

/** The folders of all sessions, with the number of each client. */
export function sessionFolders(paths: HookPaths): {client: number; folder: string}[] {
  try {
    return readdirSync(paths.sessions)
      .filter(name => /^[1-9]\d*$/.test(name))
      .map(name => ({client: Number(name), folder: join(paths.sessions, name)}))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return []
    throw error
  }
}

/** Notes messages that a session was given before a turn: its next hook shows that a turn began with them. */
export function noteGiven(folder: string, messages: readonly number[]): void {
  if (messages.length === 0) return
  writePrivateFile(join(folder, 'given'), JSON.stringify([...givenTo(folder), ...messages]))
}

/** The messages that were given and not yet noted as begun. */
export function givenTo(folder: string): readonly number[] {
  const parsed = given.safeParse(jsonOf(join(folder, 'given')))
  return parsed.success ? parsed.data : []
}

export function forgetGiven(folder: string): void {
  rmSync(join(folder, 'given'), {force: true})
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(textOrNull(file) ?? 'null')
  } catch {
    return null // It is another program's or half a file: as if it were not there.
  }
}

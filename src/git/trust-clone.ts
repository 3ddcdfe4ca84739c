import {hasCode} from '../base/errors.ts'
import {listSettings} from './command/own-config.ts'
import {createGitRunner} from './command/run-git.ts'
import {type CloneChange, changesOf, type FirstSeen, lookAtClone, readFirstSeen, writeFirstSeen} from './first-seen.ts'
import {findRemote} from './open.ts'
import {noteOf} from './open-runner.ts'

/** What a clone has that is not as Clambake first saw it. `accept` notes exactly what `changes` shows. */
export type ClonePlan = {changes: readonly CloneChange[]; accept(): void}

/** Compares a clone with what was first seen of it. Throws `no-remote`, `remote-protocol`, `clone-refused`. */
export async function planTrust(options: {
  root: string
  commonDir: string
  env: Readonly<Record<string, string | undefined>>
  state: string
  now: () => number
}): Promise<ClonePlan> {
  const {root, commonDir, env, state} = options
  const remoteName = 'origin'
  const runner = createGitRunner({dir: root, env, token: async () => null, now: options.now})
  const listing = await listSettings(runner)
  const remote = await findRemote(runner, {dir: root, name: remoteName, settings: listing})
  const {now} = await lookAtClone({listing, commonDir, remote})
  const note = noteOf(state, commonDir)
  const before = readable(note)
  return {
    changes: before === null ? [] : [...changesOf({before: before.seen, now, remoteName}), ...silent(before.seen, now)],
    accept: () => writeFirstSeen(note, now),
  }
}

/** null: Clambake has not worked here yet. Without `seen`, the note cannot be read. */
function readable(note: string): {seen: FirstSeen | null} | null {
  try {
    const seen = readFirstSeen(note)
    return seen && {seen}
  } catch (error) {
    if (hasCode(error, 'clone-changed')) return {seen: null}
    throw error
  }
}

/** Changes that have no effect as long as they are not noted: a start goes by what was seen first. */
function silent(before: FirstSeen | null, now: FirstSeen): CloneChange[] {
  const told = (hook: string | null | undefined) => hook?.trim() ?? null
  const [was, is] = [told(before?.lfsHook), told(now.lfsHook)]
  const [gave, gives] = [told(before?.attributes), told(now.attributes)]
  const shallow = (seen: FirstSeen | null) => (seen ? (seen.shallow ? 'shallow' : 'whole') : null)
  return [
    ...(was === is ? [] : [{what: 'the hook pre-push, which uploads for git-lfs', before: was, now: is}]),
    ...(gave === gives ? [] : [{what: 'info/attributes, which say how files are merged', before: gave, now: gives}]),
    ...(before?.shallow === now.shallow ? [] : [{what: 'the history', before: shallow(before), now: shallow(now)}]),
  ]
}

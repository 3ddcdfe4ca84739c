import {homedir} from 'node:os'
import {basename, dirname, join} from 'node:path'
import {usageError} from '../../base/errors.ts'
import {openTaste} from '../../config/taste.ts'
import type {Place} from '../../daemon/place.ts'
import {createLog} from '../../telemetry/log.ts'
import {openScreen} from '../../tui/open-screen.ts'
import type {CommandContext} from '../context.ts'
import type {Errand} from './errand.ts'
import {missingRepository, repositoryOf} from './repository.ts'
import {screenOf, showScreen, takeTerminal} from './show-screen.ts'

/** The folders of `fleet` in the person's taste, in order, with `~` replaced. Throws `wrong-taste`. */
export function fleetOf(env: NodeJS.ProcessEnv): {folders: string[]; file: string} {
  const {taste, file} = openTaste({env})
  const home = env.HOME || homedir()
  return {folders: taste.fleet.map(path => path.replace(/^~(?=\/)/, home)), file}
}

/** The folders of `fleetOf`. Throws `no-fleet` if there are none. */
export function requireFleet(env: NodeJS.ProcessEnv): string[] {
  const {folders, file} = fleetOf(env)
  if (folders.length > 0) return folders
  throw usageError({
    code: 'no-fleet',
    message: `${file} has no fleet`,
    next: 'add "fleet": ["~/shop", "~/api"] there, or name the folders: clambake ~/shop ~/api',
  })
}

/**
 * Opens the full screen with one tab for each repository; a repository that cannot be opened has a tab that says why.
 * Gives the errand for which the person left, if any. Throws `not-a-terminal`, and if no folder is a repository.
 */
export async function showFleet(
  contexts: readonly CommandContext[],
  options: {readOnly: boolean},
): Promise<Errand | null> {
  const members = await membersOf(contexts)
  // At least one was found; its folder takes the log.
  const {context, place} = members.find(member => member.place !== null)!
  if (members.length === 1) return showScreen(context, options)

  using mode = takeTerminal(context)
  const readOnly = options.readOnly ? await import('../read-only.ts') : null
  const tasteStore = openTaste({env: context.env})
  const screen = screenOf(context, tasteStore, mode)
  using log = createLog({file: join(place!.paths.folder, 'client.jsonl'), level: 'info', fields: {pid: process.pid}})
  await using reading = new AsyncDisposableStack()
  const given = {tasteStore, log, readOnly, reading}
  const names = shortNames(members.map(({context, place}) => place?.root ?? context.cwd))
  const repositories = await Promise.all(
    members.map(async ({context, place}, index) => ({
      ...(await (place ? repositoryOf(context, given) : missingRepository(context, given))),
      name: names[index]!,
    })),
  )
  const left = await openScreen({...screen, log, repositories})
  if (left === null) return null
  const {cwd, env} = members[left.repository]!.context
  return {run: left.run, cwd, env}
}

type Member = {context: CommandContext; place: Place | null}

/** Each repository once, even if it was named twice. Throws if no folder is a repository. */
async function membersOf(contexts: readonly CommandContext[]): Promise<Member[]> {
  const found = await Promise.allSettled(contexts.map(context => context.place()))
  const refused = found.find(place => place.status === 'rejected')
  if (refused && found.every(place => place.status === 'rejected')) throw refused.reason
  const members = contexts.map((context, index): Member => {
    const place = found[index]!
    return {context, place: place.status === 'fulfilled' ? place.value : null}
  })
  const keys = members.map(({context, place}) => place?.paths.folder ?? context.cwd)
  return members.filter((_, index) => keys.indexOf(keys[index]!) === index)
}

/** The last part of each path; for paths with the same last part also the part before it. */
export function shortNames(paths: readonly string[]): string[] {
  const names = paths.map(path => basename(path) || path)
  return names.map((name, index) => {
    const isAlone = names.indexOf(name) === names.lastIndexOf(name)
    return isAlone ? name : join(basename(dirname(paths[index]!)), name)
  })
}

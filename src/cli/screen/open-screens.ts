import {hasCode} from '../../base/errors.ts'
import type {TerminalMode} from '../../tui/terminal-mode.ts'
import {type CreateProgram, openContext} from '../context.ts'
import {folderFromHere} from '../current-folder.ts'
import {type Errand, showUntilLeft} from './errand.ts'

type ScreenOptions = {
  readOnly: boolean
  /** The repositories of the person's taste.json. */
  fleet: boolean
  /** The terminal as the splash took it; undefined when none was painted. */
  mode: TerminalMode | undefined
  createProgram: CreateProgram
}

/** Opens the full screen on these repositories, and again after each command for which the person left it. */
export function openScreens(repositories: readonly string[], options: ScreenOptions): Promise<void> {
  return showUntilLeft(
    first => showOnce(repositories, {...options, mode: first ? options.mode : undefined}),
    options.createProgram,
  )
}

/** Shows one repository or several. Without a name, outside of any repository, it shows the person's fleet if there is one. */
async function showOnce(
  repositories: readonly string[],
  {readOnly, fleet, mode, createProgram}: ScreenOptions,
): Promise<Errand | null> {
  await using stack = new AsyncDisposableStack()
  const open = (cwd: string) =>
    stack.use(openContext({json: false, cwd: folderFromHere(cwd), role: 'client', mode, createProgram}))
  const showAll = async (folders: readonly string[]) =>
    (await import('./show-fleet.ts')).showFleet(folders.map(open), {readOnly})
  if (repositories.length > 1) return await showAll(repositories)
  if (fleet) return await showAll((await import('./show-fleet.ts')).requireFleet(process.env))
  const context = open(repositories[0] ?? '.')
  try {
    // git looks for the repository while the screen is loaded.
    const [{showScreen}] = await Promise.all([import('./show-screen.ts'), context.place()])
    return await showScreen(context, {readOnly})
  } catch (error) {
    if (!hasCode(error, 'not-a-repository') || repositories.length > 0) throw error
    const {folders} = (await import('./show-fleet.ts')).fleetOf(process.env)
    if (folders.length === 0) throw error
    return await showAll(folders)
  }
}

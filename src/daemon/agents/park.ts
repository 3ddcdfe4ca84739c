import type {Interpreter} from '../interpreter.ts'
import type {Parts} from '../parts.ts'
import type {PaneBook} from './pane-book.ts'
import {agentOf} from './reports.ts'

/** Saves the work of every running agent in a rescue ref, then ends the agents; their claims stay. */
export async function parkAgents(
  {world: {git, log}, jobs, endPane}: Parts,
  {interpreter, panes}: {interpreter: Interpreter; panes: PaneBook},
): Promise<void> {
  interpreter.stop()
  await jobs.end()
  const running = panes.all().filter(info => agentOf(info) && !info.exit)
  await Promise.all(
    running.map(async info => {
      const {ref} = await git.rescue({worktree: info.cwd, reason: 'parked'})
      log.info('work saved', {pane: info.pane, ref})
      await endPane(info)
    }),
  )
}

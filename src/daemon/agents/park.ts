import type {Interpreter} from '../interpreter.ts'
import type {Parts} from '../parts.ts'
import type {PaneBook} from './pane-book.ts'
import {agentOf} from './reports.ts'

/**
 * Saves the work of every running agent in a rescue ref, then ends the agents; their claims stay. One whose work cannot be
 * saved works on, and keeps no other from being parked.
 */
export async function parkAgents(
  {world: {git, log}, jobs, endPane}: Parts,
  {interpreter, panes}: {interpreter: Interpreter; panes: PaneBook},
): Promise<void> {
  interpreter.stop()
  await jobs.end()
  const running = panes.all().filter(info => agentOf(info) && !info.exit)
  const parked = await Promise.allSettled(
    running.map(async info => {
      const saved = await git.rescueIfThere({worktree: info.cwd, reason: 'parked'})
      if (saved) log.info('work saved', {pane: info.pane, ref: saved.ref})
      else log.warn('an agent runs whose worktree is gone', {pane: info.pane, worktree: info.cwd})
      await endPane(info)
    }),
  )
  const failed = parked.find(result => result.status === 'rejected')
  if (failed) throw failed.reason
}

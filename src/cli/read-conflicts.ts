import {silentLog} from '../base/log.ts'
import {openForge} from '../forge/open.ts'
import {findConflicts} from '../landing/forecast.ts'
import {branchPlaces} from '../model/decide/radar-places.ts'
import type {DaemonState} from '../protocol/daemon.ts'
import type {CommandContext} from './context.ts'

/** Finds conflicts without a daemon: between the worktrees and branches of this clone and the branches of the remote. */
export async function readConflicts(context: CommandContext): Promise<Pick<DaemonState, 'conflicts' | 'sides'>> {
  const {clock, env} = context
  const {root, paths, config} = await context.surrounding()
  const {git} = await openForge({
    ...{root, state: paths.state, config, env, clock, log: silentLog},
    owner: 'conflicts',
    readOnly: true,
  })
  await git.fetch()
  const [worktrees, remote, local] = await Promise.all([git.worktrees(), git.remoteBranches(), git.localHeads()])
  // What is here may be ahead of what was pushed.
  const branches = new Map([...remote, ...local])
  branches.delete(git.mainBranch)
  using radar = git.openRadar()
  const {conflicts, sides} = await findConflicts(radar, branchPlaces({worktrees, branches}), null)
  return {sides, conflicts: conflicts.map(conflict => ({...conflict, since: clock.now()}))}
}

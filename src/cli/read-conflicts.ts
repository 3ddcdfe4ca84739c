import {hostname} from 'node:os'
import {messageOf} from '../base/errors.ts'
import {silentLog} from '../base/log.ts'
import {reservedRow} from '../daemon/loops/hub-state.ts'
import {touchedBy} from '../daemon/loops/reserved.ts'
import {openForge} from '../forge/open.ts'
import {projectName} from '../git/project-name.ts'
import {findConflicts, type Look} from '../landing/forecast.ts'
import {branchPlaces} from '../model/decide/radar-places.ts'
import type {DaemonState, ReservedRow} from '../protocol/daemon.ts'
import type {CommandContext} from './context.ts'

/** Finds conflicts without a daemon: between the worktrees and branches of this clone and the branches of the remote. */
export async function readConflicts(
  context: CommandContext,
): Promise<Pick<DaemonState, 'conflicts' | 'sides'> & {reserved: ReservedRow[]}> {
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
  const look = await findConflicts(radar, branchPlaces({worktrees, branches}), null)
  if (look.silent.length > 0) {
    context.say(`Git takes too long in ${look.silent.join(', ')}: of that only what is committed counts.`)
  }
  const reserved = await readReserved(context, {root, look})
  return {sides: look.sides, conflicts: look.conflicts.map(conflict => ({...conflict, since: clock.now()})), reserved}
}

/** The reservations of which somebody else changes something. Where the hub cannot be read, it says so and gives none. */
export async function readReserved(
  context: Pick<CommandContext, 'env' | 'openHub' | 'say'>,
  {root, look}: {root: string; look: Pick<Look, 'sides' | 'known' | 'tried'>},
): Promise<ReservedRow[]> {
  try {
    await using hub = await context.openHub()
    const viewer = {project: await projectName(root, context.env), root, hostName: hostname()}
    const changed = look.tried.flatMap(({key, commit}) => {
      const side = look.sides.find(one => one.key === key)
      const changes = look.known.onto.get(commit)?.changes ?? []
      return side === undefined ? [] : [{side, paths: changes.map(({path}) => path)}]
    })
    return (await hub.reservations.list())
      .filter(({project}) => project === null || project === viewer.project)
      .map(one => reservedRow(one, viewer))
      .map(row => ({...row, touched: touchedBy(row, changed)}))
      .filter(({touched}) => touched.length > 0)
  } catch (error) {
    context.say(`Reservations are not listed: ${messageOf(error)}`)
    return []
  }
}

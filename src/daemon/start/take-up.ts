import {runsInContainer} from '../../agents/profile.ts'
import {toErrorData} from '../../base/errors.ts'
import type {PaneInfo} from '../../model/data/pane.ts'
import type {TicketContext} from '../../model/ticket/context.ts'
import {worktreePath} from '../../tickets/handlers.ts'
import {reportedPrompts} from '../agents/hub-mail.ts'
import {agentOf} from '../agents/reports.ts'
import type {AgentParts} from '../agents/wire.ts'
import type {Loops} from '../loops/wire.ts'
import type {Parts} from '../parts.ts'
import type {World} from '../world.ts'
import {readLastWritten} from './last-written.ts'
import {readPastConflicts} from './past-conflicts.ts'
import {readPastMailTurns} from './past-mail-turns.ts'
import {restoredTickets} from './restore.ts'

/** Continues the tickets that this owner held before the daemon started, and gives them as they were. */
export async function takeUp(
  parts: Parts,
  {
    reports,
    permissions,
    restoreMail,
    conflictsTold,
  }: AgentParts & Pick<Loops, 'restoreMail'> & {conflictsTold: (conflicts: readonly string[]) => void},
): Promise<TicketContext[]> {
  const {world, engine, book, jobs, containers, pastSpending} = parts
  const {git, config, clock, log, owner, readOnly} = world
  const {panes} = reports
  await git.fetch()
  const claims = (await git.claims({fetched: true})).filter(claim => claim.record.owner === owner)
  for (const claim of claims) book.put(claim)
  if (!readOnly) {
    await dropLandingLock(world)
    // Set-up and verify commands of an earlier run have no reader any more; they are run again.
    await jobs.end()
    if (runsInContainer(config)) await containers.sweep(panes.all())
  }
  const mail = await reports.missed()
  const tickets = restoredTickets({
    claims,
    owner,
    panes: panes.all(),
    mail,
    config,
    worktreeOf: issue => worktreePath({root: git.root, config, issue}),
    pastSpending,
    pastMailTurns: await readPastMailTurns(world),
    at: clock.now(),
  })
  if (tickets.length > 0) log.info('tickets taken up', {tickets: tickets.map(({ticket}) => ticket.context.issue)})
  const conflicts = await readPastConflicts(world)
  conflictsTold(conflicts.told)
  const isKept = config.sync.strategy !== 'local-wins'
  engine.dispatch({
    type: 'restored',
    tickets,
    ...(isKept && {shown: await readLastWritten(claims, world)}),
    conflicts: conflicts.since,
  })
  if (!readOnly) {
    // The start does not wait for their end.
    endStrays(parts, {panes: panes.all(), tickets: tickets.map(({ticket}) => ticket.context.issue)}).catch(
      (error: unknown) => log.warn('agents without a ticket could not be ended', {error: toErrorData(error)}),
    )
    permissions.keep(tickets.map(({ticket: {context}}) => ({ticket: context.issue, session: context.session})))
  }
  // Before the ends of turns are replayed: mail that waits is read before the work is handed in.
  await restoreMail(reportedPrompts(mail, pane => agentOf(panes.get(pane))))
  reports.replay(mail, tickets)
  return tickets.map(({ticket}) => ticket.context)
}

/**
 * Ends agents whose ticket landed and whose worktree was removed, when the earlier run ended right before their end. One
 * whose worktree is there may have work that no claim tells of: a person decides on that.
 */
async function endStrays(
  {world: {git, log}, endPane}: Parts,
  {panes, tickets}: {panes: readonly PaneInfo[]; tickets: readonly number[]},
): Promise<void> {
  const strays = panes.filter(info => agentOf(info) && !info.exit && !tickets.includes(Number(info.meta.ticket)))
  if (strays.length === 0) return
  const there = new Set((await git.worktrees()).filter(({prunable}) => !prunable).map(({path}) => path))
  for (const info of strays.filter(({cwd}) => !there.has(cwd))) {
    log.info('an agent is ended: its ticket and its worktree are gone', {pane: info.pane, ticket: info.meta.ticket})
    await endPane(info)
  }
}

/** Releases the landing lock that an earlier run of this daemon left behind when it ended during a merge. */
async function dropLandingLock({git, owner}: World): Promise<void> {
  if ((await git.landingHolder({fetched: true}))?.owner !== owner) return
  const lock = await git.acquireLanding(owner)
  if (lock) await git.releaseLanding(lock)
}

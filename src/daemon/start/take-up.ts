import {runsInContainer} from '../../agents/profile.ts'
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
    permissions.keep(tickets.map(({ticket: {context}}) => ({ticket: context.issue, session: context.session})))
  }
  // Before the ends of turns are replayed: mail that waits is read before the work is handed in.
  await restoreMail(reportedPrompts(mail, pane => agentOf(panes.get(pane))))
  reports.replay(mail, tickets)
  return tickets.map(({ticket}) => ticket.context)
}

/** Releases the landing lock that an earlier run of this daemon left behind when it ended during a merge. */
async function dropLandingLock({git, owner}: World): Promise<void> {
  if ((await git.landingHolder({fetched: true}))?.owner !== owner) return
  const lock = await git.acquireLanding(owner)
  if (lock) await git.releaseLanding(lock)
}

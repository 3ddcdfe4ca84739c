import {reportOf} from '../../agents/claude/signals.ts'
import type {Fact} from '../../model/core/facts.ts'
import {RESUME} from '../../model/data/assignment.ts'
import type {Claim} from '../../model/data/claim.ts'
import type {Config} from '../../model/data/config.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {NO_TERMS} from '../../model/data/landing/terms.ts'
import type {MailItem, PaneInfo} from '../../model/data/pane.ts'
import {NO_USAGE} from '../../model/data/usage.ts'
import {NO_MAIL_TURNS} from '../../model/hub/mail-turns.ts'
import {newContext} from '../../model/ticket/context.ts'
import type {TicketState} from '../../model/ticket/ticket.ts'
import type {PastMailTurns} from './past-mail-turns.ts'
import type {PastSpending} from './past-spending.ts'

type Restored = Extract<Fact, {type: 'restored'}>['tickets'][number]

/**
 * Restores the tickets of a daemon that ended: its claims give the tickets and their phases, live panes give the agents
 * that still work, and their mail says whether they got their prompt. Pure.
 */
export function restoredTickets(options: {
  claims: readonly Claim[]
  owner: string
  panes: readonly PaneInfo[]
  mail: readonly MailItem[]
  config: Config
  worktreeOf: (issue: number) => string
  /** undefined: nothing is known to have been spent. */
  pastSpending?: Pick<PastSpending, 'usageOf' | 'budgetFrom'>
  /** undefined: other sessions have begun no turns yet, as far as known. */
  pastMailTurns?: PastMailTurns
  at: number
}): Restored[] {
  const {claims, owner, panes, mail, config, worktreeOf, pastSpending, pastMailTurns, at} = options
  return claims
    .filter(claim => claim.record.owner === owner)
    .map(({record}): Restored => {
      const pane = panes.find(info => info.meta.ticket === String(record.issue) && !info.exit)
      const live = pane !== undefined && (record.phase === 'working' || record.phase === 'claimed')
      const prompted =
        live &&
        (pane.meta.prompted !== undefined ||
          mail.some(item => item.pane === pane.pane && item.kind === 'UserPromptSubmit'))
      const started = prompted || record.repairs > 0 || record.attempts > (live ? 1 : 0)
      // Sent back but not yet at work: the pull request is read again, so the repair must not count twice.
      const again = record.phase === 'repair'
      const context = newContext(config, {
        issue: record.issue,
        title: record.title,
        agent: (pane?.meta.agent ?? record.agent) as AgentId,
        branch: record.branch,
        session: (live && clearedInto(pane.pane, mail)) || record.session,
        base: record.base,
        worktree: worktreeOf(record.issue),
        head: record.head,
        pull: record.pull,
        attempts: record.attempts,
        starts: record.starts ?? [],
        ...repairsOf(record, {again}),
        alive: live,
        assignment: started ? RESUME : {kind: 'first'},
        boarded: record.pull !== null || record.phase === 'landing' || again || record.phase === 'merged',
        bundle: record.bundle?.branch ?? null,
        reason: record.reason,
        taken: record.taken ?? null,
        usage: pastSpending?.usageOf(record.issue, Date.parse(record.claimedAt)) ?? NO_USAGE,
        budgetFrom: pastSpending?.budgetFrom(record.issue, Date.parse(record.claimedAt)) ?? 0,
        mailTurns: pastMailTurns?.(record.issue, Date.parse(record.claimedAt)) ?? NO_MAIL_TURNS,
        think: record.think,
        terms: record.terms ?? NO_TERMS,
        draft: record.draft ? 'seen' : 'no',
        autoMerge: {is: record.handedOver ? 'on' : 'off', may: false},
        since: at,
        shownSince: Math.min(at, enteredAt(record, live ? pane.startedAt : null)),
      })
      const value = live ? 'working' : stateOf(record)
      // The agent has ended. Restarting the daemon must not skip the restart back-off.
      const paused = value === 'queued' && context.starts.length > 0
      return {
        ticket: {value, context: {...context, paused}},
        pane: pane?.pane ?? null,
        prompted,
        ...(pane && {startedAt: pane.startedAt}),
        ...(record.bundle?.test && {test: record.bundle.test}),
      }
    })
}

/** The repairs that were made, but for one that is asked for again. */
function repairsOf(
  {repairs, conflicts = 0, reviews = 0}: Claim['record'],
  {again}: {again: boolean},
): {repairs: number; conflicts: number; reviews: number} {
  const made = again ? Math.max(0, repairs - 1) : repairs
  const said = Math.min(reviews, made)
  return {repairs: made, conflicts: Math.min(conflicts, made - said), reviews: said}
}

/** The new conversation that the pane's client began while no daemon listened; null: none. */
function clearedInto(pane: string, mail: readonly MailItem[]): string | null {
  for (const item of mail.toReversed()) {
    const report = item.pane === pane ? reportOf(item) : null
    if (report?.kind === 'cleared') return report.session
  }
  return null
}

/** When the ticket entered its phase: with its live agent, or as its claim says. */
function enteredAt({since, claimedAt}: Claim['record'], startedAt: number | null): number {
  if (startedAt !== null) return startedAt
  const claimed = Date.parse(claimedAt)
  return since ?? (Number.isNaN(claimed) ? Number.POSITIVE_INFINITY : claimed)
}

function stateOf({phase, head}: Claim['record']): TicketState['value'] {
  // Its first push was declined, so there is nothing to look at on GitHub.
  if (phase === 'repair' && head === null) return 'queued'
  switch (phase) {
    case 'claimed':
    case 'working':
      return 'queued'
    case 'review':
    case 'landing':
    case 'repair':
    case 'merged':
      return 'bottled'
    case 'blocked':
      return 'blocked'
  }
}

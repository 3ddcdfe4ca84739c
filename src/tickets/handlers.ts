import {randomUUID} from 'node:crypto'
import {resolve} from 'node:path'
import {bodyHash} from '../base/body-hash.ts'
import type {Clock} from '../base/clock.ts'
import {ClambakeError, type ErrorData, toErrorData} from '../base/errors.ts'
import {safeLine} from '../base/text.ts'
import {shortSha} from '../base/words.ts'
import type {EffectHandlers} from '../model/core/effect-handler.ts'
import type {Fact} from '../model/core/facts.ts'
import {holderOf} from '../model/data/claim.ts'
import type {Config} from '../model/data/config.ts'
import type {EffectOf} from '../model/data/effects.ts'
import {worktreeFolder} from '../model/data/names.ts'
import type {Part} from '../model/data/show.ts'
import {isTrusted} from '../model/data/trust.ts'
import type {ClaimBook, GitGateway} from '../model/gateways/git.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {HubGateway} from '../model/gateways/hub.ts'
import {quoteForGithub} from '../model/mirror/quote.ts'

type TicketGateways = {
  git: GitGateway
  github: GithubGateway
  hub: Pick<HubGateway, 'append'>
  book: ClaimBook
  config: Config
  clock: Clock
  /** This daemon, as its claims name it. */
  owner: string
  hostName: string
  /** Moves a ticket's card; false: it could not be moved, and why is shown. */
  showColumn: (ticket: number, column: string, from: readonly string[] | null) => Promise<boolean>
  /** Shows an outside problem under this name until it is gone (null). */
  onTrouble: (name: string, error: ErrorData | null) => void
  /** Why no agent can start on this machine; null: nothing is missing. */
  profileFault: () => string | null
  /** Starts a ticket's trace; null without telemetry. */
  beginTrace: () => string | null
}

export type TicketEffect =
  | 'claimTicket'
  | 'prepareWorktree'
  | 'inspectWork'
  | 'bottleTicket'
  | 'showTicket'
  | 'lookAtTickets'
  | 'releaseTicket'
  | 'blockTicket'
  | 'sendBack'

/** The folder of a ticket's worktree, which it keeps until its work is on main. */
export function worktreePath(options: {root: string; config: Config; issue: number}): string {
  return resolve(options.root, options.config.agents.workspace_root, worktreeFolder(options.issue))
}

/** From a ready issue to bottled work. */
export function ticketHandlers(gateways: TicketGateways): EffectHandlers<TicketEffect> {
  const {git, github, hub, book, config} = gateways
  return {
    claimTicket: effect => claimTicket(gateways, effect),

    async prepareWorktree({ticket, branch, base}) {
      await git.fetch()
      const path = worktreePath({root: git.root, config, issue: ticket})
      await git.ensureWorktree({path, branch, base})
      return [{type: 'worktreePrepared', ticket, worktree: path}]
    },

    async inspectWork({ticket, worktree}) {
      const work = await git.inspect(worktree)
      await git.pinWork()
      const branch = book.get(ticket)?.record.branch
      if (work.branch !== branch) {
        throw new ClambakeError({
          code: 'foreign-branch',
          message: `The worktree of #${ticket} is on ${work.branch ?? 'a detached commit'}, not on ${branch}`,
          kept: `everything in ${worktree}`,
          next: `git -C ${worktree} switch ${branch}, then retry`,
        })
      }
      return [{type: 'workInspected', ticket, work}]
    },

    async bottleTicket({ticket, worktree, head: inspected}) {
      const {record} = await book.move(ticket, claim =>
        git.pushWork({worktree, claim, head: inspected, patch: {phase: 'review', reason: null}}),
      )
      const head = record.head ?? inspected
      hub.append({
        type: 'work_completed',
        ticket,
        commit: head,
        message: `#${ticket} is bottled at ${shortSha(head)}`,
      })
      return [{type: 'ticketBottled', ticket, head}]
    },

    async showTicket(effect) {
      try {
        return await showTicket(gateways, effect)
      } catch (error) {
        throw (await github.issueGoneError(effect.ticket, error)) ?? error
      }
    },

    async lookAtTickets({tickets}) {
      try {
        const seen = await github.showing(tickets.map(({ticket}) => ticket))
        gateways.onTrouble('showing', null)
        const observations = tickets.map(({ticket, since}) => ({ticket, since, seen: seen.get(ticket) ?? null}))
        return [{type: 'ticketsSeen', observations}]
      } catch (error) {
        // The next pass asks again; nothing waits for the answer.
        gateways.onTrouble('showing', toErrorData(error))
        return []
      }
    },

    async releaseTicket({ticket, add, remove, unassign, reason}) {
      await github.ensureLabels(ticket, {add, remove})
      if (unassign !== null) await github.ensureAssignee(ticket, {assign: null, unassign})
      if (book.get(ticket)) await book.release(ticket)
      hub.append({type: 'status_update', ticket, message: `#${ticket} is released: ${reason}`})
      return [{type: 'ticketReleased', ticket}]
    },

    async blockTicket({ticket, reason, attempt}) {
      // Attempts restart with the daemon, fences do not: each block gets exactly one comment.
      const key = (await markBlocked(book, ticket, reason)) ?? attempt
      hub.append({type: 'task_blocked', ticket, severity: 'warning', message: `#${ticket} is blocked: ${reason}`})
      if (!(await github.ensureComment(ticket, `blocked-${key}`, blockedComment(reason, ticket)))) {
        const message = `GitHub takes no comment on #${ticket}: its conversation is locked`
        hub.append({type: 'status_update', ticket, severity: 'warning', message})
      }
      return []
    },

    async sendBack({ticket, reason, repairs, conflicts = 0, reviews = 0}) {
      await book.bump(ticket, {phase: 'repair', reason, repairs, conflicts, reviews})
      hub.append({type: 'status_update', ticket, message: `#${ticket} goes back to its agent: ${reason}`})
      return []
    },
  }
}

async function showTicket(
  {github, showColumn, onTrouble}: TicketGateways,
  {ticket, add, remove, column, columns, assign, unassign}: EffectOf<'showTicket'>,
): Promise<Fact[]> {
  const missing: Part[] = []
  if (add.length + remove.length > 0) await github.ensureLabels(ticket, {add, remove})
  if (assign !== null || unassign !== null) {
    const assigned = await github.ensureAssignee(ticket, {assign, unassign})
    if (!assigned) missing.push('assignee')
    onTrouble(`assignee ${assign}`, assigned ? null : cannotAssign(assign ?? ''))
  }
  if (column !== null && !(await showColumn(ticket, column, columns))) missing.push('column')
  return [{type: 'ticketShown', ticket, add, column, missing}]
}

function cannotAssign(user: string): ErrorData {
  return {
    code: 'cannot-assign',
    message: `${user} cannot be assigned to issues of this repository`,
    kept: 'its assignees as they are',
    next: `give ${user} access, or correct github_user in clambake.toml`,
    exitCode: 1,
  }
}

/** The fence under which the claim says that its ticket is blocked; undefined without a claim. */
async function markBlocked(book: ClaimBook, ticket: number, reason: string): Promise<number | undefined> {
  const record = book.get(ticket)?.record
  if (!record || (record.phase === 'blocked' && record.reason === reason)) return record?.fence
  return (await book.bump(ticket, {phase: 'blocked', reason})).record.fence
}

async function claimTicket(gateways: TicketGateways, effect: EffectOf<'claimTicket'>): Promise<Fact[]> {
  const {git, github, hub, book, clock, config} = gateways
  const {ticket, agent, branch} = effect
  const fault = gateways.profileFault()
  if (fault !== null) {
    return [
      {type: 'profileChecked', fault},
      {type: 'claimRefused', ticket, reason: fault, holder: null},
    ]
  }
  const issue = await github.issue(ticket)
  if (issue?.state !== 'open') {
    return [{type: 'claimRefused', ticket, reason: issue ? 'it is closed' : 'it does not exist', holder: null}]
  }
  // A maintainer approved an earlier text of a stranger's issue; the next pass decides on the present one.
  if (!isTrusted(issue, config.routing) && bodyHash(issue) !== bodyHash(effect)) {
    return [{type: 'claimRefused', ticket, reason: 'it was edited a moment ago and is read again', holder: null}]
  }
  const {main} = await git.fetch()
  const outcome = await git.claim({
    issue: ticket,
    title: issue.title,
    owner: gateways.owner,
    host: gateways.hostName,
    agent,
    // A branch that a person chose is continued as it is.
    branch: effect.base === null ? await git.freeBranch({branch, base: main}) : branch,
    base: effect.base ?? main,
    session: randomUUID(),
    phase: 'claimed',
    attempts: 0,
    repairs: 0,
    head: null,
    pull: null,
    reason: null,
    bodyHash: bodyHash(issue),
    traceparent: gateways.beginTrace(),
    claimedAt: new Date(clock.now()).toISOString(),
    ...(effect.taken && {taken: effect.taken}),
  })
  const claim = outcome.won ? outcome.claim : outcome.holder
  const {record} = claim
  // This daemon may have won the claim before a restart, without reporting it.
  if (!outcome.won && record.owner !== gateways.owner) {
    return [{type: 'claimRefused', ticket, reason: `it is claimed by ${holderOf(claim)}`, holder: claim}]
  }
  book.put(claim)
  hub.append({
    type: 'issue_assigned',
    ticket,
    agent,
    message: `#${ticket} is claimed by ${agent}${effect.taken ? `, ${effect.taken}` : ''}`,
  })
  return [{type: 'ticketClaimed', ticket, base: record.base, session: record.session, branch: record.branch}]
}

function blockedComment(reason: string, ticket: number): string {
  return [
    `Clambake stopped work on this issue: ${quoteForGithub(safeLine(reason))}.`,
    '',
    'The branch and the worktree are kept.',
    `To continue: \`clambake pop ${ticket}\`, or take it over by hand.`,
  ].join('\n')
}

import {ClambakeError} from '../../base/errors.ts'
import {parseBranch} from '../../model/data/names.ts'
import type {Work} from '../../model/gateways/git.ts'
import type {DiffOf} from '../../model/review/diff.ts'
import type {TicketState} from '../../model/ticket/ticket.ts'
import {trialOf} from '../reviews/bundle.ts'
import type {ApiParts} from './parts.ts'

export function numberOf(of: DiffOf): number {
  return 'pull' in of ? of.pull : of.ticket
}

/** The ticket of this daemon whose work it is; undefined: it holds none of it. */
export function heldTicket({engine}: Pick<ApiParts, 'engine'>, of: DiffOf): TicketState | undefined {
  const {tickets} = engine.state()
  if ('ticket' in of) return tickets[of.ticket]
  return Object.values(tickets).find(({context}) => context.pull === of.pull)
}

/** The pull request from which commits may be fetched; a read-only daemon fetches nothing. */
function fetchable({state}: Pick<ApiParts, 'state'>, pull: number | null): Pick<Work, 'pull'> {
  return pull === null || state().header.readOnly ? {} : {pull}
}

/**
 * Finds the work: held here or by another daemon, in anyone's pull request, on a branch that no claim holds, or landed.
 */
export async function workOf(parts: Pick<ApiParts, 'engine' | 'git' | 'github' | 'state'>, of: DiffOf): Promise<Work> {
  const {engine, git, github} = parts
  const held = heldTicket(parts, of)
  if (held) {
    const {branch, worktree, mergeCommit, head, pull} = held.context
    const exists = worktree !== null && (await git.worktrees()).some(({path}) => path === worktree)
    // Its branch goes with the clean-up.
    const landed = exists || mergeCommit === null ? {} : {merge: mergeCommit, commit: head ?? undefined}
    return {branch, worktree: exists ? worktree : null, ...landed, ...fetchable(parts, pull)}
  }
  const {foreign, pulls, config} = engine.state()
  const number = numberOf(of)
  if ('pull' in of) {
    const found = trialOf(engine.state(), number)
    if (found) return {branch: found.trial.branch, worktree: null, commit: found.trial.commit}
    const open = pulls.find(pull => pull.number === number && pull.state === 'open')
    const {head, mergeCommit} = open ?? (await github.pull(number))
    return {
      ...{branch: head.branch, worktree: null, commit: head.sha, ...fetchable(parts, number)},
      ...(mergeCommit !== null && {merge: mergeCommit}),
    }
  }
  const known = foreign[number]?.record.branch ?? pulls.find(pull => pull.number === number)?.head.branch
  const template = config.agents.branch
  const branch =
    known ?? [...(await git.localHeads()).keys()].find(name => parseBranch(name, template)?.issue === number)
  if (branch !== undefined) return {branch, worktree: null}
  const landed = parts.state().events.find(({type, ticket}) => type === 'pr_merged' && ticket === number)?.commit
  if (landed !== undefined) return {branch: `#${number}`, worktree: null, merge: landed}
  throw new ClambakeError({
    code: 'no-branch',
    message: `#${number} has no branch here: no one works on it`,
    next: `clambake why ${number}`,
  })
}

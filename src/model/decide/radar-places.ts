import type {State} from '../core/state.ts'
import {isBundleBranch} from '../data/landing/bundle.ts'
import {parseBranch} from '../data/names.ts'
import {isOfFork} from '../data/pull.ts'
import type {Worktree} from '../gateways/git.ts'
import type {ConflictSide} from '../radar/conflict.ts'
import {TICKET_STATES} from '../ticket/states.ts'

/** A side and where its work is: in a worktree, else a commit, which also counts while the worktree cannot be read. */
export type RadarPlace = {side: ConflictSide; worktree: string | null; head: string | null}

/**
 * Everything whose work may land: tickets, those of other daemons, pull requests of others, and worktrees that people
 * made. `worktrees`: all of the clone's; `heads`: commits of its branches, where `needsHeads` wants them. Each work is
 * named once, by its ticket if it has one.
 */
export function radarPlaces(
  {tickets, foreign, pulls}: Pick<State, 'tickets' | 'foreign' | 'pulls'>,
  {worktrees, heads}: {worktrees: readonly Worktree[]; heads: ReadonlyMap<string, string>},
): RadarPlace[] {
  const here = worktrees.filter(({prunable}) => !prunable)
  const ours = Object.values(tickets).map(({context}) => context)
  const own = Object.values(tickets)
    .filter(({value}) => TICKET_STATES[value].has.work)
    .map(({context: {issue, agent, branch, worktree, head}}): RadarPlace => {
      const found = here.find(({path}) => path === worktree)
      return {
        side: {key: `#${issue}`, label: `#${issue}`, ticket: issue, agent, branch},
        worktree: found?.path ?? null,
        head: found?.head ?? heads.get(branch) ?? head,
      }
    })
  // Their agents are not this daemon's, though they are called the same.
  const elsewhere = Object.values(foreign).map(
    ({record: {issue, branch, head}}): RadarPlace => ({
      side: {key: `#${issue}`, label: `#${issue}`, ticket: issue, agent: null, branch},
      worktree: null,
      head,
    }),
  )
  const taken = new Set([
    ...ours.flatMap(({branch, worktree}) => [branch, worktree]),
    ...elsewhere.map(({side}) => side.branch),
  ])
  const byHand = here.filter(({path, branch}) => !taken.has(path) && !taken.has(branch)).map(worktreePlace)
  for (const {side} of byHand) taken.add(side.branch)
  const others = pulls
    .filter(({number, state, head}) => {
      // A bundle holds what its tickets hold.
      const isOurs = isBundleBranch(head.branch) || taken.has(head.branch) || ours.some(({pull}) => pull === number)
      return state === 'open' && !isOurs
    })
    .map(
      ({number, head}): RadarPlace => ({
        side: {
          ...{key: `pull ${number}`, label: `PR ${number}`, ticket: null, agent: null},
          // Agents are told to look at it, and no remote of theirs has a fork's.
          branch: isOfFork({head}) ? null : head.branch,
        },
        worktree: null,
        head: head.sha,
      }),
    )
  return [...own, ...elsewhere, ...byHand, ...others]
}

/** Whether a ticket's work is in no worktree, so that only its branch says what it is. */
export function needsHeads({tickets}: Pick<State, 'tickets'>, worktrees: readonly Worktree[]): boolean {
  const here = new Set(worktrees.flatMap(({path, prunable}) => (prunable ? [] : [path])))
  return Object.values(tickets).some(
    ({value, context: {worktree}}) => TICKET_STATES[value].has.work && (worktree === null || !here.has(worktree)),
  )
}

/** The places that git alone knows of: worktrees of this clone, and branches of the remote that are in none of them. */
export function branchPlaces({
  worktrees,
  branches,
}: {
  worktrees: readonly Worktree[]
  branches: ReadonlyMap<string, string>
}): RadarPlace[] {
  const here = worktrees.filter(({prunable}) => !prunable)
  const taken = new Set(here.map(({branch}) => branch))
  const remote = [...branches].filter(([branch]) => !taken.has(branch) && !isBundleBranch(branch))
  return [
    ...here.map(worktreePlace),
    ...remote.map(([branch, head]): RadarPlace => ({side: branchSide(branch, branch), worktree: null, head})),
  ]
}

function worktreePlace({path, branch, head}: Worktree): RadarPlace {
  const side =
    branch === null
      ? {key: path, label: path.slice(path.lastIndexOf('/') + 1), ticket: null, agent: null, branch}
      : branchSide(path, branch)
  return {side, worktree: path, head}
}

/** Agents' branches name their agent and issue. */
function branchSide(key: string, branch: string): ConflictSide {
  const named = parseBranch(branch)
  return {
    key,
    label: named ? `#${named.issue}` : branch,
    ticket: named?.issue ?? null,
    agent: named?.agent ?? null,
    branch,
  }
}

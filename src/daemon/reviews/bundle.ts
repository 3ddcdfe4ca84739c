import type {State} from '../../model/core/state.ts'
import type {BundleMember, OpenTrial} from '../../model/data/landing/bundle.ts'
import type {GitGateway} from '../../model/gateways/git.ts'
import {
  type ReviewedBundle,
  type ReviewedMember,
  type Share,
  sharesOfComments,
  ticketsOf,
} from '../../model/review/bundle.ts'
import type {ReviewComment} from '../../model/review/comments.ts'
import type {DiffOf} from '../../model/review/diff.ts'
import type {ApiParts} from '../api/parts.ts'

/** What is tested through a pull request of the train, and who is in it; undefined: it is none of the train's. */
export function trialOf({train}: State, pull: number): {trial: OpenTrial; members: BundleMember[]} | undefined {
  const {trials, members} = train.now.context
  const trial = trials.find(found => found.pull === pull)
  return trial && {trial, members: members.slice(0, trial.size)}
}

/** Reads which files are whose in a bundle that is under way; null: the pull request is none of the train's. */
export async function readBundle(
  git: Pick<GitGateway, 'workChanges'>,
  state: State,
  pull: number,
): Promise<ReviewedBundle | null> {
  const found = trialOf(state, pull)
  const {base, commits} = state.train.now.context
  if (!found || base === null) return null
  const {trial, members} = found
  const works = members.map(({ticket, head}) => ({
    ...{ticket, head},
    commit: commits.find(made => made.ticket === ticket)?.commit ?? '',
  }))
  return {base, commit: trial.commit, members: await readMembers(git, works)}
}

/** Reads which files the works of tickets change. */
export async function readMembers(
  git: Pick<GitGateway, 'workChanges'>,
  works: readonly {ticket: number; head: string; commit: string}[],
): Promise<ReviewedMember[]> {
  const changes = await git.workChanges(works.map(({head}) => head))
  return works.map(({ticket, head, commit}) => ({
    ...{ticket, commit},
    paths: (changes.get(head) ?? []).flatMap(({path, from}) => (from === null ? [path] : [path, from])),
  }))
}

/**
 * The bundle that a review is about; null: it is about none. Who left it since the review was begun is still in it, and
 * one that ended is as it was then.
 */
export async function reviewedBundle(
  {engine, git, reviewStore}: Pick<ApiParts, 'engine' | 'git' | 'reviewStore'>,
  of: DiffOf,
): Promise<ReviewedBundle | null> {
  if (!('pull' in of)) return null
  const kept = reviewStore.bundle(of.pull)
  const now = await readBundle(git, engine.state(), of.pull)
  if (now === null || kept === null) return now ?? kept
  const left = kept.members.filter(({ticket}) => now.members.every(member => member.ticket !== ticket))
  return {...now, members: [...now.members, ...left]}
}

/** The comments of a review by the ticket that gets them. Only where several change a file, its lines say whose it is. */
export async function readShares(
  git: Pick<GitGateway, 'whoWrote'>,
  bundle: ReviewedBundle,
  comments: readonly ReviewComment[],
): Promise<Share<ReviewComment[]>[]> {
  const {members} = bundle
  const asked = comments.filter(
    ({path, side, outdated}) => side === 'new' && !outdated && ticketsOf(members, path).length > 1,
  )
  const wrote = asked.length === 0 ? [] : await git.whoWrote(bundle, asked)
  return sharesOfComments(
    members,
    comments,
    comments.map(comment => wrote[asked.indexOf(comment)] ?? []),
  )
}

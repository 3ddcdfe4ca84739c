import type {Draft} from '../../core/draft.ts'
import {isBundleBranch} from '../../data/landing/bundle.ts'

/** A bundle's pull request without a train may be a moment's: its daemon is about to write the claims, or to close it. */
const ABANDONED_MS = 10 * 60_000

/**
 * Closes pull requests of bundles that no train carries and no claim names, as a daemon that was killed left them. Work
 * in them is on the tickets' own branches as well.
 */
export function sweepBundles(draft: Draft): void {
  const {pulls, tickets, foreign, train} = draft.state
  const named = [
    ...Object.values(tickets).flatMap(({context}) => (context.bundle === null ? [] : [context.bundle])),
    ...Object.values(foreign).flatMap(({record}) => (record.bundle ? [record.bundle.branch] : [])),
    train.now.context.branch,
  ].filter(branch => branch !== '')
  const left = pulls.filter(
    ({head: {branch}, state, updatedAt}) =>
      isBundleBranch(branch) &&
      state === 'open' &&
      draft.at - updatedAt >= ABANDONED_MS &&
      !named.some(name => branch.startsWith(name) || name.startsWith(branch)),
  )
  if (left.length === 0) return
  const trials = left.map(({number, head: {branch, sha}}) => ({branch, size: 0, commit: sha, pull: number}))
  draft.effects.push({name: 'dropBundle', branch: left[0]!.head.branch, trials})
}

import {isBundleBranch} from '../../model/data/landing/bundle.ts'
import type {Pull} from '../../model/data/pull.ts'
import type {Orphan} from '../../model/data/recovery/orphan.ts'
import {closedPullFacts, judgeOrphans} from '../../model/recovery/judge.ts'
import type {ApiParts} from '../api/parts.ts'

/** A scan is used again by the calls of one command for so long. */
const FRESH_MS = 2 * 60_000

/** Finds and judges orphaned work; orphans of tickets that are held here are left out. */
export async function scanOrphans(parts: ApiParts, {all}: {all: boolean}): Promise<Orphan[]> {
  const {engine, git, reconciler, scans, clock} = parts
  const onStep = (step: string, count: number) => {
    scans.running = {step, count}
  }
  try {
    const facts = await git.orphans({dead: reconciler.deadOwners(), all, onStep})
    onStep('reading closed pull requests', facts.length)
    const closed = await closedPulls(parts)
    const state = engine.state()
    const held = (issue: number | null) =>
      issue !== null && state.tickets[issue] !== undefined && state.tickets[issue].value !== 'lost'
    // A bundle holds what its tickets hold, and a train that ended closes it.
    const free = [...facts, ...closedPullFacts(closed, facts, state)].filter(
      ({issue, branch}) => !held(issue) && !(branch !== null && isBundleBranch(branch)),
    )
    return judgeOrphans(free, {state, closed, left: await git.left(), at: clock.now()})
  } finally {
    scans.running = null
  }
}

/** The same for calls of one command, which scan once. */
export async function scanOfGroup(parts: ApiParts, group: string | undefined): Promise<readonly Orphan[]> {
  const {scans, reconciler, clock} = parts
  const {kept} = scans
  if (group !== undefined && kept?.group === group && clock.monotonic() - kept.at < FRESH_MS) return kept.orphans
  await reconciler.look()
  const orphans = await scanOrphans(parts, {all: true})
  if (group !== undefined) scans.kept = {group, at: clock.monotonic(), orphans}
  return orphans
}

/** Without them, GitHub's word on work is missing, and no more. */
async function closedPulls({github, log}: ApiParts): Promise<readonly Pull[]> {
  try {
    return await github.closedPulls()
  } catch (error) {
    log.warn('closed pull requests could not be read', {error})
    return []
  }
}

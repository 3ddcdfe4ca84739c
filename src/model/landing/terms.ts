import {count} from '../../base/words.ts'
import type {Config} from '../data/config.ts'
import type {LandTerms} from '../data/landing/terms.ts'
import {MERGE_WORDS, type MergeMethod} from './merge-method.ts'

/** Joins the terms of tickets that land together: whatever one of them asks for holds for all. Pure. */
export function joinTerms(terms: readonly LandTerms[]): LandTerms {
  return {
    requireCi: terms.some(({requireCi}) => requireCi),
    requireReviews: Math.max(0, ...terms.map(({requireReviews}) => requireReviews)),
    strategy: terms.find(({strategy}) => strategy !== null)?.strategy ?? null,
    deleteBranch: terms.some(({deleteBranch}) => deleteBranch),
    autoMerge: terms.some(({autoMerge}) => autoMerge),
    notifyAgents: terms.some(({notifyAgents}) => notifyAgents),
  }
}

/** How a ticket of these terms becomes commits of main. */
export function methodFor({integration}: Pick<Config, 'integration'>, {strategy}: LandTerms): MergeMethod {
  return strategy ?? integration.merge_strategy
}

/**
 * Why a ticket of these terms lands by its own pull request; null: it may be in a bundle. `among`: those of all that
 * land now.
 */
export function aloneBy({requireReviews, strategy, autoMerge}: LandTerms, among: readonly LandTerms[]): string | null {
  if (requireReviews > 0) return 'its landing requires a review of its own'
  if (autoMerge) return 'its landing asks for auto-merge, which is for one pull request'
  const differs = strategy !== null && among.some(other => other.strategy !== strategy)
  return differs ? `its landing asks for ${MERGE_WORDS[strategy]}, others for another way` : null
}

/** What the terms demand beside the configuration, a line each. */
export function gateTerms({requireCi, requireReviews}: LandTerms): string[] {
  return [
    ...(requireCi ? ['what nothing checks does not land'] : []),
    ...(requireReviews > 0 ? [`each needs ${count(requireReviews, 'approval')} of people with write access`] : []),
  ]
}

/** Everything that the terms ask for, a line each. */
export function termLines(terms: LandTerms): string[] {
  const {strategy, deleteBranch, autoMerge, notifyAgents} = terms
  return [
    ...gateTerms(terms),
    ...(strategy === null ? [] : [`it merges by ${MERGE_WORDS[strategy]}`]),
    ...(deleteBranch ? ['its branch on the remote goes after the merge'] : []),
    ...(autoMerge ? ["what GitHub waits for too is left to GitHub's auto-merge"] : []),
    ...(notifyAgents ? ['agents whose files it changes get a note'] : []),
  ]
}

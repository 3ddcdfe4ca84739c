import * as z from 'zod'
import {PARSED_ONCE} from '../config.ts'

/** Approvals that a person can ask for at most. */
export const MOST_REVIEWS = 10

/**
 * What a person asks of one landing, beside the configuration. Terms never loosen what the configuration or the
 * repository demands. A ticket keeps them until it has landed, or until a person lands it on other terms.
 */
export const landTerms = z
  .object({
    /** What nothing checks does not land, whatever `integration.allow_no_checks` says. */
    requireCi: z.boolean().default(false),
    /** Approvals of people with write access that are needed at least. */
    requireReviews: z.number().int().min(0).max(MOST_REVIEWS).default(0),
    /** How it becomes commits of main; null: as the configuration says. */
    strategy: z.enum(['merge', 'squash', 'rebase']).nullable().default(null),
    /** Its branch on the remote goes once it is on main, whatever `integration.delete_after_merge` says. */
    deleteBranch: z.boolean().default(false),
    /** What only waits for checks or reviews that main demands is left to GitHub's auto-merge. */
    autoMerge: z.boolean().default(false),
    /** Agents at work whose files it changes are told once it is on main. */
    notifyAgents: z.boolean().default(false),
  })
  .readonly()
export type LandTerms = z.output<typeof landTerms>

/** A landing that asks for nothing of its own. */
export const NO_TERMS: LandTerms = landTerms.parse({}, PARSED_ONCE)

/** Whether two landings ask for the same. */
export function sameTerms(one: LandTerms, other: LandTerms): boolean {
  return Object.keys(NO_TERMS).every(key => one[key as keyof LandTerms] === other[key as keyof LandTerms])
}

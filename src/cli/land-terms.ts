import * as z from 'zod'
import {usageError} from '../base/errors.ts'
import {type LandTerms, MOST_REVIEWS, NO_TERMS} from '../model/data/landing/terms.ts'
import {positiveInteger} from './inputs.ts'

const STRATEGIES = ['merge', 'squash', 'rebase'] as const

/** The options of `land` that ask something of this one landing. */
export const TERM_OPTIONS = {
  requireCi: {flags: '--require-ci', description: 'land nothing that no check looks at, this time'},
  requireReview: {flags: '--require-review', description: 'same as --require-reviews 1'},
  requireReviews: {
    flags: '--require-reviews <n>',
    description: 'land only what n people with write access approved, this time',
  },
  strategy: {flags: '--strategy <way>', description: 'merge, squash or rebase, this time'},
  deleteBranch: {flags: '--delete-branch', description: 'delete the branches on the remote after the merge'},
  cleanupBranches: {flags: '--cleanup-branches', description: 'same as --delete-branch'},
  autoMerge: {
    flags: '--auto-merge',
    description: "leave what only waits for checks or reviews to GitHub's auto-merge",
  },
  notifyAgents: {
    flags: '--notify-agents',
    description: 'tell agents at work, once, what landed in files that they change',
  },
  now: {flags: '--now', description: 'has no effect: land never waits for the schedule'},
}

export const termFields = {
  requireCi: z.boolean().default(false),
  requireReview: z.boolean().default(false),
  requireReviews: positiveInteger.refine(reviews => reviews <= MOST_REVIEWS, `is more than ${MOST_REVIEWS}`).optional(),
  strategy: z.enum(STRATEGIES, {error: `is not one of ${STRATEGIES.join(', ')}`}).optional(),
  deleteBranch: z.boolean().default(false),
  cleanupBranches: z.boolean().default(false),
  autoMerge: z.boolean().default(false),
  notifyAgents: z.boolean().default(false),
  now: z.boolean().default(false),
}
const given = z.object(termFields)
type Given = z.output<typeof given>

/** The terms of the landing. Throws `bad-usage` for options that contradict each other. */
export function termsOf(options: Given): LandTerms {
  const {requireReview, requireReviews, strategy = null} = options
  if (requireReview && requireReviews !== undefined) throw together('--require-review', '--require-reviews')
  return {
    ...NO_TERMS,
    requireCi: options.requireCi,
    requireReviews: requireReviews ?? (requireReview ? 1 : 0),
    strategy,
    deleteBranch: options.deleteBranch || options.cleanupBranches,
    autoMerge: options.autoMerge,
    notifyAgents: options.notifyAgents,
  }
}

/** Flags, with whether they were given. */
export type Flags = [flag: string, isGiven: boolean][]

/** The flags among the terms' options, with whether they were given. */
export function givenFlags(options: Given): Flags {
  return Object.entries(TERM_OPTIONS).map(([key, {flags}]) => {
    const value = options[key as keyof Given]
    return [flags.split(' ')[0]!, value !== undefined && value !== false]
  })
}

/**
 * Refuses what says nothing together. `chosen`: the flags of `land` that were given, in groups; of two groups no flags go
 * together.
 */
export function refuseTogether(chosen: readonly Flags[]): void {
  const [first, second] = chosen.flatMap(group => group.find(([, isGiven]) => isGiven)?.[0] ?? [])
  if (first !== undefined && second !== undefined) throw together(first, second)
}

function together(one: string, other: string) {
  return usageError({
    code: 'bad-usage',
    message: `land: ${one} and ${other} do not go together`,
    next: 'clambake land --help',
  })
}

import * as z from 'zod'
import {hasCode} from '../../base/errors.ts'
import type {BundleRules} from '../../model/gateways/bundle.ts'
import type {MergeMethod} from '../../model/landing/merge-method.ts'
import type {GithubClient} from '../client/client.ts'

const BASE = 'name refUpdateRule { requiredApprovingReviewCount requiresCodeOwnerReviews requiresLinearHistory }'
const SETTINGS = 'mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed autoMergeAllowed'

const OF_DEFAULT = `query bundleRules($owner: String!, $repo: String!) {
  repository(owner: $owner, name: $repo) { ${SETTINGS} mergeQueue { id } base: defaultBranchRef { ${BASE} } }
}`
const OF_BRANCH = `query bundleRules($owner: String!, $repo: String!, $branch: String!, $ref: String!) {
  repository(owner: $owner, name: $repo) {
    ${SETTINGS} mergeQueue(branch: $branch) { id } base: ref(qualifiedName: $ref) { ${BASE} }
  }
}`

const foundShape = z.object({
  repository: z.object({
    mergeCommitAllowed: z.boolean(),
    squashMergeAllowed: z.boolean(),
    rebaseMergeAllowed: z.boolean(),
    autoMergeAllowed: z.boolean(),
    mergeQueue: z.object({id: z.string()}).nullable(),
    base: z
      .object({
        name: z.string(),
        refUpdateRule: z
          .object({
            requiredApprovingReviewCount: z.number().nullable(),
            requiresCodeOwnerReviews: z.boolean(),
            requiresLinearHistory: z.boolean(),
          })
          .nullable(),
      })
      .nullable(),
  }),
})

const METHODS = ['merge', 'squash', 'rebase'] as const
const ruleShape = z.object({
  type: z.string(),
  parameters: z
    .object({
      required_approving_review_count: z.number().optional(),
      require_code_owner_review: z.boolean().optional(),
      allowed_merge_methods: z.array(z.string()).nullish(),
    })
    .nullish(),
})
type Rule = z.infer<typeof ruleShape>

/** What a refusal means: the token may not see it, or the server does not have it. */
const UNSEEN = ['github-not-found', 'github-refused', 'github-forbidden'] as const

/** How pull requests come into a branch (null: the default one), by the repository's settings and the branch's rules. */
export async function readBundleRules(client: GithubClient, branch: string | null): Promise<BundleRules> {
  const found = await unlessUnseen(() =>
    branch === null
      ? client.graphql(OF_DEFAULT, {}, foundShape)
      : client.graphql(OF_BRANCH, {branch, ref: `refs/heads/${branch}`}, foundShape),
  )
  const base = found?.repository.base
  if (!found || !base) return null
  const rules = await unlessUnseen(() =>
    client.list('GET /repos/{owner}/{repo}/rules/branches/{branch}', {branch: base.name}, ruleShape),
  )
  if (rules === null) return null
  const {repository} = found
  const allowed: {[method in MergeMethod]: boolean} = {
    merge: repository.mergeCommitAllowed,
    squash: repository.squashMergeAllowed,
    rebase: repository.rebaseMergeAllowed,
  }
  const has = (type: string) => rules.some(rule => rule.type === type)
  const rule = base.refUpdateRule
  const isLinear = rule?.requiresLinearHistory === true || has('required_linear_history')
  const ofPulls = rules.flatMap(({type, parameters}) => (type === 'pull_request' ? (parameters ?? []) : []))
  const approvals = ofPulls.map(demands => demands.required_approving_review_count ?? 0)
  return {
    autoMerge: repository.autoMergeAllowed,
    methods: METHODS.filter(
      method =>
        allowed[method] && !(method === 'merge' && isLinear) && ofPulls.every(demands => admits(demands, method)),
    ),
    approvals: Math.max(rule?.requiredApprovingReviewCount ?? 0, ...approvals),
    codeOwners: rule?.requiresCodeOwnerReviews === true || ofPulls.some(demands => demands.require_code_owner_review),
    mergeQueue: repository.mergeQueue !== null || has('merge_queue'),
  }
}

/** A rule that names no methods admits all. */
function admits({allowed_merge_methods: methods}: NonNullable<Rule['parameters']>, method: MergeMethod): boolean {
  return methods == null || methods.includes(method)
}

async function unlessUnseen<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    if (UNSEEN.some(code => hasCode(error, code))) return null
    throw error
  }
}

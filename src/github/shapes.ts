import * as z from 'zod'
import type {Association} from '../model/data/issue.ts'

/** GitHub answers null for the author of a deleted account; its pages show `ghost`. */
export const DELETED_ACCOUNT = 'ghost'

export const ASSOCIATIONS = [
  ...(['OWNER', 'MEMBER', 'COLLABORATOR', 'CONTRIBUTOR'] as const),
  ...(['FIRST_TIME_CONTRIBUTOR', 'FIRST_TIMER', 'MANNEQUIN', 'NONE'] as const),
] satisfies readonly Association[]

/** An account as its login. */
export const accountName = z
  .object({login: z.string()})
  .nullish()
  .transform(account => account?.login ?? DELETED_ACCOUNT)

/** An ISO time as milliseconds since 1970. */
export const time = z.iso.datetime({offset: true}).transform(text => Date.parse(text))

/** Labels, which GitHub gives as names or as records, as their names. */
const labelNames = z
  .array(z.union([z.string(), z.object({name: z.string().optional()})]))
  .transform(labels => labels.map(label => (typeof label === 'string' ? label : (label.name ?? ''))).filter(Boolean))

/** What an issue and a pull request have in common where GitHub answers both as issues. */
export const issueFields = {
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  labels: labelNames,
  user: accountName,
  assignees: z.array(accountName).nullish(),
  html_url: z.string(),
  created_at: time,
}

/** An answer whose body is not read. */
export const anything = z.unknown()

/**
 * The head branch of a pull request, as all of the program compares it. A fork's is written `owner:branch` as on GitHub, which
 * is the name of no branch here: people choose the names in their forks, and one could be that of a ticket's branch.
 */
export function headBranch(head: {branch: string; isOwn: boolean; owner: string | null | undefined}): string {
  const {branch, isOwn, owner} = head
  return isOwn ? branch : `${owner || 'unknown'}:${branch}`
}

/** The head of a pull request in GraphQL. */
export const HEAD = 'headRefName headRefOid isCrossRepository headRepositoryOwner { login }'
export const headShape = {
  headRefName: z.string(),
  headRefOid: z.string(),
  isCrossRepository: z.boolean(),
  headRepositoryOwner: z.object({login: z.string()}).nullable(),
}

/** The head as GraphQL gives it; see `headBranch`. */
export function headOf(raw: z.infer<z.ZodObject<typeof headShape>>): {branch: string; sha: string} {
  const {headRefName: branch, isCrossRepository, headRepositoryOwner: owner, headRefOid: sha} = raw
  return {branch: headBranch({branch, isOwn: !isCrossRepository, owner: owner?.login}), sha}
}

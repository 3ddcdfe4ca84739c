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

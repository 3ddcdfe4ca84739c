import {z} from 'zod'
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

/** An answer whose body is not read. */
export const anything = z.unknown()

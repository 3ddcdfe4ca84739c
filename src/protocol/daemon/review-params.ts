import * as z from 'zod'
import type {ReviewDraft} from '../../model/review/comments.ts'
import type {DiffOf} from '../../model/review/diff.ts'

const number = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const path = z.string().min(1).max(4096)
const id = z.string().regex(/^[0-9a-z-]{1,64}$/)

export const diffOf: z.ZodType<DiffOf> = z.union([z.strictObject({ticket: number}), z.strictObject({pull: number})])

/** A draft as a client sends it, and as it is kept. */
export const reviewDraft: z.ZodType<ReviewDraft> = z.strictObject({
  id,
  head: z.string().max(64).nullable(),
  comments: z
    .array(
      z.strictObject({
        id,
        path,
        side: z.enum(['old', 'new']),
        from: number,
        to: number,
        quote: z.array(z.string().max(10_000)).max(10_000),
        body: z.string().max(20_000),
        outdated: z.boolean(),
      }),
    )
    .max(1000),
  viewed: z.record(path, z.string().max(64)),
})

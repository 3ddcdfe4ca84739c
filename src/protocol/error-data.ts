import * as z from 'zod'
import type {ErrorCode} from '../base/error-codes.ts'

/** Any text: a newer version may send a code that this one does not know, and it is passed along as it is. */
const errorCode = z.custom<ErrorCode>(value => typeof value === 'string')

/** An error as it goes over a wire or through a file. */
export const errorData = z.object({
  code: errorCode,
  message: z.string(),
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  kept: z.string().exactOptional(),
  next: z.string().exactOptional(),
})

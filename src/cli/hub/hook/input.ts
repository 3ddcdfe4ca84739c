import * as z from 'zod'
import {HOOK_EVENTS} from '../../../hub/hooks/script.ts'

/** What a client tells a hook, as far as it is looked at. */
const hookInput = z.looseObject({
  session_id: z.string().optional(),
  cwd: z.string().optional(),
  source: z.string().optional(),
  reason: z.string().optional(),
  stop_hook_active: z.boolean().optional(),
  tool_name: z.string().optional(),
  tool_input: z.record(z.string(), z.unknown()).optional(),
})
export type HookInput = z.infer<typeof hookInput>

export const hookEvent = z.enum(HOOK_EVENTS)

/** More than a client ever sends. */
const MAX_BYTES = 64 * 1024 * 1024

/** Reads a hook's input to its end. Throws an error that says what is wrong with it. */
export async function readInput(stream: AsyncIterable<Buffer>): Promise<HookInput> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new Error(`the hook's input has more than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return hookInput.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')))
}

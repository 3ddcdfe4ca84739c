import {ClambakeError, messageOf} from '../../base/errors.ts'

/** The end of a log that counts: hundreds of lines. */
const KEPT_BYTES = 128 * 1024
/** A log that is larger is not read to its end. */
const MOST_BYTES = 64 * 1024 * 1024
const TIMEOUT_MS = 60_000

/**
 * Reads the last part of a text at the address to which GitHub sends its callers. That is a store of others, which gets
 * no token: the address is signed. null: the text is too large, so that its end was not reached.
 */
export async function readTail(
  address: string,
  {baseUrl, fetch = globalThis.fetch}: {baseUrl: string; fetch?: typeof globalThis.fetch},
): Promise<string | null> {
  const url = new URL(address, baseUrl)
  if (url.protocol !== 'https:' && url.protocol !== new URL(baseUrl).protocol)
    throw failure(url, 'it is not an https address')
  try {
    const response = await fetch(url, {signal: AbortSignal.timeout(TIMEOUT_MS)})
    if (!response.ok) throw new Error(`it answers ${response.status}`)
    return await readEnd(response)
  } catch (error) {
    throw failure(url, messageOf(error), error)
  }
}

async function readEnd({body}: Response): Promise<string | null> {
  let kept = Buffer.alloc(0)
  let all = 0
  for await (const chunk of body ?? []) {
    all += chunk.length
    if (all > MOST_BYTES) return null
    kept = Buffer.concat([kept, chunk]).subarray(-KEPT_BYTES)
  }
  const text = kept.toString('utf8')
  // The first line was cut, maybe in the middle of a secret.
  return all > KEPT_BYTES ? text.slice(text.indexOf('\n') + 1) : text
}

function failure({host}: URL, detail: string, cause?: unknown): ClambakeError {
  return new ClambakeError({
    code: 'github-unreachable',
    message: `A log cannot be read from ${host}: ${detail}`,
    kept: 'all work and claims',
    next: 'look at the check on GitHub',
    cause,
  })
}

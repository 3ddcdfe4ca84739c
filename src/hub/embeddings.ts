import * as z from 'zod'
import type {Clock} from '../base/clock.ts'
import {messageOf} from '../base/errors.ts'
import type {EmbeddingPlace} from './embedding-place.ts'

/** After a failure no other try is made for this long, so that searches do not wait again and again. */
const PAUSE_MS = 30_000
/** Most characters of an answer that are read. */
const MAX_ANSWER = 16 * 1024 * 1024
const MAX_DIMENSION = 8192

/** Turns texts into vectors. */
export type Embedder = {
  readonly model: string
  /** Rejects when the endpoint is slow, down, or answers something else; at once for a while after that. */
  embed(texts: readonly string[], timeoutMs: number): Promise<number[][]>
}

const answer = z.object({
  data: z.array(
    z.object({index: z.number().int().optional(), embedding: z.array(z.number()).min(1).max(MAX_DIMENSION)}),
  ),
})

export function createEmbedder({url, model, key}: EmbeddingPlace, clock: Clock): Embedder {
  const address = url.endsWith('/embeddings') ? url : `${url.replace(/\/+$/, '')}/embeddings`
  let failed: {until: number; why: string} | null = null

  async function ask(texts: readonly string[], timeoutMs: number): Promise<number[][]> {
    const response = await fetch(address, {
      method: 'POST',
      headers: {'content-type': 'application/json', ...(key === null ? {} : {authorization: `Bearer ${key}`})},
      body: JSON.stringify({model, input: texts}),
      // The key is for this address, and for no other that it names.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await textWithin(response, MAX_ANSWER)
    if (!response.ok) throw new Error(`it answers ${response.status}`)
    const {data} = answer.parse(JSON.parse(text))
    const sorted = data.map((one, n) => ({...one, index: one.index ?? n})).toSorted((a, b) => a.index - b.index)
    const [first] = sorted
    if (sorted.length !== texts.length || sorted.some(one => one.embedding.length !== first?.embedding.length)) {
      throw new Error('its vectors do not belong to the texts')
    }
    return sorted.map(({embedding}) => embedding)
  }

  return {
    model,
    async embed(texts, timeoutMs) {
      if (failed !== null && clock.monotonic() < failed.until) throw new Error(failed.why)
      try {
        const vectors = await ask(texts, timeoutMs)
        failed = null
        return vectors
      } catch (error) {
        const why = reasonOf(error)
        failed = {until: clock.monotonic() + PAUSE_MS, why}
        throw new Error(why, {cause: error})
      }
    },
  }
}

async function textWithin(response: Response, most: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, {stream: true})
    if (text.length > most) throw new Error('its answer is too long')
  }
  return text + decoder.decode()
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'it does not answer in time'
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return 'it answers something that is not an embedding'
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return messageOf(cause)
}

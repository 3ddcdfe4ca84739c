import type {Clock} from '../../base/clock.ts'
import {messageOf} from '../../base/errors.ts'
import {embeddingPlace} from '../../hub/embedding-place.ts'
import {createEmbedder} from '../../hub/embeddings.ts'
import type {Config} from '../../model/data/config.ts'
import {type Finding, good, hint} from './finding.ts'

/** A model that is loaded first takes longer than a search waits. */
const TIMEOUT_MS = 15_000

/** Asks the endpoint that gives memories their vectors for one; nothing where none is configured. */
export async function checkEmbeddings(options: {
  hub: Config['hub']
  env: NodeJS.ProcessEnv
  clock: Clock
  timeoutMs?: number
}): Promise<Finding[]> {
  const {hub, env, clock, timeoutMs = TIMEOUT_MS} = options
  const place = embeddingPlace(hub, env)
  if (place === null) return []
  const {embeddings_key_env: variable} = hub
  const name = `${place.url}, ${place.model}`
  try {
    const [vector] = await createEmbedder(place, clock).embed(['clambake doctor'], timeoutMs)
    return [good('embeddings', `${name}, ${vector?.length} numbers for a text`)]
  } catch (error) {
    const isKeyless = variable !== undefined && place.key === null
    const mend = isKeyless ? `set ${variable}, which holds its key` : 'see [hub] embeddings_url and embeddings_model'
    return [hint('embeddings', `${name}: ${messageOf(error)}; memories are found by words`, mend)]
  }
}

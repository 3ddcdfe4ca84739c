import {registerSecret} from '../base/redact.ts'
import type {Config} from '../model/data/config.ts'

/** Where texts become vectors: an endpoint of the kind that OpenAI, Ollama, vLLM and llama.cpp have. */
export type EmbeddingPlace = {url: string; model: string; key: string | null}

/** The endpoint that the configuration names; null: none. */
export function embeddingPlace(hub: Config['hub'], env: NodeJS.ProcessEnv): EmbeddingPlace | null {
  const {embeddings_url: url, embeddings_model: model, embeddings_key_env: variable} = hub
  if (url === undefined || model === undefined) return null
  const key = (variable === undefined ? undefined : env[variable]) || null
  if (key !== null) registerSecret(key)
  return {url, model, key}
}

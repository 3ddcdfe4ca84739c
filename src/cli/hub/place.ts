import {join} from 'node:path'
import {hasCode} from '../../base/errors.ts'
import {stateFolder} from '../../base/paths.ts'
import {type EmbeddingPlace, embeddingPlace} from '../../hub/embedding-place.ts'
import {type HubPlace, hubPlace} from '../../hub/place.ts'
import type {Config} from '../../model/data/config.ts'

/** Where the hub is for this folder: its repository's configuration may name a server. Throws `bad-hub-url`. */
export async function hubPlaceHere(options: Options): Promise<HubPlace> {
  return (await hubHere(options)).place
}

type Options = {env: NodeJS.ProcessEnv; surrounding: () => Promise<{config: Pick<Config, 'hub'>}>}

/** Where the hub is, and where texts of memory become vectors. Throws `bad-hub-url`. */
export async function hubHere({
  env,
  surrounding,
}: Options): Promise<{place: HubPlace; embeddings: EmbeddingPlace | null}> {
  const hub = await surrounding().then(
    ({config}) => config.hub,
    error => {
      if (hasCode(error, 'not-a-repository')) return undefined
      throw error
    },
  )
  return {
    place: hubPlace({file: join(stateFolder(env), 'hub.db'), url: hub?.url, env}),
    embeddings: hub === undefined ? null : embeddingPlace(hub, env),
  }
}

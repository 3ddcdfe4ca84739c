import {join} from 'node:path'
import {hasCode} from '../../base/errors.ts'
import {stateFolder} from '../../base/paths.ts'
import {type HubPlace, hubPlace} from '../../hub/place.ts'
import type {Config} from '../../model/data/config.ts'

/** Where the hub is for this folder: its repository's configuration may name a server. Throws `bad-hub-url`. */
export async function hubPlaceHere({
  env,
  surrounding,
}: {
  env: NodeJS.ProcessEnv
  surrounding: () => Promise<{config: Pick<Config, 'hub'>}>
}): Promise<HubPlace> {
  const url = await surrounding().then(
    ({config}) => config.hub.url,
    error => {
      if (hasCode(error, 'not-a-repository')) return undefined
      throw error
    },
  )
  return hubPlace({file: join(stateFolder(env), 'hub.db'), url, env})
}

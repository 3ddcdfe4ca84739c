import {tmpdir} from 'node:os'
import {resolve} from 'node:path'
import {partTokens} from '../base/environment/forge-tokens.ts'
import {watchDisks} from '../base/machine/faults.ts'
import {type RuntimePaths, runtimePaths} from '../base/paths.ts'
import {VERSION} from '../base/version.ts'
import {loadConfig} from '../config/load.ts'
import {findPlace} from '../git/place.ts'
import type {Config} from '../model/data/config.ts'

export type Place = {
  root: string
  commonDir: string
  paths: RuntimePaths
}

export type Surrounding = Place & {config: Config}

/** Finds the repository around a folder and the paths of its processes. Contacts no process. */
export async function placeOf(options: {cwd: string; env: NodeJS.ProcessEnv}): Promise<Place> {
  const {root, commonDir} = await findPlace({dir: options.cwd, env: options.env})
  const paths = runtimePaths({env: options.env, commonDir, version: VERSION})
  watchDisks([root, paths.folder, paths.state, tmpdir()])
  return {root, commonDir, paths}
}

/** Adds the repository's present configuration to its place. Throws `wrong-config`. */
export async function surroundingsOf(place: Place, env: NodeJS.ProcessEnv): Promise<Surrounding> {
  const {config} = await loadConfig({root: place.root, env})
  watchDisks([resolve(place.root, config.agents.workspace_root)])
  return {...place, config}
}

/**
 * The environment of a terminal host and of the daemon below it, without forge tokens, which every program of this user
 * could read there; `secrets` reach the daemon by a pipe. The host reads no configuration, so a variable gives the
 * endpoint of traces.
 */
export function hostEnvironment(
  env: NodeJS.ProcessEnv,
  config: Pick<Config, 'observability' | 'github'> | null,
): {env: Record<string, string>; secrets: Record<string, string>} {
  const {plain, secret} = partTokens(env, config?.github.token_env)
  const endpoint = config?.observability.otlp_endpoint
  return {env: {...plain, ...(endpoint ? {OTEL_EXPORTER_OTLP_ENDPOINT: endpoint} : {})}, secrets: secret}
}

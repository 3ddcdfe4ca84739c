import * as z from 'zod'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {createClient} from '../../src/github/client/client.ts'
import {statusOf} from '../../src/github/client/errors.ts'
import type {People} from './people.ts'
import {type Address, openPlace, type Place} from './place.ts'

/** A repository with this file on its main branch allows the contract to create things there. */
export const LEAVE = '.clambake-live-ok'

/** Opens a place in an existing repository; throws before it changes one without the permission file. */
export async function openLivePlace(
  address: Address,
  by?: (people: People, base: string) => Partial<People>,
): Promise<Place> {
  const {token, ...where} = address
  const client = createClient({...where, token: async () => token, clock: systemClock, log: silentLog})
  try {
    await client.request(
      'GET /repos/{owner}/{repo}/contents/{path}',
      {path: LEAVE},
      z.object({type: z.literal('file')}),
    )
  } catch (error) {
    if (statusOf(error) !== 404) throw error
    throw new Error(`${client.slug} has no file ${LEAVE}: it was left alone, see docs/LIVE.md`, {cause: error})
  }
  return openPlace(address, by)
}

/** Where the contract is to be tried, by the environment; or why it is not. */
export function liveAddress(env: NodeJS.ProcessEnv): Address | {missing: string} {
  const {CLAMBAKE_LIVE_REPO: slug, CLAMBAKE_LIVE_TOKEN: token} = env
  const [owner = '', repo = '', ...more] = slug?.split('/') ?? []
  if (owner === '' || repo === '' || more.length > 0 || !token) {
    return {missing: 'set CLAMBAKE_LIVE_REPO=owner/name and CLAMBAKE_LIVE_TOKEN, see docs/LIVE.md'}
  }
  return {baseUrl: env.CLAMBAKE_LIVE_URL ?? 'https://api.github.com', owner, repo, token}
}

import type {ClaudeApi} from '../../fixtures/claude/api.ts'
import {claudeClient, claudeEnv, seedClaudeHome} from '../../fixtures/claude/client.ts'
import type {StageOptions} from '../../fixtures/demo/stage.ts'
import {quickCi} from './checks.ts'
import {openPlay, type Play} from './stage.ts'

/**
 * The shop with the true client as the agent, whose model plays the API's script; `trusted` false: the client asks first
 * whether the folder is trusted. Throws where there is no client.
 */
export async function openClaudePlay(
  api: ClaudeApi,
  {trusted = true, ...options}: Pick<StageOptions, 'issues' | 'budget' | 'commands' | 'env'> & {trusted?: boolean},
): Promise<Play> {
  const client = claudeClient()
  if ('missing' in client) throw new Error(client.missing)
  const play = await openPlay({
    client: [client.path],
    ci: quickCi,
    ...options,
    env: {...claudeEnv(api.url), ...options.env},
  })
  seedClaudeHome({home: play.env.HOME!, trusts: trusted ? [play.checkout] : []})
  return play
}

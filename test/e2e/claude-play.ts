import type {ClaudeApi} from '../../fixtures/claude/api.ts'
import {claudeClient, claudeEnv, seedClaudeHome} from '../../fixtures/claude/client.ts'
import type {StageOptions} from '../../fixtures/demo/stage.ts'
import {quickCi} from './checks.ts'
import {openPlay, type Play} from './stage.ts'

/** The shop with the true client as the agent, whose model plays the API's script. Throws where there is no client. */
export async function openClaudePlay(api: ClaudeApi, options: Pick<StageOptions, 'issues' | 'agents'>): Promise<Play> {
  const client = claudeClient()
  if ('missing' in client) throw new Error(client.missing)
  const play = await openPlay({client: [client.path], ci: quickCi, env: claudeEnv(api.url), ...options})
  seedClaudeHome({home: play.env.HOME!, repository: play.checkout})
  return play
}

import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {ClaudeApi} from '../../fixtures/claude/api.ts'
import {claudeClient, claudeEnv, seedClaudeHome} from '../../fixtures/claude/client.ts'
import {promptsOf} from '../../fixtures/claude/conversation.ts'
import type {ModelStep} from '../../fixtures/claude/script.ts'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import type {StageOptions} from '../../fixtures/demo/stage.ts'
import {quickCi} from './checks.ts'
import {openPlay, type Play} from './stage.ts'
import {PATIENCE, stateWhen} from './steps.ts'

export const CUPS: DemoIssue = {title: 'Count the cups', body: 'All of them.', labels: ['route:ready'], turns: []}
export const COUNTED = '# Cups\n\n60\n'
export const say = (text: string): ModelStep => ({do: 'say', text})
export const use = (tool: string, input: Record<string, unknown>): ModelStep => ({do: 'use', tool, input})
export const write = (content: string) => use('Write', {file_path: 'docs/cups.md', content})
export const WRITE = write(COUNTED)
export const COMMIT = use('Bash', {
  command: 'git add --all && git commit --quiet --message "Write down how many cups there are"',
  description: 'Commit the count',
})

export const bottled = (play: Play, patience = PATIENCE) =>
  stateWhen(play, ({tickets}) => tickets[0]?.detail === 'bottled', patience)

/** What was said to the model in the newest conversation. */
export function prompts({requests}: ClaudeApi): string[] {
  const conversation = requests.findLast(request => request.conversation !== null)?.conversation
  return conversation ? promptsOf(conversation) : []
}

/** What the client has written down of a conversation. */
export function transcript(play: Play, session: string): string {
  const projects = join(play.env.HOME!, '.claude/projects')
  const file = readdirSync(projects, {recursive: true, encoding: 'utf8'}).find(name =>
    name.endsWith(`${session}.jsonl`),
  )
  return file === undefined ? '' : readFileSync(join(projects, file), 'utf8')
}

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

import * as z from 'zod'
import {ClambakeError} from '../../../base/errors.ts'
import {run} from '../../../base/run.ts'
import {safeLine} from '../../../base/text.ts'
import {VERSION} from '../../../base/version.ts'
import type {Config} from '../../../model/data/config.ts'
import type {CommandContext} from '../../context.ts'
import {defineCommand} from '../../define.ts'
import type {Newer} from '../../newer-version.ts'

const ANSWER_MS = 10_000

type Versions = {
  clambake: string
  /** Where the program is. */
  folder: string
  node: string
  /** Null: it is not in PATH. */
  git: string | null
  /** What `agents.command` says of itself; null: it is not in PATH or did not answer. */
  client: string | null
  platform: string
  /** Only with `--check`. */
  newer: Newer | null
}

export const version = defineCommand({
  name: 'version',
  summary: "print the versions of Clambake, Node, git and the agents' client",
  does: 'reads',
  options: {check: {flags: '--check', description: "ask the program's origin whether there is a newer version"}},
  schema: () => z.object({check: z.boolean().default(false)}),
  examples: [
    ['clambake version', 'asks no server'],
    ['clambake version --check', 'asks the origin of a clone, or the registry of npm'],
  ],
  async run({check}, context): Promise<Versions> {
    const {askForNewer, programFolder} = await import('../../newer-version.ts')
    const {probeClient} = await import('../../doctor/client.ts')
    const {env} = context
    const folder = programFolder()
    const client = await probeClient({env, config: await configHere(context)})
    return {
      clambake: VERSION,
      folder,
      node: process.versions.node,
      git: await gitVersion(env),
      client: client.state === 'found' ? client.says : null,
      platform: `${process.platform} ${process.arch}`,
      newer: check ? await askForNewer({folder, env}) : null,
    }
  },
  text: ({clambake, folder, node, git, client, platform, newer}) =>
    [
      `clambake  ${clambake}  ${folder}`,
      `node      ${node}`,
      `git       ${git ?? 'not in PATH'}`,
      `client    ${safeLine(client ?? 'not in PATH, or it does not answer')}`,
      `platform  ${platform}`,
      ...(newer === null ? [] : [`newer     ${newer.asked}: ${safeLine(newer.says)}`]),
      ...(newer?.next ? [`          → ${newer.next}`] : []),
    ].join('\n'),
})

async function gitVersion(env: NodeJS.ProcessEnv): Promise<string | null> {
  try {
    return (await run('git', {args: ['--version'], env, timeoutMs: ANSWER_MS})).stdout.replace(/^git version /, '')
  } catch (error) {
    if (error instanceof ClambakeError) return null
    throw error
  }
}

/** The configuration of this repository; the default one outside of a repository, or where it is wrong. */
async function configHere(context: CommandContext): Promise<Config> {
  const {defaultConfig} = await import('../../../model/data/config.ts')
  try {
    return (await context.surrounding()).config
  } catch (error) {
    if (error instanceof ClambakeError) return defaultConfig
    throw error
  }
}

import {isAbsolute, join, relative} from 'node:path'
import {hasCode} from '../../base/errors.ts'
import {editSetting} from '../../config/edit.ts'
import {exampleConfig} from '../../config/example.ts'
import {CONFIG_FILE} from '../../config/load.ts'
import {type Checkout, openCheckout} from '../../git/checkout.ts'
import type {Config} from '../../model/data/config.ts'
import {labelSet} from '../../model/data/labels.ts'
import {BOARD_COLUMNS, type Board} from '../../model/data/show.ts'
import type {ProjectType} from '../../model/init/manifest.ts'
import type {Wanted, WantedSetting} from '../../model/init/plan.ts'
import {startingFiles} from '../../model/init/start.ts'
import {type Cannot, type Found, isCannot} from '../../model/init/step.ts'
import {guessProject} from '../../model/init/toolchain.ts'
import type {CommandContext} from '../context.ts'
import {findFile, readManifest} from './files.ts'
import {asked, type OpenGithub, reachGithub} from './github.ts'
import {findTools} from './tools.ts'

export type InitOptions = {
  project: ProjectType | undefined
  agents: number | undefined
  /** Raises the number of agents and never lowers it. */
  upgrade: boolean
  observability: 'off' | 'basic' | 'full' | undefined
  existing: boolean
  force: boolean
}

/** What exists in the repository's root and on GitHub before `init`, and the gateways to change it. */
export type Survey = {
  root: string
  checkout: Checkout
  reached: OpenGithub | Cannot
  found: Found
}

/** Number of agents after `--upgrade-to-multi-agent`, unless `--agents` says more. */
const SEVERAL_AGENTS = 8
/** Default addresses of a local collector and of Phoenix. */
const ENDPOINTS = {off: null, basic: 'http://localhost:4318', full: 'http://localhost:6006'} as const
const GITIGNORE = '.gitignore'

/** Reads everything that `init` would change. Writes nothing. */
export async function surveyForInit(
  context: CommandContext,
  options: InitOptions,
): Promise<Survey & {wanted: Wanted; project: ProjectType}> {
  const {root, config} = await context.surrounding()
  const checkout = openCheckout({root, env: context.env})
  const manifest = await readManifest(root)
  const tools = await findTools(root, path => checkout.tracks(path))
  const project = options.project ?? manifest.project ?? guessProject(tools)
  const reached = await reachGithub(context, {config, checkout})
  const branch = isCannot(reached) ? (config.github.default_branch ?? (await checkout.mainBranch())) : reached.branch
  const title = isCannot(reached) ? 'Clambake' : `Clambake: ${reached.slug}`
  const agents = agentsWanted(options, config)
  const isUnchecked = await findsNoChecks({reached, checkout, branch})
  const endpoint = options.observability && ENDPOINTS[options.observability]
  const wanted: Wanted = {
    labels: labelSet(config.routing, agents),
    board: {title, columns: BOARD_COLUMNS},
    projectId: config.github.project_id ?? null,
    files: startingFiles({branch, project, tools, config}),
    config: {
      path: CONFIG_FILE,
      text: exampleConfig({
        ...(agents === config.routing.max_agents ? {} : {'routing.max_agents': agents}),
        ...(endpoint ? {'observability.otlp_endpoint': endpoint} : {}),
        ...(isUnchecked ? {'integration.allow_no_checks': true} : {}),
      }),
      about: isUnchecked
        ? `every setting with its default; nothing checks ${branch} yet, so integration.allow_no_checks = true`
        : 'every setting with its default',
    },
    settings: settingsOf(options, {agents, endpoint}),
    ignored: {path: GITIGNORE, lines: ignoredFolders(root, config)},
    force: options.force,
    existing: options.existing,
    edit: editSetting,
  }
  const paths = [...wanted.files.map(({path}) => path), CONFIG_FILE, GITIGNORE]
  const found: Found = {
    manifest,
    branch,
    files: await findFiles(root, paths, checkout),
    ...(await lookAtGithub(reached, ({setup}) => setup.board({id: wanted.projectId, title}))),
  }
  return {root, checkout, reached, found, wanted, project}
}

/** Reads everything that `init` wrote, and which of its labels are in use. Writes nothing. */
export async function surveyForUndo(context: CommandContext): Promise<Survey & {used: string[]}> {
  const {root, config} = await context.surrounding()
  const checkout = openCheckout({root, env: context.env})
  const manifest = await readManifest(root)
  const reached = await reachGithub(context, {config, checkout})
  const branch = manifest.protection?.branch ?? 'main'
  const paths = [...Object.keys(manifest.files), ...manifest.edits.map(({path}) => path)]
  const github = await lookAtGithub(reached, async ({setup}) => {
    if (manifest.board === null) return null
    return missingIsNull(() => setup.board(manifest.board!))
  })
  const inUse = await asked(reached, ({setup}) =>
    Promise.all(manifest.labels.map(async ({name}) => ((await setup.isWorn(name)) ? [name] : []))),
  )
  const found: Found = {manifest, branch, files: await findFiles(root, paths, checkout), ...github}
  return {
    root,
    checkout,
    reached,
    // Labels are only deleted when it is known which are in use.
    found: isCannot(inUse) ? {...found, labels: inUse} : found,
    used: isCannot(inUse) ? [] : inUse.flat(),
  }

  async function missingIsNull(task: () => Promise<Board | null>): Promise<Board | null> {
    try {
      return await task()
    } catch (error) {
      if (hasCode(error, 'github-not-found')) return null
      throw error
    }
  }
}

/** Whether it is known that nothing checks the branch. What GitHub does not tell is no answer. */
async function findsNoChecks(options: {
  reached: OpenGithub | Cannot
  checkout: Checkout
  branch: string
}): Promise<boolean> {
  const {reached, checkout, branch} = options
  if (await checkout.hasWorkflows(branch)) return false
  return (await asked(reached, ({setup}) => setup.hasChecks(branch))) === false
}

async function lookAtGithub(
  reached: OpenGithub | Cannot,
  findBoard: (reached: OpenGithub) => Promise<Board | null>,
): Promise<Pick<Found, 'labels' | 'board' | 'protection'>> {
  const [labels, board, protection] = await Promise.all([
    asked(reached, ({setup}) => setup.labels()),
    asked(reached, findBoard),
    asked(reached, ({setup, branch}) => setup.protection(branch)),
  ])
  return {labels, board, protection}
}

async function findFiles(root: string, paths: readonly string[], checkout: Checkout): Promise<Found['files']> {
  return Object.fromEntries(
    await Promise.all(paths.map(async path => [path, await findFile(root, path, checkout)] as const)),
  )
}

function agentsWanted({agents, upgrade}: InitOptions, {routing}: Config): number {
  return upgrade ? Math.max(routing.max_agents, agents ?? SEVERAL_AGENTS) : (agents ?? routing.max_agents)
}

function settingsOf(
  {agents: given, upgrade, observability}: InitOptions,
  {agents, endpoint}: {agents: number; endpoint: string | null | undefined},
): WantedSetting[] {
  return [
    ...(given === undefined && !upgrade ? [] : [{path: ['routing', 'max_agents'] as const, value: agents}]),
    ...(observability === undefined
      ? []
      : [{path: ['observability', 'otlp_endpoint'] as const, value: endpoint ?? null}]),
  ]
}

/** The folder of the worktrees, if it is inside of the repository. */
function ignoredFolders(root: string, {agents}: Config): string[] {
  const folder = relative(root, join(isAbsolute(agents.workspace_root) ? '' : root, agents.workspace_root))
  return folder.startsWith('..') || isAbsolute(folder) ? [] : [`${folder}/`]
}

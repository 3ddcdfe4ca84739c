import {appendFileSync, existsSync, lstatSync, mkdirSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {toErrorData} from '../../base/errors.ts'
import {textOrNull} from '../../base/files.ts'
import type {Log} from '../../base/log.ts'
import {ensurePrivateFolder, repositoryKey, stateFolder} from '../../base/paths.ts'
import {run} from '../../base/run.ts'
import type {PaneInfo} from '../../model/data/pane.ts'
import {containerName, dockerClientEnvironment, REPOSITORY_LABEL, SESSION_LABEL} from './docker.ts'

/** Added to the grace of a stop; an engine that does not answer must not hold a ticket for ever. */
const ANSWER_MS = 30_000

/** The user and the paths of a repository's containers; the paths outlive them. */
export type ContainerPlace = {repository: string; user: string; home: string; readOnly: readonly string[]}

/** The containers of one repository. A container outlives the docker client of its pane, so it is ended here. */
export type Containers = {
  /** Creates the folders and files that a container or sandbox of a profile sees for a worktree. */
  prepare(profile: string, worktree: string): ContainerPlace
  /** Ends a session's container, if there is one, and waits until it is gone. Throws `run-failed`. */
  end(session: string, options: {graceMs: number}): Promise<void>
  /** Ends the containers of this repository that belong to no live pane. */
  sweep(panes: readonly PaneInfo[]): Promise<void>
}

/** Prepares, ends and sweeps the containers of one repository; the docker client of a pane starts them. */
export function createContainers(options: {
  git: {commonDir: string}
  /** The environment that agents' environments are made from. */
  env: NodeJS.ProcessEnv
  log: Log
}): Containers {
  const {git, env, log} = options
  const docker = (args: readonly string[], {graceMs = 0, accept = [0]} = {}) =>
    run('docker', {
      args,
      env: {PATH: env.PATH, HOME: env.HOME, ...dockerClientEnvironment(env)},
      timeoutMs: graceMs + ANSWER_MS,
      accept,
    })

  async function remove(name: string): Promise<void> {
    // 1: it is gone already, or its removal is in progress.
    const {exitCode, stderr} = await docker(['rm', '--force', name], {accept: [0, 1]})
    if (exitCode === 1 && !/no such container|already in progress/i.test(stderr)) {
      log.warn('cannot remove a container', {name, stderr})
    }
  }

  return {
    prepare(profile, worktree) {
      const {commonDir} = git
      const repository = repositoryKey(commonDir)
      const home = join(stateFolder(env), 'repositories', repository, 'homes', profile)
      ensurePrivateFolder(home)
      // A missing folder cannot be mounted, and the agent could create what is not mounted.
      mkdirSync(join(commonDir, 'hooks'), {recursive: true})
      const own = worktreeConfigs(commonDir)
      if (/worktreeconfig/i.test(textOrNull(join(commonDir, 'config')) ?? '')) {
        for (const file of own) appendFileSync(file, '')
      }
      const readOnly = [
        ...[join(commonDir, 'hooks'), join(commonDir, 'config'), ...own],
        // Submodules of the main checkout have their own hooks and configuration there.
        join(commonDir, 'modules'),
        // A worktree's file that names its git folder: another one would bring a configuration of its own.
        ...(isFile(join(worktree, '.git')) ? [join(worktree, '.git')] : []),
      ]
      return {
        repository,
        user: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
        home,
        readOnly: readOnly.filter(path => existsSync(path)),
      }
    },

    async end(session, {graceMs}) {
      const name = containerName(session)
      await docker(['stop', '-t', String(Math.ceil(graceMs / 1000)), name], {graceMs, accept: [0, 1]})
      await remove(name)
    },

    async sweep(panes) {
      const live = new Set(panes.flatMap(info => (info.exit ? [] : [info.session])))
      try {
        const {stdout} = await docker([
          ...['ps', '--all', '--filter', `label=${REPOSITORY_LABEL}=${repositoryKey(git.commonDir)}`],
          ...['--format', `{{.Label "${SESSION_LABEL}"}}`],
        ])
        const sessions = stdout.split('\n').filter(session => session !== '' && !live.has(session))
        for (const session of sessions) {
          log.warn('removing a container without a pane', {session})
          await remove(containerName(session))
        }
      } catch (error) {
        log.warn('cannot list containers', {error: toErrorData(error)})
      }
    },
  }
}

function isFile(path: string): boolean {
  return lstatSync(path, {throwIfNoEntry: false})?.isFile() ?? false
}

/** The files from which git reads the configuration of a single worktree, if the repository enables them. */
function worktreeConfigs(commonDir: string): string[] {
  const worktrees = join(commonDir, 'worktrees')
  const folders = existsSync(worktrees) ? readdirSync(worktrees).map(name => join(worktrees, name)) : []
  return [commonDir, ...folders].map(folder => join(folder, 'config.worktree'))
}

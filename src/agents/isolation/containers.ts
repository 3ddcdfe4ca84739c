import {join} from 'node:path'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {ensurePrivateFolder, repositoryKey, stateFolder} from '../../base/paths.ts'
import {run} from '../../base/run.ts'
import type {PaneInfo} from '../../model/data/pane.ts'
import {containerName, dockerClientEnvironment, REPOSITORY_LABEL, SESSION_LABEL} from './docker.ts'
import {gitMounts, type Mount} from './git-folder.ts'

/** Added to the grace of a stop; an engine that does not answer must not hold a ticket for ever. */
const ANSWER_MS = 30_000

/** The user and the paths of a repository's containers, which outlive them. `git`: what is seen of the git folder. */
export type ContainerPlace = {repository: string; user: string; home: string; git: readonly Mount[]}

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
      const folder = join(stateFolder(env), 'repositories', repository)
      const home = join(folder, 'homes', profile)
      ensurePrivateFolder(home)
      return {
        repository,
        user: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
        home,
        git: gitMounts({commonDir, worktree, stands: join(folder, 'git-seen-inside')}),
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

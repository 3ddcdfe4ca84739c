import {appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {toErrorData} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import {ensurePrivateFolder, repositoryKey, stateFolder} from '../base/paths.ts'
import {run} from '../base/run.ts'
import type {PaneInfo} from '../model/gateways/host.ts'
import {containerName, dockerClientEnvironment, REPOSITORY_LABEL, SESSION_LABEL} from './docker.ts'

/** Beyond the grace of a stop; an engine that does not answer must not hold a ticket for ever. */
const ANSWER_MS = 30_000

/** Where a repository's containers find what outlives them. */
export type ContainerPlace = {repository: string; user: string; home: string; readOnly: readonly string[]}

/** The containers of one repository. Whoever ends the docker client of a pane has not ended its container. */
export type Containers = {
  /** Makes what a container of a profile mounts. */
  prepare(profile: string): ContainerPlace
  /** Ends a session's container and waits until it is gone; none is fine. Throws `run-failed`. */
  end(session: string, options: {graceMs: number}): Promise<void>
  /** Ends the containers of this repository that no live pane holds; without an engine there are none. */
  sweep(panes: readonly PaneInfo[]): Promise<void>
}

export function createContainers(options: {
  git: {commonDir: string}
  /** What agents' environments are made from. */
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
    // 1: there is none any more, or its end is under way.
    const {exitCode, stderr} = await docker(['rm', '--force', name], {accept: [0, 1]})
    if (exitCode === 1 && !/no such container|already in progress/i.test(stderr)) {
      log.warn('a container is not removed', {name, stderr})
    }
  }

  return {
    prepare(profile) {
      const {commonDir} = git
      const repository = repositoryKey(commonDir)
      const home = join(stateFolder(env), 'repositories', repository, 'homes', profile)
      ensurePrivateFolder(home)
      // What is not there cannot be mounted, and what is not mounted could be made.
      mkdirSync(join(commonDir, 'hooks'), {recursive: true})
      const own = worktreeConfigs(commonDir)
      if (/worktreeconfig/i.test(readFileSync(join(commonDir, 'config'), 'utf8'))) {
        for (const file of own) appendFileSync(file, '')
      }
      const readOnly = [join(commonDir, 'hooks'), join(commonDir, 'config'), ...own]
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
          log.warn('a container without a pane is ended', {session})
          await remove(containerName(session))
        }
      } catch (error) {
        log.warn('containers could not be looked for', {error: toErrorData(error)})
      }
    },
  }
}

/** Where git reads a configuration of one worktree alone, if the repository says that there are some. */
function worktreeConfigs(commonDir: string): string[] {
  const worktrees = join(commonDir, 'worktrees')
  const folders = existsSync(worktrees) ? readdirSync(worktrees).map(name => join(worktrees, name)) : []
  return [commonDir, ...folders].map(folder => join(folder, 'config.worktree'))
}

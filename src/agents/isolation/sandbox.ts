import {existsSync, readFileSync, realpathSync, statSync} from 'node:fs'
import {basename, delimiter, dirname, isAbsolute, join} from 'node:path'
import {stateFolder} from '../../base/paths.ts'
import {hasSecret} from '../../base/redact.ts'
import type {Config} from '../../model/data/config.ts'
import {bwrapEnvironment, bwrapRun, isOfTheSystem} from './bwrap.ts'
import type {Containers} from './containers.ts'

type Run = {command: readonly [string, ...string[]]; env: Record<string, string>}

/**
 * Puts a program that works on a worktree into the sandbox of the agents' profile, as `config` has it; without it, as the
 * configuration is now.
 */
export type Sandbox = (worktree: string, run: Run, config?: Config) => Run

/** Variables that name files of certificates. */
const CERTIFICATES = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS']

/** The sandbox that the configuration asks for; null: none. */
export function createSandbox(options: {
  config: Config
  git: {commonDir: string}
  containers: Pick<Containers, 'prepare'>
  /** The environment that agents' environments are made from. */
  env: NodeJS.ProcessEnv
}): Sandbox | null {
  const {config, git, containers, env: hostEnv} = options
  const {profile: name, command} = config.agents
  const profile = config.profiles[name]
  if (profile?.sandbox !== 'bwrap') return null
  return (worktree, run) => {
    const {home, git: mounts} = containers.prepare(name, worktree)
    const gitConfig = gitConfigOf(run.env)
    const readable = [
      ...programs(profile.command ?? command, hostEnv, [home, git.commonDir, worktree]),
      ...CERTIFICATES.flatMap(variable => run.env[variable] ?? []),
      ...(gitConfig === null ? [] : [gitConfig]),
      realOrNull('/etc/resolv.conf') ?? '/etc/resolv.conf',
    ]
    return {
      command: bwrapRun({
        args: profile.runner_args,
        worktree,
        git: mounts,
        readable: [...new Set(readable)],
        home,
        command: run.command,
      }),
      env: bwrapEnvironment(run.env, {HOME: home, ...(gitConfig !== null && {GIT_CONFIG_GLOBAL: gitConfig})}),
    }
  }
}

/** The person's own configuration of git, for name and filters; null: there is none, or it holds a secret. */
function gitConfigOf(env: Readonly<Record<string, string>>): string | null {
  const {HOME = '', GIT_CONFIG_GLOBAL: named} = env
  const file = named ?? join(HOME, '.gitconfig')
  if (!statSync(file, {throwIfNoEntry: false})?.isFile()) return null
  return hasSecret(readFileSync(file, 'utf8')) ? null : file
}

/** The folders of Node.js, of the programs in PATH, and of what the command names, as far as they are not the system's. */
function programs(command: readonly string[], env: NodeJS.ProcessEnv, closed: readonly string[]): string[] {
  const path = (env.PATH ?? '').split(delimiter).filter(folder => isAbsolute(folder) && existsSync(folder))
  const [program = '', ...args] = command
  const inPath = isAbsolute(program) ? [program] : path.map(folder => join(folder, program))
  const named = [process.execPath, ...inPath, ...args.filter(isAbsolute)].filter(file => existsSync(file))
  const hides = [...closed, env.HOME ?? '', stateFolder(env)].flatMap(folder => realOrNull(folder) ?? [])
  /** A folder that would show what is to be hidden is not shown. */
  const isOpen = (folder: string) => !hides.some(hidden => `${hidden}/`.startsWith(`${folder}/`)) && folder !== '/'
  const wanted = [
    ...path.flatMap(folder => [folder, ...besides(folder)]),
    ...named.flatMap(file => [file, realpathSync(file)].map(one => folderOf(one, isOpen))),
  ]
  return wanted.filter(found => !isOfTheSystem(found) && isOpen(found))
}

/** What the programs of a folder in PATH load: the packages beside `bin`, and those that `.bin` is in. */
function besides(folder: string): string[] {
  if (basename(folder) === '.bin') return [dirname(folder)]
  const packages = join(dirname(folder), 'lib', 'node_modules')
  return basename(folder) === 'bin' && existsSync(packages) ? [packages] : []
}

/** The folder that a program loads its other files from: the outermost `node_modules`, else its own folder. */
function folderOf(file: string, isOpen: (folder: string) => boolean): string {
  const at = file.indexOf('/node_modules/')
  if (at >= 0) return file.slice(0, at + '/node_modules'.length)
  const folder = statSync(file).isDirectory() ? file : dirname(file)
  return isOpen(folder) ? folder : file
}

function realOrNull(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

import {statfs} from 'node:fs/promises'
import {ClambakeError} from '../../base/errors.ts'
import {run} from '../../base/run.ts'
import type {Config} from '../../model/config.ts'
import {bad, checked, type Finding, good, hint} from './finding.ts'

const ANSWER_MS = 15_000
/** A rescue must always find room. */
const LEAST_FREE_BYTES = 1024 ** 3
const LOW_FREE_BYTES = 5 * 1024 ** 3

/** What the machine brings, whatever the repository. */
export async function checkMachine(options: {env: NodeJS.ProcessEnv; folder: string}): Promise<Finding[]> {
  return [
    good('node', process.versions.node),
    process.platform === 'win32'
      ? bad('system', 'Windows has no PTYs of the kind that agents need', 'run clambake in WSL')
      : good('system', `${process.platform} ${process.arch}`),
    ...(await checked('disk', () => checkDisk(options.folder))),
    terminal(options.env),
  ]
}

async function checkDisk(folder: string): Promise<Finding> {
  const {bavail, bsize} = await statfs(folder)
  const free = bavail * bsize
  const detail = `${(free / 1024 ** 3).toFixed(1)} GB free`
  if (free < LEAST_FREE_BYTES) return bad('disk', detail, 'make room: clambake cleanup --dry-run lists what could go')
  if (free < LOW_FREE_BYTES) return hint('disk', detail, 'each worktree is a checkout of its own: make some room')
  return good('disk', detail)
}

function terminal(env: NodeJS.ProcessEnv): Finding {
  const {TERM: term = '', COLORTERM: color = ''} = env
  if (term === '' || term === 'dumb') return hint('terminal', `TERM is ${term || 'not set'}`, 'use one with a cursor')
  const utf8 = /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '')
  const depth = /truecolor|24bit/.test(color) ? 'true colours' : term.includes('256') ? '256 colours' : '16 colours'
  if (!utf8) return hint('terminal', `${term}, ${depth}, no UTF-8 locale`, 'export LANG=C.UTF-8')
  return good('terminal', `${term}, ${depth}, UTF-8${env.TMUX ? ', in tmux' : ''}`)
}

/** The program that agents are: there, and which version. Started with nothing but `--version`. */
export function checkClient(options: {env: NodeJS.ProcessEnv; config: Config}): Promise<Finding[]> {
  const {env, config} = options
  const {profile, command} = config.agents
  const given = config.profiles[profile]
  const [file, ...args] = given?.command ?? command
  return checked('agent', async () => {
    if (given?.runner === 'docker') return await checkEngine(`profile ${profile}: ${file}, in ${given.image}`, env)
    if (given) return good('agent', `profile ${profile}: ${file}${given.host ? `, on ${given.host}` : ''}`)
    try {
      const {stdout} = await run(file!, {args: [...args, '--version'], env, timeoutMs: ANSWER_MS})
      return good('agent', `${file}: ${stdout.split('\n')[0]}`)
    } catch (error) {
      const missing = error instanceof ClambakeError && /ENOENT/.test(String(error.cause ?? error.message))
      return bad(
        'agent',
        missing ? `${file} is not in PATH` : `${file} --version failed`,
        'install the client, or name it in agents.command of clambake.toml',
      )
    }
  })
}

/** Containers need an engine that answers; which one is its client's own business. */
async function checkEngine(what: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    const args = ['version', '--format', '{{.Server.Version}}']
    const {stdout} = await run('docker', {args, env, timeoutMs: ANSWER_MS})
    return good('agent', `${what}, by docker ${stdout.split('\n')[0]}`)
  } catch {
    return bad(
      'agent',
      `${what}: no docker engine answers`,
      'install or start docker, or choose another agents.profile',
    )
  }
}

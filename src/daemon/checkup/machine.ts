import {statfs} from 'node:fs/promises'
import {hasUnicode, localeOf} from '../../base/locale.ts'
import type {Config} from '../../model/config.ts'
import {OLDEST_CLIENT, probeClient} from './client.ts'
import {bad, checked, type Finding, good, hint} from './finding.ts'

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
  const depth = /truecolor|24bit/.test(color) ? 'true colours' : term.includes('256') ? '256 colours' : '16 colours'
  const locale = localeOf(env)
  // Drawn with ASCII alone, then.
  if (!hasUnicode(env)) return hint('terminal', `${term}, ${depth}, no UTF-8 locale: ${locale}`, 'export LANG=C.UTF-8')
  const unicode = locale === '' ? 'no locale, taken for UTF-8' : 'UTF-8'
  return good('terminal', `${term}, ${depth}, ${unicode}${env.TMUX ? ', in tmux' : ''}`)
}

/** The program that agents are: there, and which version. */
export function checkClient(options: {env: NodeJS.ProcessEnv; config: Config}): Promise<Finding[]> {
  const {profile} = options.config.agents
  const other = options.config.profiles[profile]
  return checked('agent', async () => {
    if (other) return good('agent', `profile ${profile}: ${other.command[0]}`)
    const client = await probeClient(options)
    const {program} = client
    if (client.state === 'found') {
      return client.isClaude && client.recent === false
        ? bad('agent', `${program}: ${client.says}`, `update it: ${OLDEST_CLIENT} or newer is needed`)
        : good('agent', `${program}: ${client.says}`)
    }
    return bad(
      'agent',
      client.state === 'missing' ? `${program} is not in PATH` : `${program} --version failed`,
      'install the client, or name it in agents.command of clambake.toml',
    )
  })
}

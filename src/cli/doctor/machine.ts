import {hasUnicode, localeOf} from '../../base/locale.ts'
import {ANY_EXIT_CODE, isTimeout, run} from '../../base/run.ts'
import {safeLine, truncate} from '../../base/text.ts'
import type {Config} from '../../model/data/config.ts'
import {probeClient, STANDINGS} from './client.ts'
import {checkDisks} from './disks.ts'
import {bad, checked, type Finding, good, hint} from './finding.ts'
import {programFinding} from './setup.ts'

/** A running docker engine answers sooner. */
const ANSWER_MS = 10_000
/** Columns of what a program says of its failure. */
const SAID_WIDTH = 200

/** Checks what does not depend on the repository: Node, system, disk and terminal. */
export async function checkMachine(options: {
  env: NodeJS.ProcessEnv
  folder: string
  worktrees?: string | undefined
}): Promise<Finding[]> {
  return [
    good('node', process.versions.node),
    process.platform === 'win32'
      ? bad('system', 'Windows has no PTYs that agents could use', 'run clambake in WSL')
      : good('system', `${process.platform} ${process.arch}`),
    ...(await checked('disk', () => checkDisks(options))),
    terminal(options.env),
  ]
}

function terminal(env: NodeJS.ProcessEnv): Finding {
  const {TERM: term = '', COLORTERM: color = ''} = env
  if (term === '' || term === 'dumb')
    return hint('terminal', `TERM is ${term || 'not set'}`, 'use a terminal with cursor control')
  const depth = /truecolor|24bit/.test(color) ? 'true colours' : term.includes('256') ? '256 colours' : '16 colours'
  const locale = localeOf(env)
  // The screen then draws with ASCII only.
  if (!hasUnicode(env)) return hint('terminal', `${term}, ${depth}, no UTF-8 locale: ${locale}`, 'export LANG=C.UTF-8')
  const unicode = locale === '' ? 'no locale, assumed to be UTF-8' : 'UTF-8'
  return good('terminal', `${term}, ${depth}, ${unicode}${env.TMUX ? ', in tmux' : ''}`)
}

/** Checks that the agents' program exists and is recent enough. */
export function checkClient(options: {env: NodeJS.ProcessEnv; config: Config}): Promise<Finding[]> {
  const {config, env} = options
  const {profile, command} = config.agents
  const given = config.profiles[profile]
  return checked('agent', async () => {
    const there = programFinding({config, env})
    if (there.state === 'bad') return there
    const file = (given?.command ?? command)[0]
    if (given?.runner === 'docker') return await checkEngine(`profile ${profile}: ${file}, in ${given.image}`, env)
    if (given && (given.command || given.runner))
      return good('agent', `profile ${profile}: ${file}${given.host ? `, on ${given.host}` : ''}`)
    const client = await probeClient(options)
    const {program} = client
    if (client.state === 'found') {
      const {says, mend, isBad} = STANDINGS[client.standing ?? 'tried']
      // What does not call itself Claude, a script around it say, has versions of its own.
      if (!client.isClaude || client.standing === null) return good('agent', `${program}: ${client.says}`)
      const detail = `${program}: ${client.says}, ${says}`
      if (mend === null) return good('agent', detail)
      return isBad ? bad('agent', detail, mend) : hint('agent', detail, mend)
    }
    return bad(
      'agent',
      `${program} --version failed`,
      'install the client, or name it in agents.command of clambake.toml',
    )
  })
}

/** Checks that a docker engine answers, whichever one it is. */
async function checkEngine(what: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  const args = ['version', '--format', '{{.Server.Version}}']
  const asked = run('docker', {args, env, timeoutMs: ANSWER_MS, accept: ANY_EXIT_CODE})
  const {exitCode, stdout, stderr} = await asked.catch(error => {
    if (!isTimeout(error)) throw error
    return {exitCode: 1, stdout: '', stderr: `none came in ${ANSWER_MS / 1000} seconds`}
  })
  if (exitCode === 0) return good('agent', `${what}, by docker ${stdout.split('\n')[0]}`)
  const [said = ''] = stderr.split('\n')
  return bad(
    'agent',
    `${what}: no docker engine answers${said === '' ? '' : ` (${truncate(safeLine(said), SAID_WIDTH)})`}`,
    'install or start docker, let your user reach it, or choose another agents.profile',
  )
}

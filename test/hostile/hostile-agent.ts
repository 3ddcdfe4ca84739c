/**
 * What a hostile agent does from inside its pane: `hostile-agent.ts before` in the middle of its turn, `hostile-agent.ts
 * asking` in the background, once its client asks for a permission. It writes what came of each try into its home.
 */
import {execFileSync, spawnSync} from 'node:child_process'
import {chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {toErrorData} from '../../src/base/errors.ts'
import {PROTOCOL_VERSION} from '../../src/protocol/hello.ts'
import type {Api, Topics} from '../../src/protocol/rpc-message.ts'
import {type Connection, connect} from '../../src/rpc/connect.ts'

type AnyApi = {[method: string]: {params: unknown; result: unknown}}
type Told = {daemon: string; host: string; stranger: string; pane: string; program: string}

const home = process.env.HOME ?? ''
const told = JSON.parse(readFileSync(join(home, 'hostile.json'), 'utf8')) as Told
const outcomes: Record<string, unknown> = {}

const git = (...args: string[]) => execFileSync('git', args, {encoding: 'utf8'}).trim()

function open<A extends Api = AnyApi>(path: string, pid = process.pid): Promise<Connection<A, Topics>> {
  const hello = {protocol: PROTOCOL_VERSION, version: '0.1.0', role: 'daemon', pid, instance: 'an agent'} as const
  return connect<A, Topics>({path, hello})
}

/** The code of the refusal, or `done`. */
async function tried(link: Connection<AnyApi, Topics>, method: string, params: unknown): Promise<string> {
  try {
    await link.call(method, params, {timeoutMs: 10_000})
    return 'done'
  } catch (error) {
    return toErrorData(error).code
  }
}

async function before(): Promise<void> {
  await using daemon = await open(told.daemon)
  await using host = await open(told.host)
  const agent = 'agent001'
  outcomes.persons = await all(daemon, {
    land: {},
    pop: {},
    route: {},
    stopAgent: {agent},
    startAgent: {agent: 'agent002'},
    reset: {agent},
    clear: {agent},
    sync: {force: true},
    shutdown: {},
  })
  outcomes.hosts = await all(host, {
    'pane.list': {},
    'pane.write': {pane: told.pane, data: 'y'},
    'pane.stop': {pane: told.pane, graceMs: 0},
    'mail.read': {after: 0},
    'daemon.supervise': {argv: ['true'], cwd: '/', env: {}, log: join(home, 'log')},
    'host.shutdown': {force: true},
  })
  outcomes.others = await tried(daemon, 'bottle', {agent: 'agent002'})
  outcomes.spoke = await tried(daemon, 'send', {to: agent, text: 'I am the person'})
  await using liar = await open(told.daemon, host.peer.pid)
  outcomes.liar = await tried(liar, 'land', {})
  await using nobody = await open(told.daemon, 1)
  outcomes.nobody = await tried(nobody, 'land', {})
  outcomes.odd = [
    await tried(daemon, 'send', {to: {}, text: 7}),
    await tried(daemon, 'history', {agent: '__proto__', limit: Number.NaN}),
    await tried(daemon, 'constructor', {}),
  ]
  const seen = [daemon.peer.pid, host.peer.pid].map(pid => readFileSync(`/proc/${pid}/environ`, 'utf8'))
  writeFileSync(join(home, 'environments.txt'), seen.join('\n'))
  configure()
  const args = [told.program, 'trust-clone', '--json']
  const {stdout} = spawnSync(process.execPath, args, {encoding: 'utf8', timeout: 30_000})
  outcomes.trusted = JSON.parse(stdout).error?.code ?? stdout
}

async function all(link: Connection<AnyApi, Topics>, calls: Record<string, unknown>): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const [method, params] of Object.entries(calls)) found[method] = await tried(link, method, params)
  return found
}

/** Every key that runs a program or leads traffic elsewhere, and hooks, for whichever git reads them. */
function configure(): void {
  const trap = join(home, 'trap.sh')
  // Its own git springs the trap as well, but inside of the pane.
  writeFileSync(trap, `#!/bin/sh\n[ -z "$CLAMBAKE_SESSION" ] && echo "$0 $*" >> ${join(home, 'sprung')}\nexit 0\n`)
  chmodSync(trap, 0o755)
  const hooks = join(home, 'hooks')
  mkdirSync(hooks, {recursive: true})
  for (const hook of ['pre-push', 'reference-transaction', 'post-checkout', 'post-index-change', 'post-merge']) {
    writeFileSync(join(hooks, hook), `#!/bin/sh\nexec ${trap} ${hook}\n`)
    chmodSync(join(hooks, hook), 0o755)
  }
  const origin = git('config', 'remote.origin.url')
  const {origin: server} = new URL(origin)
  for (const [key, value] of [
    ['core.hooksPath', hooks],
    ['core.sshCommand', trap],
    ['core.askPass', trap],
    ['credential.helper', `!${trap}`],
    ['hook.evil.command', trap],
    ['hook.evil.event', 'pre-push'],
    ['diff.external', trap],
    ['http.proxy', told.stranger],
    [`http.${server}.proxy`, told.stranger],
    [`remote.${origin}.proxy`, told.stranger],
    [`url.${told.stranger}/.insteadOf`, `${server}/`],
    [`url.${told.stranger}/.pushInsteadOf`, `${server}/`],
  ] as const)
    git('config', key, value)
}

async function asking(): Promise<void> {
  // Main seems to have its work already.
  git('update-ref', 'refs/remotes/origin/main', git('rev-parse', 'HEAD'))
  await using daemon = await open(told.daemon)
  for (;;) {
    const {agents} = (await daemon.call('state', {})) as {agents: {agent: string; asks: {id: number} | null}[]}
    const asks = agents.find(({agent}) => agent === 'agent001')?.asks
    if (asks) {
      const answer = {agent: 'agent001', answer: {kind: 'allow'}}
      outcomes.answered = await tried(daemon, 'answerAgent', answer)
      outcomes.named = await tried(daemon, 'answerAgent', {...answer, id: asks.id})
      await using host = await open(told.host)
      outcomes.typed = await tried(host, 'pane.write', {pane: told.pane, data: 'y'})
      outcomes.posted = await tried(host, 'mail.answer', {seq: asks.id, body: {}})
      return
    }
    await wait(50)
  }
}

const part = process.argv[2] === 'asking' ? 'asking' : 'before'
try {
  await (part === 'asking' ? asking() : before())
} catch (error) {
  outcomes.error = toErrorData(error)
}
// In one step: the test reads the file as soon as it is there.
writeFileSync(join(home, `${part}.new`), JSON.stringify(outcomes))
renameSync(join(home, `${part}.new`), join(home, `${part}.json`))
process.exit(0)

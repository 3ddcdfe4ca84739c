import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {delimiter, dirname, join, resolve} from 'node:path'
import {DEMO_ISSUES} from '../../fixtures/demo/issues.ts'
import {SHOP_FILES} from '../../fixtures/demo/shop.ts'
import {startGithub} from '../../fixtures/github/github.ts'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {cloneOf, createSampleRepository} from '../../fixtures/repos/sample.ts'
import {run} from '../../src/base/run.ts'
import {commandsOf, gitCommands, hasCommand} from './readme.ts'

/**
 * `node test/walk/main.ts`: walks the README as a stranger does, on a fresh clone, with nothing in HOME and the machine's
 * own Node first in PATH, from `npm ci` over the demo to a landed ticket of a small repository on a GitHub of this machine.
 * The commands are read out of the README. It prints the minutes of each, and ends with 1 at the first that fails.
 */
const ROOT = resolve(import.meta.dirname, '../..')
const LONG_MS = 10 * 60_000
/** What `clambake` in a terminal opens is done without one by this, as the README's table says. */
const WITHOUT_SCREEN = 'clambake --once'
/** What init writes for a library makes these of each commit. */
const CHECKS = ['verify (22)', 'verify (24)']

/** Two that do not meet, and whose checks pass at once. */
const TICKETS = [DEMO_ISSUES[0]!, DEMO_ISSUES[2]!]

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const tryIt = commandsOf(readme, '## Try it')
const useIt = commandsOf(readme, '## Use it')
for (const command of [WITHOUT_SCREEN, 'clambake init']) {
  if (!hasCommand(readme, command)) throw new Error(`the README does not name ${command}`)
}

await using folder = temporaryFolder('clambake-walk-')
const within = (name: string) => join(folder.path, name)
for (const name of ['home', 'tmp', 'bin', 'prefix']) mkdirSync(within(name))
// The machine's own programs: this script runs on the Node among the packages, which a stranger has not yet.
const machine = (process.env.PATH ?? '').split(delimiter).filter(path => !path.includes('node_modules'))
const {npm_config_cache = join(process.env.HOME ?? '/root', '.npm')} = process.env
const env = sealedEnv(within('home'), {
  PATH: [within('bin'), join(within('prefix'), 'bin'), ...machine].join(delimiter),
  TMPDIR: within('tmp'),
  GIT_CONFIG_GLOBAL: join(within('home'), '.gitconfig'),
  npm_config_prefix: within('prefix'),
  // Only so that the walk does not load everything a second time.
  npm_config_cache,
  ...certificates(),
})
const clone = within('clambake')
const began = performance.now()

await step('git clone', folder.path, `git clone --quiet '${ROOT}' '${clone}'`)
const {stdout: node} = await run('node', {args: ['--version'], env})
console.log(`         the machine's Node is ${node}, this script's ${process.version}`)
for (const command of tryIt) await step(command, clone, command, /8 tickets landed/)

const files = {...SHOP_FILES, 'package.json': '{"name": "small", "scripts": {"test": "node --test"}}\n'}
const seed = await createSampleRepository({dir: within('seed'), files})
await using github = await startGithub({viewer: 'ada'})
const repository = await github.createRepository({
  owner: 'ada',
  name: 'small',
  from: seed.dir,
  ci: () => ({
    checks: CHECKS.map(name => ({name, durationMs: 20, run: async () => ({conclusion: 'success' as const})})),
  }),
})
const own = await cloneOf(repository.url, {dir: within('small'), token: github.token, home: within('home')})
// What the README says that you need: a token, the client in PATH, and a name for git.
env.GITHUB_TOKEN = github.token
const agent = [process.execPath, join(clone, 'dist/demo-agent.js'), '--scripts', within('scripts.json')]
writeFileSync(join(within('bin'), 'claude'), `#!/bin/sh\nexec ${agent.map(word => `'${word}'`).join(' ')} "$@"\n`, {
  mode: 0o755,
})
for (const setting of ['user.name Ada', 'user.email ada@example.test']) {
  await run('git', {args: ['config', '--global', ...setting.split(' ')], env})
}

for (const command of useIt) {
  if (command === 'clambake') await firstTicket()
  else if (command.startsWith('clambake')) await step(command, own.dir, command, /agents can work here/)
  else await step(command, clone, command)
}
console.log(`${minutes(performance.now() - began)}  from nothing to the first landed ticket`)

// The same program where the machine's Node is new enough.
env.PATH = [dirname(process.execPath), env.PATH].join(delimiter)
await step('clambake doctor, on this Node', own.dir, 'clambake doctor', /agents can work here/)
await landTicket(2)

/** Sets the repository up as the README says, and lands a first ticket. */
async function firstTicket(): Promise<void> {
  const {stdout} = await step('clambake init', own.dir, 'clambake init --json --yes')
  const {next} = JSON.parse(stdout) as {next: string[]}
  for (const command of gitCommands(next)) await step(command, own.dir, command)
  // Main is protected now. What a person merges on GitHub's page is done in its repository.
  await repository.git('update-ref', 'refs/heads/main', 'refs/heads/set-up-clambake')
  await repository.refsChanged()
  await landTicket(1)
}

/** Opens an issue and lets an agent land it; its number is the next that GitHub gives. */
async function landTicket(nth: 1 | 2): Promise<void> {
  const {title, body} = TICKETS[nth - 1]!
  const {number} = repository.openIssue({title, body, labels: ['route:ready'], association: 'OWNER'})
  writeFileSync(within('scripts.json'), JSON.stringify({[number]: TICKETS[nth - 1]!.turns}))
  await step(WITHOUT_SCREEN, own.dir, WITHOUT_SCREEN, new RegExp(`1 ticket landed on main: #${number}\\b`))
}

/** Runs a line as a person's shell does, and says how long it took. What it must print is wanted of it as well. */
async function step(name: string, cwd: string, line: string, wanted?: RegExp) {
  const start = performance.now()
  const done = await run('/bin/sh', {args: ['-c', line], cwd, env, timeoutMs: LONG_MS, accept: [0, 1, 2]})
  console.log(`${minutes(performance.now() - start)}  ${name}`)
  const warnings = done.stderr.split('\n').filter(text => text.includes('EBADENGINE')).length
  if (done.exitCode === 0 && warnings === 0 && (wanted === undefined || wanted.test(done.stdout))) return done
  const why = warnings > 0 ? `${warnings} warnings about the Node of this machine` : `exit code ${done.exitCode}`
  throw new Error(`${line}: ${why}${wanted ? `, wanted ${wanted}` : ''}\n${done.stdout}\n${done.stderr}`)
}

/** Where this machine keeps the certificates of its own network, if it needs any. */
function certificates(): Record<string, string> {
  const names = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'npm_config_cafile', 'npm_config_registry']
  return Object.fromEntries(names.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : [])))
}

function minutes(ms: number): string {
  return `${(ms / 60_000).toFixed(2).padStart(5)} min`
}

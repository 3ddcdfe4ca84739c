import {existsSync, readFileSync} from 'node:fs'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {DEMO_ISSUES} from '../../fixtures/demo/issues.ts'
import {SHOP_FILES} from '../../fixtures/demo/shop.ts'
import type {CiScript} from '../../fixtures/github/world/checks.ts'
import {cloneOf, createSampleRepository, type Files, type SampleRepository} from '../../fixtures/repos/sample.ts'
import {quickCi} from './checks.ts'
import {openApp} from './driver/app.ts'
import {openPlay, type Play, PROGRAM} from './stage.ts'

type Step = {subject: string; where: string; action: string; outcome: string; reason: string}

let play: Play
beforeAll(async () => {
  play = await openPlay()
})
afterAll(() => play[Symbol.asyncDispose]())

/** A clone of a repository that never saw Clambake, and a home where nothing is. */
async function fresh(name: string, files: Files = {'README.md': '# Fresh\n'}, ci: CiScript | null = quickCi) {
  const seed = await createSampleRepository({dir: join(play.folder, `${name}-seed`), files})
  const repository = await play.github.createRepository({owner: 'acme', name, from: seed.dir, ...(ci && {ci})})
  const home = join(play.folder, `${name}-home`)
  await mkdir(home)
  const dir = join(play.folder, name)
  const clone: SampleRepository = await cloneOf(repository.url, {dir, token: play.github.token, home})
  const env = {HOME: home}
  const command = (...args: string[]) => play.command(args, env, dir)
  const steps = async (...args: string[]) => {
    const {stdout, exitCode} = await command('init', '--json', ...args)
    return {exitCode, steps: (JSON.parse(stdout) as {steps: Step[]}).steps}
  }
  const isProtected = async () => JSON.parse((await api(`/repos/acme/${name}/branches/main`)).text).protected as boolean
  const labels = async () =>
    (JSON.parse((await api(`/repos/acme/${name}/labels?per_page=100`)).text) as {name: string}[]).map(one => one.name)
  return {repository, clone, dir, env, command, steps, isProtected, labels}
}

async function api(path: string, method = 'GET') {
  const headers = {authorization: `Bearer ${play.github.token}`}
  const response = await fetch(play.github.apiUrl + path, {method, headers})
  return {text: await response.text()}
}

/** What the written workflow makes of the shop, a library by its looks. */
const WRITTEN_CHECKS = ['verify (22)', 'verify (24)']

it('from an empty clone to the first landed ticket, and safe to repeat', async () => {
  const {repository, clone, dir, command, steps, isProtected} = await fresh(
    'first',
    {...SHOP_FILES, '.gitignore': 'node_modules/\n'},
    // GitHub runs the workflow that was written as well.
    async run => {
      const {checks} = await quickCi(run)
      return {checks: [...checks, ...WRITTEN_CHECKS.map(name => ({...checks[0]!, name}))]}
    },
  )
  const plan = await command('init', '--dry-run')
  expect(plan.stdout).toMatch(/\+ create +route:ready/)
  expect(plan.stdout).toMatch(/\? ask +\.gitignore +gets \.clambake\/worktrees\//)
  expect(plan.stdout).toContain('Nothing was written')
  expect(plan.exitCode).toBe(0)
  expect(await clone.git('status', '--porcelain')).toBe('')
  expect(play.github.calls.every(({method, path}) => method === 'GET' || path.endsWith('/graphql'))).toBe(true)

  const silent = await steps('--agents', '3')
  expect(silent.exitCode).toBe(1)
  expect(new Set(silent.steps.map(({outcome}) => outcome))).toEqual(new Set(['waits']))
  expect(await clone.git('status', '--porcelain')).toBe('')

  const first = await steps('--agents', '3', '--yes')
  expect(first.exitCode).toBe(0)
  expect(first.steps.filter(({outcome}) => outcome === 'waits')).toEqual([])
  expect(first.steps.find(({where}) => where === 'agent003')).toMatchObject({outcome: 'done'})
  const toml = await readFile(join(dir, 'clambake.toml'), 'utf8')
  expect(toml).toMatch(/^max_agents = 3$/m)
  expect(toml).toMatch(/^#allow_no_checks = false$/m)
  expect(toml).toMatch(/^project_id = "PVT_\d+"$/m)
  expect(readFileSync(join(dir, '.gitignore'), 'utf8')).toMatch(/^node_modules\/\n[\s\S]*^\.clambake\/worktrees\/$/m)

  const agent = [process.execPath, join(PROGRAM, '../demo-agent.js'), '--scripts', join(play.folder, 'first.json')]
  await writeFile(join(play.folder, 'first.json'), JSON.stringify({1: DEMO_ISSUES[0]!.turns, 3: DEMO_ISSUES[2]!.turns}))
  const ours = toml
    .replace('#command = [ "claude" ]', `command = ${JSON.stringify(agent)}`)
    .replace(/^#github_seconds = .*$/m, 'github_seconds = 1')
    .replace(/^#checks_seconds = .*$/m, 'checks_seconds = 0.2')
  expect(ours).toContain('demo-agent.js')
  await writeFile(join(dir, 'clambake.toml'), ours)
  // This test pushes to main itself, so the protection is lifted until it did.
  await api('/repos/acme/first/branches/main/protection', 'DELETE')
  await clone.git('add', '--all')
  await clone.git('commit', '--quiet', '--message', 'Set up Clambake')
  await clone.git('push', '--quiet', 'origin', 'main')

  const doctor = JSON.parse((await command('doctor', '--json')).stdout) as {findings: {name: string; state: string}[]}
  const states = new Map(doctor.findings.map(({name, state}) => [name, state]))
  expect(['labels', 'board', 'push', 'configuration'].map(name => [name, states.get(name)])).toEqual(
    ['labels', 'board', 'push', 'configuration'].map(name => [name, 'good']),
  )

  const [demo] = DEMO_ISSUES
  const issue = repository.openIssue({
    title: demo!.title,
    body: demo!.body,
    labels: ['route:ready'],
    association: 'OWNER',
  })
  expect(issue.number).toBe(1)
  const once = await command('--once')
  expect(once.stdout).toContain('1 ticket landed on main: #1')
  expect(once.exitCode).toBe(0)

  const again = await steps('--yes')
  expect(again.steps.filter(({action}) => action !== 'keep').map(({where}) => where)).toEqual(['main'])
  expect((await steps('--yes')).steps.filter(({action}) => action !== 'keep')).toEqual([])
  expect(await isProtected()).toBe(true)
  const demanded = JSON.parse((await api('/repos/acme/first/branches/main/protection')).text)
  expect(demanded.required_status_checks.contexts).toEqual(WRITTEN_CHECKS)
  const [, , other] = DEMO_ISSUES
  // The pull request of the first ticket has the second number.
  expect(repository.openIssue({...other!, association: 'OWNER'}).number).toBe(3)
  expect((await command('--once')).stdout).toContain('1 ticket landed on main: #3')
}, 180_000)

it('takes back what it wrote, and nothing that was changed since', async () => {
  const {repository, clone, dir, command, steps, isProtected, labels} = await fresh(
    'back',
    {'.gitignore': 'out/\n'},
    null,
  )
  const before = await labels()
  const written = await command('init', '--yes')
  expect(written.exitCode).toBe(0)
  expect(written.stdout.match(/nothing checks main yet, so integration\.allow_no_checks = true/g)).toHaveLength(1)
  expect(readFileSync(join(dir, 'clambake.toml'), 'utf8')).toMatch(/^allow_no_checks = true$/m)
  expect(await isProtected()).toBe(true)
  expect(await labels()).toEqual(expect.arrayContaining(['route:ready', 'agent004', 'think:ultra']))
  expect((await steps('--yes')).steps.filter(({action}) => action !== 'keep')).toEqual([])

  expect(await command('init', '--undo')).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(/wait for your yes/),
  })
  const {stdout, exitCode} = await command('init', '--undo', '--yes')
  expect(stdout).toMatch(/✓ protection main/)
  expect(exitCode).toBe(0)
  expect(await clone.git('status', '--porcelain', '--ignored')).toBe('')
  expect(existsSync(join(dir, '.github'))).toBe(false)
  expect(readFileSync(join(dir, '.gitignore'), 'utf8')).toBe('out/\n')
  expect(await isProtected()).toBe(false)
  expect(await labels()).toEqual(before)
  expect((await command('init', '--undo', '--yes')).stdout).toContain('clambake init wrote nothing here')

  await command('init', '--yes')
  await writeFile(join(dir, '.clambake/prompts/bug.md'), 'My own words\n')
  repository.openIssue({title: 'In use', labels: ['route:priority-low']})
  const undone = (await steps('--undo', '--yes')).steps.filter(({outcome}) => outcome === 'kept')
  expect(undone.map(({where, reason}) => `${where} ${reason}`)).toEqual([
    '.clambake/prompts/bug.md was changed since',
    'route:priority-low issues have it',
  ])
  expect(await clone.git('status', '--porcelain', '--untracked-files=all')).toBe('?? .clambake/prompts/bug.md')
}, 120_000)

it('what GitHub refuses is reported with its remedy, and the rest is done', async () => {
  const {dir, command} = await fresh('poor')
  using refusal = play.github.fault({
    kind: 'status',
    status: 403,
    message: 'Upgrade to GitHub Pro or make this repository public to enable this feature.',
    match: {path: /protection/},
    times: 2,
  })
  const {stdout, exitCode} = await command('init', '--yes')
  expect(refusal.hits).toBe(1)
  expect(stdout).toMatch(/✗ cannot +main +GitHub's plan of acme has no protected branches/)
  expect(stdout).toMatch(/1 needs you:\n✗ main: .*Upgrade to GitHub Pro.*\n +→ make acme\/poor public or take a plan/)
  expect(exitCode).toBe(1)
  expect(existsSync(join(dir, '.github/workflows/agent-ci.yml'))).toBe(true)

  using _ = play.github.fault({
    kind: 'status',
    status: 403,
    message: 'Resource not accessible by personal access token',
    match: {method: 'POST', path: /labels$/},
  })
  const bare = await fresh('bare')
  const narrow = await bare.command('init', '--yes')
  expect(narrow.stdout).toMatch(/✗ route:ready and \d+ others: .*not accessible.*\n +→ give the token/)
  expect(narrow.exitCode).toBe(1)

  const alone = await play.command(['init', '--json'], {GITHUB_TOKEN: '', GH_TOKEN: ''}, dir)
  expect(alone.exitCode).toBe(1)
  const failed = (JSON.parse(alone.stdout).steps as Step[]).filter(({action}) => action === 'cannot')
  expect(failed.map(({subject}) => subject)).toEqual(['label', 'board', 'protection'])
}, 120_000)

it('a question of setup-claude that is left with Ctrl-C writes nothing', async () => {
  const {dir, env, clone} = await fresh('left', {'a.txt': 'a\n'})
  const asked = {command: process.execPath, args: [PROGRAM, 'setup-claude'], cwd: dir, env: {...playEnv(), ...env}}
  await using app = openApp({...asked, rows: 200})
  await app.sees('Write it? [y/N]')
  await app.press('ctrl+c')
  await app.sees('kept: everything as it is')
  expect(await app.gone()).toMatchObject({exitCode: 130})
  expect(await clone.git('status', '--porcelain')).toBe('')
})

it('a person is asked for the protection and for files of their own', async () => {
  const path = '.github/workflows/agent-ci.yml'
  const {dir, env, isProtected, clone, steps} = await fresh('asked', {[path]: 'name: Mine\n', 'a.txt': 'a\n'})
  const open = () =>
    openApp({command: process.execPath, args: [PROGRAM, 'init'], cwd: dir, env: {...playEnv(), ...env}, rows: 80})
  {
    await using app = open()
    await app.sees('Do this? [y/N]')
    await app.type('n\r')
    await app.sees('Nothing was changed')
    expect(await app.gone()).toMatchObject({exitCode: 1})
    expect(await clone.git('status', '--porcelain')).toBe('')
  }
  {
    await using app = open()
    await app.sees('Do this? [y/N]')
    await app.press('ctrl+c')
    await app.sees('kept: everything as it is')
    expect(await app.gone()).toMatchObject({exitCode: 130})
    expect(await clone.git('status', '--porcelain')).toBe('')
  }
  await using app = open()
  await app.sees('Do this? [y/N]')
  await app.type('y\r')
  await app.sees(/-name: Mine\s+\+# The checks/)
  await app.sees('Replace .github/workflows/agent-ci.yml')
  await app.type('y\r')
  await app.sees('Protect main: changes only come by pull requests; no one can delete or rewrite it? [y/N]')
  await app.type('n\r')
  await app.sees('left as it is')
  expect(await app.gone()).toMatchObject({exitCode: 0})
  expect(await isProtected()).toBe(false)
  expect(readFileSync(join(dir, path), 'utf8')).toContain('Agent CI')
  await steps('--undo', '--yes')
  expect(readFileSync(join(dir, path), 'utf8')).toBe('name: Mine\n')
  expect(await clone.git('status', '--porcelain')).toBe('')
}, 120_000)

function playEnv(): Record<string, string> {
  return play.env
}

it('replaces a file only with --force, and never one that is not committed', async () => {
  const path = '.github/workflows/agent-ci.yml'
  const {dir, steps, command} = await fresh('force', {[path]: 'name: Mine\n'})
  const stepOf = async (...args: string[]) => (await steps(...args)).steps.find(({where}) => where === path)
  expect(await stepOf('--dry-run', '--existing-repo')).toMatchObject({action: 'keep'})
  expect(await stepOf('--yes')).toMatchObject({action: 'ask', outcome: 'waits'})
  await writeFile(join(dir, path), 'name: Not committed\n')
  expect(await stepOf('--force', '--yes')).toMatchObject({action: 'cannot', outcome: 'failed'})
  expect(await readFile(join(dir, path), 'utf8')).toBe('name: Not committed\n')
  await writeFile(join(dir, path), 'name: Mine\n')
  expect(await stepOf('--force', '--yes')).toMatchObject({action: 'change', outcome: 'done'})

  const more = await command(
    ...['init', '--upgrade-to-multi-agent', '--agents', '12', '--observability', 'full', '--json', '--yes'],
  )
  expect(more.exitCode).toBe(0)
  const toml = await readFile(join(dir, 'clambake.toml'), 'utf8')
  expect(toml).toMatch(/^max_agents = 12$/m)
  expect(toml).toMatch(/^otlp_endpoint = "http:\/\/localhost:6006"$/m)
  expect((await command('init', '--existing-repo', '--force')).exitCode).toBe(2)
}, 120_000)

import {expect, it} from 'vitest'
import {parse} from 'yaml'
import {promptText} from '../../src/agents/prompts.ts'
import {configSchema, defaultConfig} from '../../src/model/data/config.ts'
import {PROJECT_TYPES} from '../../src/model/init/manifest.ts'
import {startingFiles} from '../../src/model/init/start.ts'
import {expression, guessProject, type Toolchain} from '../../src/model/init/toolchain.ts'

const NOTHING: Toolchain = {node: null, rust: null, python: null, go: null}
const NODE = {scripts: ['lint', 'build', 'test'], packages: [], hasProgram: false, lock: 'npm' as const}
const TOOLS: readonly [string, Toolchain][] = [
  ['nothing', NOTHING],
  ['npm', {...NOTHING, node: NODE}],
  ['pnpm', {...NOTHING, node: {...NODE, lock: 'pnpm'}}],
  ['no lock', {...NOTHING, node: {...NODE, lock: null}}],
  ['all', {node: NODE, rust: {hasProgram: true}, python: {hasRequirements: true}, go: {hasProgram: true}}],
]

function filesOf(tools: Toolchain, project: (typeof PROJECT_TYPES)[number] = 'library', config = defaultConfig) {
  const files = startingFiles({branch: 'main', project, tools, config})
  const text = (name: string) => files.find(({path}) => path.endsWith(name))!.text
  return {files, text, yaml: (name: string) => parse(text(name), {strict: true})}
}

it.each(TOOLS.flatMap(([name, tools]) => PROJECT_TYPES.map(project => [name, project, tools] as const)))(
  'the checks of %s as %s are a workflow that may only read',
  (_, project, tools) => {
    const ci = filesOf(tools, project).yaml('agent-ci.yml')
    expect(ci.permissions).toEqual({contents: 'read'})
    expect(ci.on).toEqual({pull_request: {branches: ['main']}, push: {branches: ['main']}})
    expect(ci.concurrency.group).toMatch(/\{\{ github\.event_name \}\}/)
    const {steps} = ci.jobs.verify
    expect(steps.length).toBeGreaterThan(1)
    for (const step of steps) expect(typeof (step.uses ?? step.run)).toBe('string')
    expect(JSON.stringify(ci)).not.toMatch(/undefined|null/)
  },
)

it('the checks are those that the project has', () => {
  const runs = (project: (typeof PROJECT_TYPES)[number], tools: Toolchain): string[] =>
    filesOf(tools, project)
      .yaml('agent-ci.yml')
      .jobs.verify.steps.flatMap((step: {run?: string}) => step.run ?? [])
  const node = {...NOTHING, node: NODE}
  expect(runs('webapp', node)).toEqual(['npm ci', 'npm run lint', 'npm run build', 'npm run test'])
  expect(runs('cli', node)).toContain('npm pack --dry-run')
  expect(runs('library', node)).toEqual(['npm ci', 'npm run lint', 'npm run test', 'npm run build'])
  expect(filesOf(node, 'library').yaml('agent-ci.yml').jobs.verify.strategy.matrix.node).toHaveLength(2)
  expect(runs('library', {...NOTHING, rust: {hasProgram: false}})).toEqual(['cargo test --all'])
  expect(runs('cli', {...NOTHING, go: {hasProgram: true}})).toContain('go build ./...')
})

it('the checks have the names that GitHub gives a job with a matrix, and one without', () => {
  const names = (project: (typeof PROJECT_TYPES)[number], tools: Toolchain) =>
    filesOf(tools, project).files.flatMap(({checks}) => checks ?? [])
  expect(names('library', {...NOTHING, node: NODE})).toEqual(['verify (22)', 'verify (24)'])
  expect(names('cli', {...NOTHING, node: NODE})).toEqual(['verify (24)'])
  expect(names('cli', {...NOTHING, go: {hasProgram: true}})).toEqual(['verify'])
})

it('without a lock file that reaches CI, packages are installed by what package.json says', () => {
  const tools = {...NOTHING, node: {...NODE, lock: null}}
  const {steps} = filesOf(tools, 'cli').yaml('agent-ci.yml').jobs.verify
  expect(steps.flatMap((step: {run?: string}) => step.run ?? [])).toEqual([
    'npm install',
    'npm run lint',
    'npm run build',
    'npm run test',
    'npm pack --dry-run',
  ])
  expect(steps.find(({uses}: {uses?: string}) => uses?.startsWith('actions/setup-node')).with).toEqual({
    'node-version': expression('matrix.node'),
  })
})

it('the landing may write what landing writes, one run at a time, and only when told what to install', () => {
  const landing = filesOf(NOTHING).yaml('clambake-landing.yml')
  expect(landing.on.schedule).toEqual([{cron: '*/10 * * * *'}])
  expect(landing.permissions).toMatchObject({contents: 'write', 'pull-requests': 'write', issues: 'write'})
  expect(landing.concurrency).toEqual({group: 'clambake-landing', 'cancel-in-progress': false})
  expect(landing.jobs.land.if).toBe("vars.CLAMBAKE_PACKAGE != ''")
  expect(landing.jobs.land.steps.at(-1).run).toBe('clambake --once --no-agents')
  const often = configSchema.parse({bundling: {schedule_minutes: 15}})
  expect(filesOf(NOTHING, 'cli', often).yaml('clambake-landing.yml').on.schedule[0].cron).toBe('*/15 * * * *')
})

it('the form puts on the label of the configuration, whatever is in it', () => {
  const config = configSchema.parse({routing: {routing_label: 'go: "now" #1'}})
  const form = filesOf(NOTHING, 'cli', config).yaml('agent-task.yml')
  expect(form.labels).toEqual(['go: "now" #1'])
  expect(form.body.map(({id}: {id: string}) => id)).toEqual(['wanted', 'done', 'order'])
})

it('every prompt can be filled in, and has the rules once', () => {
  const prompts = filesOf(NOTHING).files.filter(({path}) => path.includes('/prompts/'))
  expect(prompts).toHaveLength(6)
  const ticket = {number: 7, title: 'Title', body: 'Body', branch: 'agent001/7-title'}
  for (const {path, text} of prompts) {
    const repair = path.endsWith('conflict.md')
      ? ({kind: 'conflict', paths: ['a.ts']} as const)
      : ({kind: 'checks', failures: [{name: 'test', summary: 'red', url: null}]} as const)
    const isRepair = /conflict|checks/.test(path)
    const told = promptText(isRepair ? {kind: 'repair', repair} : {kind: 'first'}, ticket, {
      template: {file: path, text},
    })
    expect(told.split('You are in a git worktree of your own'), path).toHaveLength(2)
    expect(told, path).not.toMatch(/\{\w+\}/)
  }
})

it('the kind of project is guessed from what it needs', () => {
  const needs = (...packages: string[]) => guessProject({...NOTHING, node: {...NODE, packages}})
  expect([needs('react'), needs('express'), needs('zod'), guessProject({...NOTHING, go: {hasProgram: true}})]).toEqual([
    'webapp',
    'api',
    'library',
    'cli',
  ])
})

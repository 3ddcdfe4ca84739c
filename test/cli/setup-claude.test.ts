import {existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Command} from 'commander'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {createSampleRepository} from '../../fixtures/repos/sample.ts'
import {setupClaude} from '../../src/cli/commands/setup/setup-claude.ts'
import type {CommandContext} from '../../src/cli/context.ts'
import {configSchema} from '../../src/model/data/config.ts'

type Run = {
  version?: string
  key?: string
  program?: string
  /** What a person says; without, there is no terminal. */
  answer?: boolean
  json?: boolean
}

async function setUp(root: string, args: string[], options: Run = {}) {
  const {version = '2.1.329', key = 'k', program = 'claude', answer, json = false} = options
  const bin = join(root, '.bin')
  mkdirSync(bin, {recursive: true})
  writeFileSync(join(bin, program), `#!/bin/sh\necho "${version} (Claude Code)"\n`, {mode: 0o755})
  const seen = {text: '', said: '', asked: 0, exit: 0, result: {} as Record<string, unknown>}
  const context = {
    env: {PATH: `${bin}:${process.env.PATH}`, HOME: root, ANTHROPIC_API_KEY: key},
    json,
    interactive: answer !== undefined,
    surrounding: async () => ({root, config: configSchema.parse({agents: {command: [program]}})}),
    traced: (_: string, task: () => Promise<unknown>) => task(),
    explained: async (error: unknown) => error,
    print(result: Record<string, unknown>, text: () => string) {
      seen.result = result
      seen.text = text()
    },
    say(line: string) {
      seen.said += line
    },
    async confirm() {
      seen.asked++
      return answer ?? false
    },
    setExit(code: number) {
      seen.exit = code
    },
    async [Symbol.asyncDispose]() {},
  } as unknown as CommandContext
  const command = new Command()
  setupClaude.mount(command, () => context)
  await command.parseAsync(['setup-claude', ...args], {from: 'user'})
  return seen
}

async function repository(folder: {path: string}): Promise<{root: string; file: string}> {
  const root = join(folder.path, 'work')
  await createSampleRepository({dir: root})
  return {root, file: join(root, '.claude/settings.json')}
}

it('checks the client and adds permissions once, dropping nothing', async () => {
  using folder = temporaryFolder()
  const {root, file} = await repository(folder)
  mkdirSync(join(root, '.claude'))
  writeFileSync(file, '{"model":"opus","permissions":{"allow":["Read"],"ask":["x"]}}')
  const before = readFileSync(file, 'utf8')
  const missing = await setUp(root, [], {version: '1.9.0', key: ''})
  expect(missing).toMatchObject({exit: 1, text: expect.stringMatching(/2\.1\.329 or newer[\s\S]*not logged in/)})
  expect(missing.text).toContain('Nothing was written: clambake setup-claude --yes writes it.')
  expect(readFileSync(file, 'utf8')).toBe(before)

  const first = await setUp(root, ['--yes'], {key: 'secret-key'})
  expect(first).toMatchObject({exit: 0, asked: 0})
  expect(first.text).not.toContain('secret-key')
  expect(first.text).toContain('Agents read it from main: commit and push it.')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    model: 'opus',
    permissions: {allow: expect.arrayContaining(['Read', 'Edit']), deny: ['Bash(git push *)'], ask: ['x']},
  })
  const again = await setUp(root, ['--yes'])
  expect(again.text).toContain('nothing to change')
  expect(readdirSync(join(root, '.claude'))).toEqual(['settings.json'])
})

it('shows the whole change and writes it on a yes alone', async () => {
  using folder = temporaryFolder()
  const {root, file} = await repository(folder)
  mkdirSync(join(root, '.claude'))
  writeFileSync(file, '{\n  "model": "opus"\n}\n')
  const no = await setUp(root, [], {answer: false})
  expect(no).toMatchObject({asked: 1, exit: 1, text: 'Nothing was written.'})
  expect(no.said).toContain(`--- ${file}\n+++ ${file}\n@@ `)
  expect(no.said).toMatch(/^- {2}"model": "opus"$/m)
  expect(no.said).toMatch(/^\+ {6}"Bash\(git push \*\)"$/m)
  expect(readFileSync(file, 'utf8')).toBe('{\n  "model": "opus"\n}\n')
  const dry = await setUp(root, ['--dry-run'], {answer: true})
  expect(dry).toMatchObject({asked: 0, exit: 0, said: '', result: {written: false}})
  const yes = await setUp(root, [], {answer: true})
  expect(yes).toMatchObject({asked: 1, text: expect.stringContaining('was written')})
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({model: 'opus', permissions: {deny: expect.anything()}})
})

it('shows a new file as a whole, and asks nobody with --json', async () => {
  using folder = temporaryFolder()
  const {root, file} = await repository(folder)
  const {result, asked} = await setUp(root, [], {json: true, answer: true})
  expect({asked, written: result.written}).toEqual({asked: 0, written: false})
  const added = String(result.diff).split('\n').slice(1)
  expect(added.every(line => line.startsWith('+'))).toBe(true)
  expect(JSON.parse(added.map(line => line.slice(1)).join('\n'))).toHaveProperty('permissions')
  expect(existsSync(file)).toBe(false)
})

it('asks the program that agents are for its version', async () => {
  using folder = temporaryFolder()
  const {root} = await repository(folder)
  expect((await setUp(root, [], {program: 'my-claude'})).text).toContain('✓ my-claude: 2.1.329 (Claude Code)')
})

it("takes the repository's own permissions for a role, and refuses what are none", async () => {
  using folder = temporaryFolder()
  const {root} = await repository(folder)
  mkdirSync(join(root, '.clambake/agents'), {recursive: true})
  const file = join(root, '.clambake/agents/docs.json')
  writeFileSync(file, '{"allow": ["Bash(make docs)"]}')
  const {text} = await setUp(root, ['--role', 'docs'])
  expect(text).toContain('"Bash(make docs)"')
  expect(text).not.toContain('git push')
  writeFileSync(file, '["Bash(make docs)"]')
  await expect(setUp(root, ['--role', 'docs'])).rejects.toThrow('does not hold permissions')
})

it('refuses to write through a link', async () => {
  using folder = temporaryFolder()
  const {root} = await repository(folder)
  mkdirSync(join(folder.path, 'elsewhere'))
  symlinkSync(join(folder.path, 'elsewhere'), join(root, '.claude'))
  await expect(setUp(root, ['--yes'])).rejects.toThrow('is a symbolic link')
})

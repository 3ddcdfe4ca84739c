import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Command} from 'commander'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {setupClaude} from '../../src/cli/commands/setup-claude.ts'
import type {CommandContext} from '../../src/cli/context.ts'

async function setUp(root: string, version: string, args: string[], key = '') {
  writeFileSync(join(root, 'claude'), `#!/bin/sh\necho "${version} (Claude Code)"\n`, {mode: 0o755})
  const seen = {text: '', exit: 0}
  const context = {
    env: {PATH: root, HOME: root, ANTHROPIC_API_KEY: key},
    json: false,
    place: async () => ({root}),
    traced: (_: string, task: () => Promise<unknown>) => task(),
    print(_: unknown, text: () => string) {
      seen.text = text()
    },
    setExit(code: number) {
      seen.exit = code
    },
    async [Symbol.asyncDispose]() {},
  } as unknown as CommandContext
  const program = new Command()
  setupClaude.mount(program, () => context)
  await program.parseAsync(['setup-claude', ...args], {from: 'user'})
  return seen
}

it('checks the client and adds permissions once, dropping nothing', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, '.claude/settings.json')
  mkdirSync(join(folder.path, '.claude'))
  writeFileSync(file, '{"model":"opus","permissions":{"allow":["Read"],"ask":["x"]}}')
  const before = readFileSync(file, 'utf8')
  const missing = await setUp(folder.path, '1.9.0', [])
  expect(missing).toMatchObject({exit: 1, text: expect.stringMatching(/2\.1 or newer[\s\S]*not logged in/)})
  expect(readFileSync(file, 'utf8')).toBe(before)

  const first = await setUp(folder.path, '2.1.329', ['--yes'], 'secret-key')
  expect(first.exit).toBe(0)
  expect(first.text).not.toContain('secret-key')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    model: 'opus',
    permissions: {allow: expect.arrayContaining(['Read', 'Edit']), deny: ['Bash(git push *)'], ask: ['x']},
  })
  expect((await setUp(folder.path, '2.1.329', ['--yes'], 'k')).text).toContain('nothing to change')
})

it("takes the repository's own permissions for a role, and refuses what are none", async () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, '.clambake/agents'), {recursive: true})
  const file = join(folder.path, '.clambake/agents/docs.json')
  writeFileSync(file, '{"allow": ["Bash(make docs)"]}')
  const {text} = await setUp(folder.path, '2.1.0', ['--role', 'docs'], 'k')
  expect(text).toContain('+ allow Bash(make docs)')
  expect(text).not.toContain('git push')
  writeFileSync(file, '["Bash(make docs)"]')
  await expect(setUp(folder.path, '2.1.0', ['--role', 'docs'], 'k')).rejects.toThrow('holds no permissions')
})

it('refuses to write through a link', async () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'elsewhere'))
  symlinkSync(join(folder.path, 'elsewhere'), join(folder.path, '.claude'))
  await expect(setUp(folder.path, '2.1.0', ['--yes'], 'k')).rejects.toThrow('is a symbolic link')
})

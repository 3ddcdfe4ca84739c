import {execFileSync} from 'node:child_process'
import {existsSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type TemporaryFolder, temporaryFolder} from '../../fixtures/repos/folder.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {checkPeers} from '../../src/cli/doctor/peers.ts'
import {refuseOff} from '../../src/cli/hub/off.ts'
import type {Place} from '../../src/daemon/place.ts'
import {hookPaths} from '../../src/hub/hooks/folder.ts'
import {installScript} from '../../src/hub/hooks/install.ts'
import {runLine} from './command-line.ts'

let folder: TemporaryFolder
let env: NodeJS.ProcessEnv
let settings: string
let root: string
beforeEach(() => {
  folder = temporaryFolder('clambake-hub-hooks-')
  env = {PATH: process.env.PATH, HOME: folder.path, CLAMBAKE_STATE_DIR: join(folder.path, 'state')}
  settings = join(folder.path, '.claude', 'settings.json')
  root = join(folder.path, 'shop')
  mkdirSync(root)
})
afterEach(() => folder[Symbol.asyncDispose]())

const state = () => hookPaths(join(folder.path, 'state'))

function place(): Promise<Place> {
  return Promise.resolve({root, commonDir: root, paths: {key: 'abc123abc123'}} as Place)
}

async function clambake(line: string, yes: boolean | null = null) {
  const ran = await runLine(line, {
    daemon: {},
    yes,
    more: {
      env,
      cwd: folder.path,
      place,
      hub: async () => {
        await refuseOff({env, place})
        throw new ClambakeError({code: 'hub-unavailable', message: 'it was asked'})
      },
    },
  })
  if (ran.failure) throw ran.failure
  return ran
}

describe('setup-claude --hub', () => {
  it('shows the hooks, writes them on a yes, and takes them out to the byte', async () => {
    mkdirSync(join(folder.path, '.claude'))
    const before = '{\n    "model": "opus",\n    "env": {"KEY": "value"}\n}\n'
    writeFileSync(settings, before, {mode: 0o600})
    const no = await clambake('setup-claude --hub', false)
    expect(no).toMatchObject({exit: 1, out: 'Nothing was written.'})
    expect(no.said.join('\n')).toMatch(/^\+ {4}"hooks": \{$/m)
    expect((await clambake('setup-claude --hub')).out).toContain('clambake setup-claude --hub --yes does it')
    expect(await clambake('setup-claude --hub --dry-run')).toMatchObject({exit: 0})
    expect(readFileSync(settings, 'utf8')).toBe(before)
    expect(existsSync(state().script)).toBe(false)

    expect((await clambake('setup-claude --hub', true)).out).toContain('Sessions that start from now on join the hub')
    expect(Object.keys(JSON.parse(readFileSync(settings, 'utf8')).hooks)).toEqual([
      'SessionStart',
      'UserPromptSubmit',
      'PreToolUse',
      'Stop',
      'SessionEnd',
    ])
    expect(statSync(settings).mode & 0o777).toBe(0o600)
    expect(statSync(state().script).mode & 0o777).toBe(0o700)
    expect(statSync(state().folder).mode & 0o777).toBe(0o700)
    expect((await clambake('setup-claude --hub --yes')).out).toMatch(/nothing to change\n.*is as it should be/)

    writeFileSync(state().script, '# clambake-hub-hook 0\n')
    expect((await clambake('setup-claude --hub --yes')).out).toContain('it is of an older Clambake')
    await clambake('setup-claude --hub --undo --yes')
    expect(readFileSync(settings, 'utf8')).toBe(before)
    expect(existsSync(state().script)).toBe(false)
    expect(existsSync(join(folder.path, '.claude.json'))).toBe(false)
  })

  it('writes to where a link leads, and in a repository follows none', async () => {
    mkdirSync(join(folder.path, '.claude'))
    mkdirSync(join(folder.path, 'dotfiles'))
    const real = join(folder.path, 'dotfiles', 'claude.json')
    writeFileSync(real, '{}\n')
    symlinkSync(real, settings)
    await clambake('setup-claude --hub --yes')
    expect(lstatSync(settings).isSymbolicLink()).toBe(true)
    expect(JSON.parse(readFileSync(real, 'utf8')).hooks.Stop).toHaveLength(1)
    await clambake('setup-claude --hub --project --yes')
    const local = join(root, '.claude', 'settings.local.json')
    expect(JSON.parse(readFileSync(local, 'utf8')).hooks.Stop).toHaveLength(1)
    await clambake('setup-claude --hub --project --undo --yes')
    expect(JSON.parse(readFileSync(local, 'utf8'))).toEqual({})
    // The other hooks still run it.
    expect(existsSync(state().script)).toBe(true)
    symlinkSync(root, join(root, 'away'))
    const linked = await clambake('setup-claude --hub --yes')
    expect(linked.exit).toBe(0)
  })

  it('writes into plain files alone, and leaves a link that leads nowhere', async () => {
    mkdirSync(join(folder.path, '.claude'))
    for (const [target, what] of [
      [join(folder.path, 'gone.json'), 'leads to no file'],
      [settings, 'leads to no file'],
      [root, 'is not a plain file'],
    ] as const) {
      symlinkSync(target, settings)
      const refused = {code: 'settings-refused', message: expect.stringContaining(what)}
      await expect(clambake('setup-claude --hub', true)).rejects.toMatchObject(refused)
      expect(lstatSync(settings).isSymbolicLink()).toBe(true)
      unlinkSync(settings)
    }
    execFileSync('mkfifo', [settings])
    await expect(clambake('setup-claude --hub', true)).rejects.toMatchObject({code: 'settings-refused'})
  })

  it('leaves alone what it cannot read, and says so', async () => {
    mkdirSync(join(folder.path, '.claude'))
    const text = '{\n  // my model\n  "model": "opus"\n}\n'
    writeFileSync(settings, text)
    await expect(clambake('setup-claude --hub --yes')).rejects.toMatchObject({
      code: 'settings-refused',
      message: expect.stringContaining('a comment'),
    })
    expect(readFileSync(settings, 'utf8')).toBe(text)
    expect(existsSync(state().script)).toBe(false)
    await expect(clambake('setup-claude --undo')).rejects.toMatchObject({code: 'bad-usage'})
    await expect(clambake('setup-claude --hub --role reviewer')).rejects.toMatchObject({code: 'bad-usage'})
  })
})

it('is checked by doctor: hooks that call what is gone, of another version, and a hub that is off', async () => {
  const here = {key: 'abc123abc123', folder: root}
  expect(checkPeers(state(), here)).toEqual([])
  const program = {node: process.execPath, entry: join(folder.path, 'clambake.js')}
  installScript(state(), program)
  expect(checkPeers(state(), here)).toMatchObject([{state: 'hint', detail: expect.stringContaining('which is gone')}])
  writeFileSync(program.entry, '')
  expect(checkPeers(state(), here)).toMatchObject([{state: 'good', detail: expect.stringContaining('0 sessions')}])
  writeFileSync(
    state().script,
    readFileSync(state().script, 'utf8').replace(/^# clambake-hub-hook \d+/m, '# clambake-hub-hook 0'),
  )
  expect(checkPeers(state(), here)).toMatchObject([{state: 'hint', detail: expect.stringContaining('another version')}])
  await clambake('off --project')
  expect(checkPeers(state(), here)).toMatchObject([{state: 'hint', name: 'hub', mend: 'clambake on --project'}])
})

describe('on and off', () => {
  it('silence the commands of the hub, for all projects or for one', async () => {
    await expect(clambake('register')).rejects.toMatchObject({message: 'it was asked'})
    expect((await clambake('off')).out).toBe('The hub is off for you.')
    expect((await clambake('off')).out).toBe('The hub was off for you already.')
    for (const line of [
      'register',
      'heartbeat',
      'deregister',
      'inbox',
      'read',
      'log',
      'send far-1 hello --kind info',
    ]) {
      expect(await clambake(line)).toMatchObject({exit: 0, out: '', said: []})
    }
    expect((await clambake('who')).out).toBe('The hub is off: clambake on turns it on again.')
    expect((await clambake('on')).out).toBe('The hub is on for you.')
    expect((await clambake('off --project')).out).toBe(`The hub is off for ${root}.`)
    expect(await clambake('register')).toMatchObject({exit: 0, out: ''})
    // Another worktree of the repository.
    root = join(folder.path, 'shop-2')
    expect(await clambake('register')).toMatchObject({exit: 0, out: ''})
    expect(readFileSync(state().offProjects, 'utf8').split('\n')).toContain(`abc123abc123 ${root}`)
    expect((await clambake('on --project')).out).toBe(`The hub is on for ${root}.`)
    await expect(clambake('register')).rejects.toMatchObject({message: 'it was asked'})
  })
})

import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import * as z from 'zod'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {claudeHooks} from '../../src/agents/claude/command.ts'
import {HUB_SERVER} from '../../src/agents/claude/hub-server.ts'
import {NOTHING_TRUSTED, type Trusted} from '../../src/agents/claude/trusted.ts'
import {launchPlan, mayResume, profileFault} from '../../src/agents/profile.ts'
import {run} from '../../src/base/run.ts'
import {type Config, configSchema} from '../../src/model/data/config.ts'
import {startMailbox} from '../fixtures/agent/harness.ts'

const SESSION = '6b3c1c5e-1f0b-4a55-9c0b-3a3c1f6a2b11'

function plan(config: Config, options: {resume?: boolean; prompt?: string; hostEnv?: object; trusted?: Trusted} = {}) {
  return launchPlan({
    config,
    ticket: {issue: 7, title: 'Fix', branch: 'agent001/7-fix', session: SESSION, worktree: '/w/7'},
    agent: 'agent001',
    resume: options.resume ?? false,
    prompt: options.prompt ?? 'You work on issue #7.',
    hostEnv: {PATH: process.env.PATH, HOME: '/home/u', GITHUB_TOKEN: 'secret', ...options.hostEnv},
    think: 'hard',
    trusted: options.trusted ?? NOTHING_TRUSTED,
  })
}

const settingsShape = z.object({
  permissions: z.object({allow: z.array(z.string()), deny: z.array(z.string())}),
  hooks: z.record(
    z.string(),
    z.array(z.object({hooks: z.array(z.object({type: z.string(), url: z.string().optional()}))})),
  ),
})

describe('the builtin profile', () => {
  it("passes the user's own permission rules on as they are", () => {
    const rules = {allow: ['Bash(npm test)', "Bash(echo 'a|b' *)"], deny: []}
    const {command} = plan(configSchema.parse({agents: rules}))
    expect(settingsShape.parse(JSON.parse(command[4]!)).permissions).toEqual({
      ...rules,
      allow: ['mcp__clambake__*', ...rules.allow],
    })
  })

  it('starts the client with its session, permission mode and hooks that know the mailbox', async () => {
    using folder = temporaryFolder()
    const client = join(folder.path, 'client.mjs')
    writeFileSync(client, 'process.stdout.write(JSON.stringify(process.argv.slice(2)))')
    const config = configSchema.parse({agents: {command: [process.execPath, client, '--scripts', 'a b.json']}})
    const {command, env, promptBy, state, sessions} = plan(config)
    expect({promptBy, state, sessions}).toEqual({promptBy: 'paste', state: 'signals', sessions: true})
    expect(env).toMatchObject({CLAMBAKE_AGENT: 'agent001', CLAMBAKE_TICKET: '7', CLAMBAKE_BRANCH: 'agent001/7-fix'})
    expect(env).not.toHaveProperty('GITHUB_TOKEN')

    const [file, ...args] = command
    const mailbox = {CLAMBAKE_MAILBOX_URL: 'http://127.0.0.1:4711/panes/p1', CLAMBAKE_MAILBOX_TOKEN: 't'}
    const {stdout} = await run(file, {args, env: {...env, ...mailbox}})
    const seen = z.array(z.string()).parse(JSON.parse(stdout))
    expect(seen.slice(0, -1)).toEqual([
      '--scripts',
      'a b.json',
      '--session-id',
      SESSION,
      '--permission-mode',
      'acceptEdits',
      '--effort',
      'high',
      '--setting-sources',
      'user',
      '--add-dir',
      '.',
      '--mcp-config',
      HUB_SERVER,
      '--settings',
    ])
    const {hooks, permissions} = settingsShape.parse(JSON.parse(seen.at(-1)!))
    expect(permissions.allow).toContain('Bash(git commit *)')
    expect(permissions.deny).toEqual(['Bash(git push *)', 'Bash(git stash *)'])
    expect(hooks.Stop![0]!.hooks[0]).toEqual({type: 'http', url: 'http://127.0.0.1:4711/panes/p1/Stop'})
    expect(hooks.PermissionRequest![0]!.hooks[0]!.url).toBe('http://127.0.0.1:4711/panes/p1/PermissionRequest?reply=1')
    expect(hooks.SessionStart![0]!.hooks[0]!.type).toBe('command')
  })

  it('reports its usage to its mailbox, or to the configured endpoint, which never gets the secret', async () => {
    using folder = temporaryFolder()
    const client = join(folder.path, 'client.mjs')
    writeFileSync(client, 'process.stdout.write(JSON.stringify(process.env))')
    const mailbox = {CLAMBAKE_MAILBOX_URL: 'http://127.0.0.1:4711/mail', CLAMBAKE_MAILBOX_TOKEN: 'secret-t'}
    async function environmentOf(agents: object, hostEnv: Record<string, string> = {}) {
      const config = configSchema.parse({agents: {command: [process.execPath, client], ...agents}})
      const {command, env} = plan(config, {hostEnv})
      const [file, ...args] = command
      const {stdout} = await run(file, {args, env: {...env, ...mailbox}})
      return z.record(z.string(), z.string()).parse(JSON.parse(stdout))
    }
    expect(await environmentOf({})).toMatchObject({
      CLAUDE_CODE_ENABLE_TELEMETRY: '1',
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4711/mail',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer secret-t',
      OTEL_RESOURCE_ATTRIBUTES: 'agent.id=agent001,ticket.id=7',
    })
    const theirs = {OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318'}
    const passed = await environmentOf({environment: ['OTEL_EXPORTER_OTLP_ENDPOINT']}, theirs)
    expect(passed).toMatchObject(theirs)
    expect(passed).not.toHaveProperty('OTEL_EXPORTER_OTLP_HEADERS')
  })

  it('passes on model and system prompt only where they are set', () => {
    const {command} = plan(configSchema.parse({agents: {model: 'opus', append_system_prompt: 'Be brief.'}}))
    expect(command.join(' ')).toContain('--effort high --model opus --append-system-prompt Be brief.')
    expect(plan(configSchema.parse({})).command).not.toContain('--model')
  })

  it('gets the settings of main beside ours, and none of the worktree', () => {
    const stop = {hooks: [{type: 'command', command: 'lint'}]}
    const settings = {
      model: 'opus',
      hooks: {Stop: [stop], PreCompact: [stop]},
      permissions: {allow: ['Read'], deny: ['WebFetch'], ask: ['Write']},
    }
    const mcp = '{"mcpServers":{"db":{"command":"serve"}}}'
    const {command, env} = plan(configSchema.parse({}), {trusted: {settings, mcp}})
    const given = z.looseObject({hooks: z.record(z.string(), z.array(z.unknown()))}).parse(JSON.parse(command[4]!))
    expect(given).toMatchObject({
      model: 'opus',
      permissions: {
        allow: expect.arrayContaining(['Read', 'Bash(git commit *)']),
        deny: ['WebFetch', 'Bash(git push *)', 'Bash(git stash *)'],
        ask: ['Write'],
      },
    })
    const ours = claudeHooks(process.execPath, {asksBefore: 'what may be held'})
    expect(given.hooks).toEqual({...ours, PreCompact: [stop], Stop: [stop, ...ours.Stop!]})
    const servers = `--mcp-config ${mcp} ${HUB_SERVER} --strict-mcp-config`
    expect(command.join(' ')).toContain(`--setting-sources user --add-dir . ${servers}`)
    expect(env.CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD).toBe('1')
    expect(plan(configSchema.parse({})).command).not.toContain('--strict-mcp-config')
  })

  it("offers the hub by the pane's mailbox, with no secret in the command line and without a question for each tool", () => {
    const {command} = plan(configSchema.parse({}))
    const {clambake} = JSON.parse(command[command.indexOf('--mcp-config') + 1]!).mcpServers
    expect(clambake).toEqual({
      type: 'http',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
      url: '${CLAMBAKE_MAILBOX_URL}/HubTools?reply=30s',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
      headers: {Authorization: 'Bearer ${CLAMBAKE_MAILBOX_TOKEN}'},
      alwaysLoad: true,
    })
    expect(JSON.parse(command[4]!).permissions.allow).toContain('mcp__clambake__*')
  })

  it('asks before calls that another session may hold, or only before it edits a file, as it is wanted', () => {
    const hooksOf = (config: object) =>
      z
        .looseObject({hooks: z.looseObject({PreToolUse: z.array(z.looseObject({matcher: z.string().optional()}))})})
        .parse(JSON.parse(plan(configSchema.parse(config)).command[4]!)).hooks.PreToolUse
    const off = {blockers: 'off'}
    expect(hooksOf({})[1]).toMatchObject({matcher: 'Bash|Edit|Write|MultiEdit|NotebookEdit|mcp__.*'})
    expect(hooksOf({hub: off})).toHaveLength(1)
    for (const before_edit of ['warn', 'ask']) {
      const [all, edits] = hooksOf({radar: {before_edit}, hub: off})
      expect(all).not.toHaveProperty('matcher')
      expect(edits).toMatchObject({
        matcher: 'Edit|Write|MultiEdit|NotebookEdit',
        hooks: [{type: 'http', url: '{mailbox}/BeforeEdit?reply=soon', timeout: 3}],
      })
    }
  })

  it('resumes a session', () => {
    expect(plan(configSchema.parse({}), {resume: true}).command).toEqual(expect.arrayContaining(['--resume', SESSION]))
  })

  it('reports the start of a session by a command that posts its input', async () => {
    await using mailbox = await startMailbox()
    const {SessionStart} = z
      .object({SessionStart: z.tuple([z.object({hooks: z.tuple([z.object({command: z.string()})])})])})
      .parse(claudeHooks(process.execPath))
    const input = JSON.stringify({source: 'startup', cwd: "/it's"})
    await run('/bin/sh', {args: ['-c', SessionStart[0].hooks[0].command], env: mailbox.env, input})
    expect((await mailbox.sees('SessionStart')).body).toEqual({source: 'startup', cwd: "/it's"})
  })
})

describe('a profile of the configuration', () => {
  it('gets its prompt as an argument, literally', () => {
    const config = configSchema.parse({
      agents: {profile: 'other'},
      profiles: {
        other: {command: ['other', '--task={prompt}'], prompt: 'argument', state: 'exit', env: {MODE: 'fast'}},
      },
    })
    const {command, env, promptBy, state, sessions} = plan(config, {prompt: 'costs $& and $1'})
    expect(command).toEqual(['other', '--task=costs $& and $1'])
    expect({promptBy, state, sessions}).toEqual({promptBy: 'argument', state: 'exit', sessions: false})
    expect(env.MODE).toBe('fast')
  })

  it('gets its session and its worktree, and resumes by its own command if it has one', () => {
    const command = ['other', '--cd', '{worktree}', '{unknown}', '{prompt}']
    const profiles = (more: object) => ({other: {command, state: 'exit', ...more}})
    const made = (more: object) =>
      configSchema.parse({agents: {profile: 'other'}, profiles: profiles({prompt: 'argument', ...more})})
    const resumable = made({resume_command: ['other', 'resume', '{session}', '{prompt}']})
    // Filled-in text is not searched again.
    const prompt = 'say {session}'
    expect(plan(resumable, {prompt}).command).toEqual(['other', '--cd', '/w/7', '{unknown}', prompt])
    expect(plan(resumable, {prompt, resume: true}).command).toEqual(['other', 'resume', SESSION, prompt])
    expect(plan(made({}), {prompt, resume: true}).command).toEqual(['other', '--cd', '/w/7', '{unknown}', prompt])
    expect([1, 2, 3].map(attempt => mayResume(resumable, attempt))).toEqual([true, true, false])
    expect(mayResume(made({}), 1)).toBe(false)
    expect(mayResume(configSchema.parse({}), 5)).toBe(true)
  })

  it('names how long it is silent before it counts as done', () => {
    const other = {command: ['other'], state: 'quiet', quiet_seconds: 3}
    const config = configSchema.parse({agents: {profile: 'other'}, profiles: {other}})
    expect(plan(config)).toMatchObject({state: 'quiet', quietMs: 3000, promptBy: 'paste'})
  })

  it('must exist', () => {
    expect(() => plan(configSchema.parse({agents: {profile: 'nope'}}))).toThrow(
      expect.objectContaining({code: 'unknown-profile', next: expect.stringContaining('claude')}),
    )
  })
})

describe('a program that agents need', () => {
  it('is looked for where agents look for it, and what is missing is named with what mends it', async () => {
    await using folder = temporaryFolder()
    const bin = folder.path
    const fault = (change: object) => profileFault({config: configSchema.parse(change), hostEnv: {PATH: bin}})
    const program = (name: string, mode = 0o755) => writeFileSync(join(bin, name), '#!/bin/sh\n', {mode})
    expect(fault({})).toEqual({
      program: 'claude',
      what: 'claude is not in PATH',
      mend: 'install it, or name another in agents.command of clambake.toml',
    })
    program('claude', 0o644)
    expect(fault({})?.what, 'it may not be run').toBe('claude is not in PATH')
    rmSync(join(bin, 'claude'))
    program('claude')
    expect(fault({})).toBeNull()
    expect(fault({agents: {command: [join(bin, 'gone')]}})?.what).toMatch(/gone does not exist, or may not be run$/)
    // It comes with the worktree.
    expect(fault({agents: {command: ['./agent.sh']}})).toBeNull()

    const other = {agents: {profile: 'codex'}}
    const codex = (more: object) => ({...other, profiles: {codex: {command: ['codex'], state: 'exit', ...more}}})
    expect(fault(codex({}))).toMatchObject({
      what: 'profile codex: codex is not in PATH',
      mend: 'install it, or name another in profiles.codex of clambake.toml',
    })
    expect(fault(codex({env: {PATH: '/nowhere'}}))?.program).toBe('codex')
    program('codex')
    expect(fault(codex({}))).toBeNull()
    expect(fault(codex({env: {PATH: '/nowhere'}}))?.program, 'its own PATH counts').toBe('codex')
    expect(fault(codex({sandbox: 'bwrap'}))?.what).toBe('profile codex: bubblewrap is not installed')
    expect(fault(codex({runner: 'docker', image: 'x'}))?.program).toBe('docker')
    expect(fault(codex({runner: 'ssh', host: 'x'}))?.program).toBe('ssh')
  })
})

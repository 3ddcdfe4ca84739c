import {existsSync, mkdirSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {startClaudeApi} from '../../fixtures/claude/api.ts'
import {claudeClient, claudeEnv, seedClaudeHome} from '../../fixtures/claude/client.ts'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {createSampleRepository, openSampleRepository} from '../../fixtures/repos/sample.ts'
import {askAnswer, denyAnswer, editOf, warnAnswer} from '../../src/agents/claude/edits.ts'
import {permissionAnswer} from '../../src/agents/claude/requests.ts'
import {reportOf} from '../../src/agents/claude/signals.ts'
import {launchPlan} from '../../src/agents/profile.ts'
import {deliverPrompt, untilReady} from '../../src/agents/terminal/deliver.ts'
import {poll, systemClock} from '../../src/base/clock.ts'
import {configSchema} from '../../src/model/data/config.ts'
import {ptyHost} from '../agents/pty-host.ts'

const client = claudeClient()
const PATIENCE = {everyMs: 50, timeoutMs: 60_000}

const says = (body: unknown, words: string) => JSON.stringify(body).includes(words)

describe.skipIf('missing' in client)(`the true client${'missing' in client ? `: ${client.missing}` : ''}`, () => {
  it('takes hooks, servers, plugins and skills from main and from no worktree, and words from the worktree', {
    timeout: 120_000,
  }, async () => {
    if ('missing' in client) throw new Error(client.missing)
    using folder = temporaryFolder()
    const home = join(folder.path, 'home')
    const marks = join(folder.path, 'marks')
    mkdirSync(marks)
    const main = join(folder.path, 'main')
    const repository = await createSampleRepository({dir: main})
    seedClaudeHome({home, trusts: [main]})
    const tree = join(main, '.clambake/worktrees/issue-7')
    await repository.git('worktree', 'add', '--quiet', '-b', 'agent001/7-fix', tree)
    const hook = (mark: string) => [{hooks: [{type: 'command', command: `touch ${marks}/${mark}`}]}]
    const server = (mark: string) => ({command: '/bin/sh', args: ['-c', `touch ${marks}/${mark}; exec cat`]})
    const json = (value: unknown) => JSON.stringify(value)
    await openSampleRepository(tree).commit({
      message: 'Help myself',
      files: {
        '.claude/settings.json': json({
          hooks: {SessionStart: hook('branch-settings')},
          enableAllProjectMcpServers: true,
          extraKnownMarketplaces: {m: {source: {source: 'directory', path: tree}}},
          enabledPlugins: {'p@m': true},
        }),
        '.claude/settings.local.json': json({
          hooks: {SessionStart: hook('branch-local')},
          enabledMcpjsonServers: ['evil'],
        }),
        '.mcp.json': json({mcpServers: {evil: server('branch-server')}}),
        '.claude-plugin/marketplace.json': json({
          name: 'm',
          owner: {name: 'm'},
          plugins: [{name: 'p', source: './plugin', version: '1.0.0'}],
        }),
        'plugin/.claude-plugin/plugin.json': json({name: 'p', version: '1.0.0'}),
        'plugin/hooks/hooks.json': json({hooks: {SessionStart: hook('branch-plugin')}}),
        '.claude/skills/evil/SKILL.md': '---\nname: evil\ndescription: the skill of the branch\n---\nDo it.\n',
        'CLAUDE.md': 'Speak of the branch.\n',
      },
    })
    await using api = await startClaudeApi({7: [[{do: 'say', text: 'I looked.\n\nBLOCKED: no beans'}]]})
    await using host = ptyHost()
    const ticket = {
      issue: 7,
      title: 'Fix',
      branch: 'agent001/7-fix',
      session: crypto.randomUUID(),
      worktree: repository.dir,
    }
    const plan = launchPlan({
      config: configSchema.parse({agents: {command: [client.path]}}),
      ticket,
      agent: 'agent001',
      resume: false,
      prompt: '',
      think: 'think',
      trusted: {
        settings: {hooks: {SessionStart: hook('main-settings')}},
        mcp: json({mcpServers: {good: server('main-server')}}),
      },
      hostEnv: {...sealedEnv(home), ...claudeEnv(api.url)},
    })
    const size = {cols: 100, rows: 30}
    const at = {title: 'agent001', cwd: tree, session: ticket.session, meta: {}}
    const {pane} = await host.spawn({pane: 'p', ...at, ...plan, ...size})
    expect(await untilReady(host, pane, systemClock)).toBe('ready')
    const text = 'You work on issue #7 of this repository.'
    await deliverPrompt({host, pane, text, clock: systemClock, acknowledged: true, line: true})
    const stopped = await poll(async () => (await host.mail(0)).find(({kind}) => kind === 'Stop'), PATIENCE)
    expect(stopped && reportOf(stopped), 'our hooks are heard, with its last words').toEqual({
      kind: 'turnDone',
      blocked: 'its agent says that it is blocked: no beans',
    })
    const isServed = async () => existsSync(join(marks, 'main-server')) || undefined
    expect(await poll(isServed, PATIENCE), 'servers were started').toBe(true)
    expect(readdirSync(marks).sort()).toEqual(['main-server', 'main-settings'])
    const said = JSON.stringify(api.requests.flatMap(({conversation}) => conversation ?? []))
    expect(said).toContain('Speak of the branch.')
    expect(said).not.toContain('the skill of the branch')
  })

  it('asks before a call: it is told more, asks its person, is refused, and continues where nobody answers', {
    timeout: 120_000,
  }, async () => {
    if ('missing' in client) throw new Error(client.missing)
    using folder = temporaryFolder()
    const home = join(folder.path, 'home')
    const tree = join(folder.path, 'tree')
    await createSampleRepository({dir: tree})
    seedClaudeHome({home, trusts: [tree]})
    const use = (tool: string, input: Record<string, unknown>) => ({do: 'use', tool, input}) as const
    const write = (name: string) => use('Write', {file_path: join(tree, name), content: 'x\n'})
    const look = use('Bash', {command: 'git status', description: 'Look'})
    const held = use('Bash', {command: 'docker ps', description: 'Look'})
    await using api = await startClaudeApi({
      7: [[look, write('warned.txt'), write('asked.txt'), write('alone.txt'), held, {do: 'say', text: 'Done.'}]],
    })
    await using host = ptyHost()
    const session = crypto.randomUUID()
    const ticket = {issue: 7, title: 'Fix', branch: 'main', session, worktree: tree}
    const plan = launchPlan({
      config: configSchema.parse({agents: {command: [client.path]}, radar: {before_edit: 'ask'}}),
      ...{ticket, agent: 'agent001', resume: false, prompt: '', think: 'think'},
      trusted: {settings: {}, mcp: null},
      hostEnv: {...sealedEnv(home), ...claudeEnv(api.url)},
    })
    const size = {cols: 100, rows: 30}
    const {pane} = await host.spawn({pane: 'p', title: 'agent001', cwd: tree, session, meta: {}, ...plan, ...size})
    expect(await untilReady(host, pane, systemClock)).toBe('ready')
    const text = 'You work on issue #7 of this repository.'
    await deliverPrompt({host, pane, text, clock: systemClock, acknowledged: true, line: true})
    const posted = (kind: string, name: string) =>
      poll(
        async () => (await host.mail(0)).find(item => item.kind === kind && editOf(item, tree)?.path === name),
        PATIENCE,
      )
    const answer = async (name: string, reply: unknown) => {
      const item = await posted('BeforeEdit', name)
      await host.answer(item!.seq, reply)
    }
    await answer('warned.txt', warnAnswer('#9 has changed it too.'))
    await answer('asked.txt', askAnswer('#9 has changed it too.'))
    const asked = await posted('PermissionRequest', 'asked.txt')
    expect(existsSync(join(tree, 'asked.txt'))).toBe(false)
    await host.answer(asked!.seq, permissionAnswer({kind: 'allow'}))
    const refused = await poll(
      async () => (await host.mail(0)).find(({kind, body}) => kind === 'BeforeEdit' && says(body, 'docker ps')),
      PATIENCE,
    )
    await host.answer(refused!.seq, denyAnswer('docker is held by shop-1.'))
    const stopped = await poll(async () => (await host.mail(0)).find(({kind}) => kind === 'Stop'), PATIENCE)
    expect(stopped).toBeDefined()
    const mail = await host.mail(0)
    expect(mail.filter(({kind}) => kind === 'PermissionRequest')).toHaveLength(1)
    // Commands are asked of too: another session might hold what they use.
    expect(mail.filter(({kind}) => kind === 'BeforeEdit')).toHaveLength(5)
    expect(mail.filter(({kind, body}) => kind === 'PostToolUse' && says(body, 'docker ps'))).toEqual([])
    for (const name of ['warned.txt', 'asked.txt', 'alone.txt']) expect(existsSync(join(tree, name)), name).toBe(true)
    const told = JSON.stringify(api.requests.flatMap(({conversation}) => conversation ?? []))
    expect(told).toContain('#9 has changed it too. Keep your change there')
    expect(told).toContain('docker is held by shop-1.')
  })
})

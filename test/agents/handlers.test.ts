import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {ScriptsInput} from '../../fixtures/agent/script.ts'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {createSampleRepository} from '../../fixtures/repos/sample.ts'
import {agentHandlers} from '../../src/agents/handlers.ts'
import {createJobs} from '../../src/agents/jobs.ts'
import {permissionAnswer} from '../../src/agents/requests.ts'
import {reportOf} from '../../src/agents/signals.ts'
import {type Clock, poll, systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import type {Assignment} from '../../src/model/assignment.ts'
import type {Claim} from '../../src/model/claim.ts'
import {type Config, configSchema} from '../../src/model/config.ts'
import type {EffectOf} from '../../src/model/effects.ts'
import type {ClaimBook, GitGateway, GithubGateway, HubGateway, MailItem} from '../../src/model/gateways.ts'
import {ptyHost} from './pty-host.ts'

const AGENT = join(import.meta.dirname, '../../fixtures/agent/main.ts')
const SESSION = '6b3c1c5e-1f0b-4a55-9c0b-3a3c1f6a2b11'
const CONFLICT: Assignment = {kind: 'repair', repair: {kind: 'conflict', paths: ['a.txt']}}

async function setUp(
  scripts: ScriptsInput,
  options: {config?: Config; deafMs?: number; clock?: Clock; main?: Record<string, string>} = {},
) {
  const folder = temporaryFolder()
  const home = join(folder.path, 'home')
  mkdirSync(home)
  const scriptFile = join(folder.path, 'scripts.json')
  writeFileSync(scriptFile, JSON.stringify(scripts))
  const repository = await createSampleRepository({dir: join(folder.path, 'work')})
  const host = ptyHost()
  const bumps: unknown[] = []
  const config =
    options.config ??
    configSchema.parse({
      agents: {
        command: [process.execPath, AGENT, '--scripts', scriptFile],
        environment: ['CLAMBAKE_AGENT_PACE', 'CLAMBAKE_AGENT_DEAF'],
      },
    })
  const issue = {number: 7, title: 'Count', body: 'Please count.'} as Awaited<ReturnType<GithubGateway['issue']>>
  const running = {
    host,
    config,
    clock: options.clock ?? systemClock,
    env: {
      ...sealedEnv(home),
      CLAMBAKE_AGENT_PACE: '5',
      CLAMBAKE_AGENT_DEAF: String(options.deafMs ?? 0),
      GITHUB_TOKEN: 'never',
    },
    stopGraceMs: 1000,
  }
  const handlers = agentHandlers({
    git: {root: repository.dir, readMain: async (file: string) => options.main?.[file] ?? null} as GitGateway,
    github: {issue: async () => issue} as unknown as GithubGateway,
    hub: {append() {}, async register() {}, async deregister() {}} as unknown as HubGateway,
    book: {
      get: () => ({record: {title: 'Count'}}) as Claim,
      bump: async (_: number, patch: unknown) => {
        bumps.push(patch)
        return {} as Claim
      },
    } as unknown as ClaimBook,
    log: silentLog,
    jobs: createJobs(running),
    ...running,
  })
  const turn = {ticket: 7, agent: 'agent001', branch: 'agent001/7-count'} as const
  return {
    home,
    host,
    repository,
    bumps,
    start: (effect: Partial<EffectOf<'startAgent'>> = {}) =>
      handlers.startAgent({
        name: 'startAgent',
        ...turn,
        session: SESSION,
        worktree: repository.dir,
        resume: false,
        assignment: {kind: 'first'},
        attempt: 1,
        starts: [5],
        ...effect,
      }),
    prompt: (assignment: Assignment = {kind: 'first'}) =>
      handlers.promptAgent({name: 'promptAgent', ...turn, assignment}),
    stop: () => handlers.stopAgent({name: 'stopAgent', ticket: 7, agent: 'agent001'}),
    /** Resolves with the n-th post of a kind. */
    async mail(kind: string, count = 1): Promise<MailItem> {
      const nth = async () => (await host.mail(0)).filter(item => item.kind === kind)[count - 1]
      const item = await poll(nth, {everyMs: 20, timeoutMs: 15_000})
      if (!item) throw new Error(`no ${kind} ${count} among ${(await host.mail(0)).map(entry => entry.kind)}`)
      return item
    },
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

describe('an agent', () => {
  it('is started, told its task, reports, and is stopped', async () => {
    await using set = await setUp({
      7: [
        [
          {do: 'edit', file: 'one.txt', content: '1\n'},
          {do: 'commit', message: 'One'},
          {do: 'ask', command: 'npm i'},
        ],
      ],
    })
    const [started] = await set.start()
    expect(started).toMatchObject({type: 'agentStarted', ticket: 7, agent: 'agent001'})
    expect(set.bumps).toEqual([expect.objectContaining({phase: 'working', attempts: 1, starts: [5]})])
    expect(set.host.specs[0]).toMatchObject({session: SESSION, meta: {agent: 'agent001', ticket: '7'}})
    expect(JSON.stringify(set.host.specs[0]!.env)).not.toContain('never')

    await set.prompt()
    expect((await set.mail('UserPromptSubmit')).body).toMatchObject({prompt: expect.stringContaining('Please count.')})
    const asked = await set.mail('PermissionRequest')
    expect(reportOf(asked)).toEqual({kind: 'asks', activity: 'asks', detail: 'Bash npm i'})
    await set.host.answer(asked.seq, permissionAnswer({kind: 'allow'}))
    expect(reportOf(await set.mail('Stop'))).toEqual({kind: 'turnDone'})
    expect(await set.repository.git('log', '-1', '--format=%s')).toBe('One')

    expect(await set.stop()).toEqual([{type: 'agentStopped', agent: 'agent001', ticket: 7}])
    expect((await set.host.panes()).every(info => info.exit)).toBe(true)
  })

  it('is told nothing while its client shows something else first', async () => {
    const clock = createFakeClock()
    const config = configSchema.parse({agents: {command: ['/bin/sh', '-c', 'exec sleep 60']}})
    await using set = await setUp({}, {config, clock})
    await set.start()
    const told = set.prompt()
    await poll(() => (clock.pending > 0 ? true : undefined), {everyMs: 5, timeoutMs: 5000})
    await clock.advance(15_000)
    const {pane} = (await set.host.panes())[0]!
    expect(await told).toEqual([{type: 'agentNotReady', ticket: 7, agent: 'agent001', pane}])
    expect(set.host.written).toEqual([])
  })

  it('is not started with a template that asks for what is not known', async () => {
    await using set = await setUp({}, {main: {'.clambake/prompts/feature.md': 'Do {bodyy}'}})
    await expect(set.start()).rejects.toThrow(
      '.clambake/prompts/feature.md on main: {bodyy} is not known; did you mean {body}?',
    )
    expect(await set.host.panes()).toEqual([])
  })

  it.each([
    [{'.claude/settings.json': '{'}, '.claude/settings.json on main: it is no JSON'],
    [{}, '.clambake/mcp.json on main: it is not there'],
    [{'.clambake/mcp.json': '{"servers":{}}'}, '.clambake/mcp.json on main: it is wrong at mcpServers'],
  ])('is not started with settings that cannot be read: %j', async (main, message) => {
    const config = configSchema.parse({agents: {mcp_config: '.clambake/mcp.json'}})
    await using set = await setUp({}, {config, main})
    await expect(set.start()).rejects.toThrow(message)
    expect(await set.host.panes()).toEqual([])
  })

  it('is not started twice', async () => {
    await using set = await setUp({})
    const [first] = await set.start()
    const [second] = await set.start()
    expect(second).toEqual(first)
    expect(set.host.specs).toHaveLength(1)
  })

  it('gets Enter again when the first was lost', async () => {
    await using set = await setUp({7: [[{do: 'say', text: 'Hello'}]]}, {deafMs: 1500})
    await set.start()
    await set.prompt()
    expect(set.host.written.filter(data => data === '\r').length).toBeGreaterThan(1)
    expect(set.host.written.filter(data => data.includes('[200~'))).toHaveLength(1)
    await set.mail('Stop')
    expect((await set.host.mail(0)).filter(item => item.kind === 'UserPromptSubmit')).toHaveLength(1)
  })

  it('goes on with its conversation in a repair, and is not told the task again', async () => {
    await using set = await setUp({7: [[{do: 'say', text: 'one'}], [{do: 'say', text: 'two'}]]})
    await set.start()
    await set.prompt()
    await set.mail('Stop')
    await set.stop()
    await set.start({resume: true, assignment: CONFLICT, attempt: 1})
    expect(set.host.specs).toHaveLength(2)
    await set.prompt(CONFLICT)
    const {prompt} = (await set.mail('UserPromptSubmit', 2)).body as {prompt: string}
    expect(prompt).toContain('git merge origin/main')
    expect(prompt).not.toContain('Please count.')
    const stop = await set.mail('Stop', 2)
    expect(await set.host.text(stop.pane, 100)).toContain('two')
  })

  it('begins anew with its task when there is no conversation to go on with', async () => {
    await using set = await setUp({7: [[{do: 'say', text: 'one'}]]})
    mkdirSync(join(set.home, '.fixture-agent'))
    writeFileSync(join(set.home, '.fixture-agent', `${SESSION}.json`), '')
    const [started] = await set.start({resume: true, assignment: CONFLICT, attempt: 2})
    expect(set.host.specs.map(({command}) => command.includes('--resume'))).toEqual([true, false])
    expect(started).toMatchObject({pane: set.host.specs[1]!.pane})
    // The client takes that id for used, though nothing of the conversation was written down.
    const {session} = started as {session: string}
    expect(session).not.toBe(SESSION)
    expect(set.host.specs[1]!.session).toBe(session)
    expect(set.bumps).toContainEqual({session})
    await set.prompt(CONFLICT)
    expect((await set.mail('UserPromptSubmit')).body).toMatchObject({prompt: expect.stringContaining('Please count.')})
  })

  it('that ends before its prompt is not waited for', async () => {
    const config = configSchema.parse({agents: {command: ['false']}})
    await using set = await setUp({}, {config})
    const facts = await set.start({resume: true, attempt: 2})
    expect(facts[0]).toMatchObject({type: 'agentStarted'})
    expect(await set.prompt()).toEqual([])
  })

  it('of a profile gets its prompt as an argument and needs no signals', async () => {
    using folder = temporaryFolder()
    const out = join(folder.path, 'prompt')
    const config = configSchema.parse({
      agents: {profile: 'other'},
      profiles: {
        other: {
          command: ['/bin/sh', '-c', `printf %s "$1" > ${out}`, 'sh', '{prompt}'],
          prompt: 'argument',
          state: 'exit',
        },
      },
    })
    await using set = await setUp({}, {config})
    await set.start()
    expect(await set.prompt()).toEqual([])
    const exited = async () => (await set.host.panes()).every(info => info.exit) || undefined
    expect(await poll(exited, {everyMs: 20, timeoutMs: 10_000})).toBe(true)
    expect(readFileSync(out, 'utf8')).toContain('Please count.')
  })
})

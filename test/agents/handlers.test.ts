import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {permissionAnswer} from '../../src/agents/claude/requests.ts'
import {reportOf} from '../../src/agents/claude/signals.ts'
import {poll} from '../../src/base/clock.ts'
import {configSchema} from '../../src/model/data/config.ts'
import type {EffectOf} from '../../src/model/data/effects.ts'

import {CONFLICT, SESSION, setUp} from './setup.ts'

describe('an agent', () => {
  it('is started, prompted, reports, and is stopped', async () => {
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

  it('is not prompted while its client shows something else', async () => {
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

  it('is not started with a template that has an unknown placeholder', async () => {
    await using set = await setUp({}, {main: {'.clambake/prompts/feature.md': 'Do {bodyy}'}})
    await expect(set.start()).rejects.toThrow(
      '.clambake/prompts/feature.md on main: {bodyy} is unknown; did you mean {body}?',
    )
    expect(await set.host.panes()).toEqual([])
  })

  it.each([
    [{'.claude/settings.json': '{'}, '.claude/settings.json on main: it is not JSON'],
    [{}, '.clambake/mcp.json on main: it does not exist'],
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

  it('continues its conversation in a repair, and is not given the task again', async () => {
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

  it('begins a new conversation with its task when there is none to resume', async () => {
    await using set = await setUp({7: [[{do: 'say', text: 'one'}]]})
    mkdirSync(join(set.home, '.fixture-agent'))
    writeFileSync(join(set.home, '.fixture-agent', `${SESSION}.json`), '')
    const [started] = await set.start({resume: true, assignment: CONFLICT, attempt: 2})
    expect(set.host.specs.map(({command}) => command.includes('--resume'))).toEqual([true, false])
    expect(started).toMatchObject({pane: set.host.specs[1]!.pane})
    // The client treats that id as used, though it saved nothing of the conversation.
    const {session} = started as {session: string}
    expect(session).not.toBe(SESSION)
    expect(set.host.specs[1]!.session).toBe(session)
    expect(set.bumps).toContainEqual({session})
    await set.prompt(CONFLICT)
    expect((await set.mail('UserPromptSubmit')).body).toMatchObject({prompt: expect.stringContaining('Please count.')})
  })

  it('that ends before its prompt is not awaited', async () => {
    const config = configSchema.parse({agents: {command: ['false']}})
    await using set = await setUp({}, {config})
    const facts = await set.start({resume: true, attempt: 2})
    expect(facts[0]).toMatchObject({type: 'agentStarted'})
    expect(await set.prompt()).toEqual([])
  })

  it('of a profile that resumes gets only what is new, and its whole task when resuming fails', async () => {
    using folder = temporaryFolder()
    const out = join(folder.path, 'told')
    const write = ['/bin/sh', '-c', `printf '%s\n' "$1" "$2" >> ${out}`, 'sh']
    const config = configSchema.parse({
      agents: {profile: 'other'},
      profiles: {
        other: {
          command: [...write, 'new', '{prompt}'],
          resume_command: [...write, 'resume {session}', '{prompt}'],
          prompt: 'argument',
          state: 'exit',
        },
      },
    })
    await using set = await setUp({}, {config})
    async function told(effect: Partial<EffectOf<'startAgent'>>) {
      writeFileSync(out, '')
      await set.start(effect)
      const exited = async () => (await set.host.panes()).every(info => info.exit) || undefined
      expect(await poll(exited, {everyMs: 20, timeoutMs: 30_000})).toBe(true)
      return readFileSync(out, 'utf8')
    }
    const repair = {resume: true, assignment: CONFLICT}
    const again = await told({...repair, attempt: 2})
    expect(again).toContain(`resume ${SESSION}\n`)
    expect(again).toContain('git merge origin/main')
    expect(again).not.toContain('Please count.')
    const anew = await told({...repair, attempt: 3})
    expect(anew).toContain('new\n')
    expect(anew).toContain('Please count.')
  })

  it.each([
    ['does not answer', () => new Promise<void>(() => {})],
    ['is in trouble', async () => Promise.reject(new Error('no connection'))],
  ])('starts and stops while the hub %s', async (_how, hub) => {
    const config = configSchema.parse({
      agents: {profile: 'other'},
      profiles: {other: {command: ['/bin/sh', '-c', 'sleep 60'], state: 'quiet', quiet_seconds: 5}},
    })
    await using set = await setUp({}, {config, hub})
    expect(await set.start()).toMatchObject([{type: 'agentStarted'}])
    expect(await set.stop()).toEqual([{type: 'agentStopped', agent: 'agent001', ticket: 7}])
  })

  it('of a profile without signals gets its prompt pasted after its first screen', async () => {
    using folder = temporaryFolder()
    const out = join(folder.path, 'typed')
    const command = ['/bin/sh', '-c', `stty raw -echo; printf '> '; exec cat > ${out}`]
    const config = configSchema.parse({
      agents: {profile: 'other'},
      profiles: {other: {command, state: 'quiet', quiet_seconds: 5}},
    })
    await using set = await setUp({}, {config})
    await set.start()
    expect((await set.host.panes())[0]!.meta).toMatchObject({state: 'quiet', quietMs: '5000'})
    await set.prompt()
    const typed = () => readFileSync(out, 'utf8').includes('Please count.') || undefined
    expect(await poll(typed, {everyMs: 20, timeoutMs: 30_000})).toBe(true)
    expect((await set.host.panes())[0]!.meta.prompted).toMatch(/^\d+$/)
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
    expect(await poll(exited, {everyMs: 20, timeoutMs: 30_000})).toBe(true)
    expect(readFileSync(out, 'utf8')).toContain('Please count.')
  })
})

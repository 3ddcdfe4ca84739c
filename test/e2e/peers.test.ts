import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {type TemporaryFolder, temporaryFolder} from '../../fixtures/repos/folder.ts'
import {systemClock} from '../../src/base/clock.ts'
import type {Coordination} from '../../src/hub/coordination.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import {placePaths} from '../../src/hub/hooks/folder.ts'
import {readGuard} from '../../src/hub/hooks/guard.ts'
import {sessionFolder} from '../../src/hub/hooks/sessions.ts'
import {switchHub} from '../../src/hub/hooks/switch.ts'
import type {Mail} from '../../src/model/hub/mail.ts'
import {hookMachine, type Machine, type TestClient} from '../hub/hooks/client.ts'

let folder: TemporaryFolder
let machine: Machine
let hub: Coordination & AsyncDisposable
beforeEach(() => {
  folder = temporaryFolder('clambake-peers-')
  machine = hookMachine({folder: folder.path, program: {node: process.execPath, entry: resolve('dist/clambake.js')}})
  hub = openDirectHub({place: machine.place, clock: systemClock})
})
afterEach(async () => {
  await hub[Symbol.asyncDispose]()
  await machine[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const PATIENCE = {timeout: 20_000, interval: 50}
const ADA = {name: 'ada@laptop', instance: null, project: null}
const plain = {kind: 'info', resource: null, lifeMs: null, answers: null} as const
const bash = (command: string) => ({tool_name: 'Bash', tool_input: {command}})

async function start(project: string): Promise<{client: TestClient; id: string; said: string}> {
  const client = await machine.client(project)
  const {json} = await client.hook('SessionStart', {source: 'startup'})
  const own = (await hub.seen()).find(({peer}) => peer.process?.pid === client.pid)
  return {client, id: own!.peer.id, said: contextOf(json)}
}

function contextOf(json: Record<string, unknown> | null): string {
  return (json?.hookSpecificOutput as {additionalContext?: string} | undefined)?.additionalContext ?? ''
}

async function began(mail: Mail): Promise<number> {
  return (await hub.progress([mail])).get(mail.id)!.begun
}

/** The watcher has written the guard, so that calls need no program. */
async function guarded(): Promise<string> {
  await vi.waitFor(() => expect(machine.watcher()).not.toBeNull(), PATIENCE)
  return placePaths(machine.paths, machine.place).guard
}

describe('sessions that a person started', () => {
  it('see each other, get mail with receipts, and leave', async () => {
    const {client, id, said} = await start('shop')
    expect(said).toMatch(/^This session is shop-[0-9a-f]{4} on the hub/)
    expect(await hub.seen()).toMatchObject([
      {standing: 'active', peer: {id, project: 'shop', session: `s-${client.pid}`, directory: client.folder}},
    ])
    // A resume of the same client keeps the session.
    const early = await hub.send(ADA, {...plain, to: 'shop', text: '@all look'})
    const resumed = await client.hook('SessionStart', {source: 'clear', session_id: 'other'})
    expect(contextOf(resumed.json)).toContain('> @ all look')
    expect(await hub.seen()).toMatchObject([{peer: {id, session: 'other'}}])
    expect(await began(early)).toBe(0)
    expect((await client.hook('PreToolUse', bash('ls'))).out).toBe('')
    expect(await began(early)).toBe(1)

    await client.hook('SessionEnd', {reason: 'clear'})
    expect(await hub.seen()).toHaveLength(1)
    await client.hook('SessionEnd', {reason: 'other'})
    expect(await hub.seen()).toEqual([])
    expect(existsSync(sessionFolder(machine.paths, client.pid))).toBe(false)
  })

  it('are held off by a blocker until its done, and need no program where nothing is held', async () => {
    const [{client}, other] = [await start('shop'), await start('api')]
    const guard = await guarded()
    const sender = {name: other.id, instance: other.id, project: 'api'}
    const blocker = await hub.send(sender, {
      ...plain,
      kind: 'blocker',
      to: '@all',
      text: 'resetting',
      resource: 'docker',
    })
    // Before any watcher has seen it.
    expect(readFileSync(guard, 'utf8')).toContain('\ndocker\n')
    const refused = await client.hook('PreToolUse', bash('docker compose up'))
    expect(refused.json).toMatchObject({
      hookSpecificOutput: {
        permissionDecision: 'deny',
        permissionDecisionReason: expect.stringMatching(/docker is held by api-[0-9a-f]{4} .*"resetting"/),
      },
    })
    expect((await client.hook('PreToolUse', bash('grep docker README.md'))).out).toBe('')
    expect((await other.client.hook('PreToolUse', bash('docker compose up'))).out).toBe('')
    await hub.send(sender, {...plain, kind: 'done', to: '@all', text: 'up again', answers: blocker.id})
    await vi.waitFor(() => expect(readFileSync(guard, 'utf8')).not.toContain('docker'), PATIENCE)
    // A program that would be started is not there: the script answers by itself.
    rmSync(join(machine.paths.sessions, String(client.pid), 'session.json'))
    expect((await client.hook('PreToolUse', bash('docker compose up'))).out).toBe('')
    expect(existsSync(join(machine.paths.sessions, String(client.pid), 'session.json'))).toBe(false)
  })

  it('start the watcher again when it was killed, and are noted as gone when they were', {retry: 1}, async () => {
    const {client, id} = await start('shop')
    await guarded()
    const first = machine.watcher()!
    process.kill(first, 'SIGKILL')
    await vi.waitFor(() => expect(machine.watcher()).toBeNull(), PATIENCE)
    const blocker = await hub.send(ADA, {...plain, kind: 'blocker', to: '@all', text: 'wait', resource: 'docker'})
    const refused = await client.hook('PreToolUse', bash('docker ps && docker rm -f db'))
    expect(refused.out).toContain('"deny"')
    await guarded()
    expect(machine.watcher()).not.toBe(first)
    await hub.send(ADA, {...plain, kind: 'done', to: '@all', text: 'done', answers: blocker.id})
    await client.kill()
    await vi.waitFor(async () => expect(await hub.seen()).toEqual([]), PATIENCE)
    expect(await hub.logged({instance: id, limit: 5})).toMatchObject([
      {action: 'shutdown', detail: 'its program has ended'},
      {action: 'started'},
    ])
  })

  it('notice nothing of a hub that is off, broken or not writable', async () => {
    switchHub(machine.paths, 'off', null)
    const client = await machine.client('shop')
    expect((await client.hook('SessionStart')).out).toBe('')
    expect(existsSync(machine.paths.sessions)).toBe(false)
    expect(existsSync(join(folder.path, 'state', 'hub.db'))).toBe(false)
    switchHub(machine.paths, 'on', null)
    // A folder in the place of the sessions' one, which root cannot write either.
    writeFileSync(machine.paths.sessions, '')
    for (const event of ['SessionStart', 'PreToolUse'] as const) await client.hook(event, bash('ls'))
    expect(readFileSync(machine.paths.log, 'utf8')).toMatch(/"event":"SessionStart".*"msg":"hook failed"/)
    rmSync(machine.paths.sessions)
    rmSync(join(folder.path, 'state', 'hub.db'), {force: true})
    mkdirSync(join(folder.path, 'state', 'hub.db'))
    expect((await client.hook('SessionStart')).out).toBe('')
    expect(readFileSync(machine.paths.log, 'utf8')).toContain('the hub cannot be used')
    // Its tool calls are quick all the same: the watcher says that nothing is known to be held.
    expect(readGuard(await guarded())).toMatchObject({words: []})
    expect((await client.hook('PreToolUse', bash('docker ps'))).out).toBe('')
    expect((await client.hook('Stop')).out).toBe('')
    rmSync(join(folder.path, 'state', 'hub.db'), {recursive: true})
    rmSync(placePaths(machine.paths, machine.place).down)
    await client.hook('UserPromptSubmit')
    expect(await hub.seen()).toMatchObject([{peer: {project: 'shop', status: 'busy'}}])
  })
})

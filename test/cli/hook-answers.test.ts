import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type TemporaryFolder, temporaryFolder} from '../../fixtures/repos/folder.ts'
import {systemClock} from '../../src/base/clock.ts'
import {type HookWork, onEnd, onPrompt, onStart, onStop} from '../../src/cli/hub/hook/answers.ts'
import type {HookInput} from '../../src/cli/hub/hook/input.ts'
import {onToolCall} from '../../src/cli/hub/hook/tool-call.ts'
import type {Coordination} from '../../src/hub/coordination.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import {givenTo} from '../../src/hub/hooks/sessions.ts'
import type {Draft} from '../../src/model/hub/draft.ts'
import type {Mail} from '../../src/model/hub/mail.ts'

let folder: TemporaryFolder
let hub: Coordination & AsyncDisposable
let session: string
beforeEach(async () => {
  folder = temporaryFolder('clambake-hook-answers-')
  hub = openDirectHub({place: {kind: 'file', file: join(folder.path, 'hub.db')}, clock: systemClock})
  session = join(folder.path, 'session')
  mkdirSync(session)
  await hub.join(SELF)
})
afterEach(async () => {
  await hub[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const SELF = {
  id: 'shop-1',
  project: 'acme/shop',
  directory: '/shop',
  task: '',
  model: 'claude',
  status: 'active',
  host: null,
  process: null,
  session: null,
} as const
const ADA = {name: 'ada@laptop', instance: null, project: null}
const plain: Omit<Draft, 'to' | 'text'> = {kind: 'info', resource: null, lifeMs: null, answers: null}

/** What a hook answered, as text; '' for nothing. */
async function answered(hook: (work: HookWork) => Promise<void>, input: HookInput = {}): Promise<string> {
  let said = ''
  const self = {...SELF, heartbeatAt: 0, registeredAt: 0}
  const now = systemClock.now()
  await hook({
    input,
    hub,
    self,
    folder: session,
    now,
    root: '/shop',
    policy: 'refuse',
    async answer(output) {
      said += JSON.stringify(output)
    },
  })
  return said
}

async function begun(mail: Mail): Promise<boolean> {
  return (await hub.progress([mail])).get(mail.id)!.begun === 1
}

const send = (text: string, draft: Partial<Draft> = {}) => hub.send(ADA, {...plain, to: 'shop-1', text, ...draft})

describe('a hook of a session', () => {
  it('gives what waits at the start; that a turn began with it is known from the next hook', async () => {
    const mail = await send('look\n/etc')
    expect(await answered(onStart, {source: 'startup'})).toMatch(/shop-1 on the hub.*> look\\n> \/etc/)
    expect([await begun(mail), givenTo(session)]).toEqual([false, [mail.id]])
    expect(await answered(onToolCall, {tool_name: 'Read', tool_input: {}})).toBe('')
    expect([await begun(mail), givenTo(session)]).toEqual([true, []])
    expect(await answered(onStart, {source: 'compact'})).not.toContain('look')
  })

  it('gives what earlier sessions keep at the start, and not again after a resume', async () => {
    const keep = {
      project: 'acme/shop',
      type: 'gotcha',
      title: 'Port',
      text: 'It is 5433.',
      tags: [],
      files: [],
    } as const
    await hub.memory.remember(keep, {by: 'ada', instance: null, session: null, ticket: null, commit: null})
    expect(await answered(onStart, {source: 'startup'})).toMatch(/gotcha of this project.*> It is 5433\./)
    expect(await answered(onStart, {source: 'clear'})).toContain('It is 5433.')
    expect(await answered(onStart, {source: 'resume'})).not.toContain('It is 5433.')
  })

  it('gives all that waits with a prompt, which begins a turn with it', async () => {
    const mail = await send('the port is 5433')
    expect(await answered(onPrompt)).toMatch(/"UserPromptSubmit".*> the port is 5433/)
    expect(await begun(mail)).toBe(true)
    expect(await answered(onPrompt)).toBe('')
    expect(await hub.seen()).toMatchObject([{peer: {status: 'busy'}}])
  })

  it('never says that a turn began with what the client did not take', async () => {
    const mail = await send('the port is 5433')
    const work = (async () => {
      await answered(async given => onPrompt({...given, answer: () => Promise.reject(new Error('EPIPE'))}))
    })()
    await expect(work).rejects.toThrow('EPIPE')
    expect(await begun(mail)).toBe(false)
  })

  it.each(['request', 'warning', 'blocker'] as const)(
    'begins the next turn with a %s, once, and never loops',
    async kind => {
      await send('lunch', {to: '@all'})
      expect(await answered(onStop, {stop_hook_active: false})).toBe('')
      const mail = await send('which port?', {kind, resource: kind === 'blocker' ? 'docker' : null})
      expect(await answered(onStop, {stop_hook_active: true})).toBe('')
      expect(await answered(onStop, {stop_hook_active: false})).toMatch(
        /^\{"decision":"block","reason":".*> which port\?/,
      )
      expect(await begun(mail)).toBe(false)
      expect(await answered(onStop, {stop_hook_active: true})).toBe('')
      expect(await begun(mail)).toBe(true)
      expect(await answered(onStop)).toBe('')
      expect(await hub.seen()).toMatchObject([{peer: {status: 'idle'}}])
    },
  )

  it('refuses what another session holds, and asks no one about its own', async () => {
    await hub.join({...SELF, id: 'api-1', project: 'acme/api'})
    const docker = {tool_name: 'Bash', tool_input: {command: 'docker rm -f db'}, cwd: '/shop'}
    const hold = {...plain, kind: 'blocker', to: '@all', resource: 'docker'} as const
    const first = await hub.send({name: 'shop-1', instance: 'shop-1', project: 'acme/shop'}, {...hold, text: 'mine'})
    expect(await answered(onToolCall, docker)).toBe('')
    await hub.send(ADA, {...plain, kind: 'done', to: '@all', text: 'done', answers: first.id})
    await hub.send({name: 'api-1', instance: 'api-1', project: 'acme/api'}, {...hold, text: 'a reset runs'})
    expect(await answered(onToolCall, docker)).toMatch(/"permissionDecision":"deny".*held by api-1.*a reset runs/)
    expect(await answered(onToolCall, {...docker, tool_input: {command: 'ls'}})).toBe('')
    // A reservation asks the person.
    const reserved = {patterns: ['src/cart/**'], why: 'I move it', lifeMs: null}
    await hub.reservations.reserve({name: 'shop-2', instance: 'shop-2', project: 'acme/shop'}, reserved)
    await hub.join({...SELF, id: 'shop-2'})
    const edit = {tool_name: 'Edit', tool_input: {file_path: '/shop/src/cart/total.ts'}, cwd: '/shop'}
    expect(await answered(onToolCall, edit)).toMatch(/"permissionDecision":"ask".*reserved by shop-2/)
  })

  it('leaves at the end of the session, but not at that of a conversation', async () => {
    await answered(onEnd, {reason: 'clear'})
    expect(await hub.seen()).toHaveLength(1)
    await answered(onEnd, {reason: 'prompt_input_exit'})
    expect(await hub.seen()).toEqual([])
    expect(await hub.logged({limit: 1})).toMatchObject([{instance: 'shop-1', action: 'shutdown'}])
  })
})

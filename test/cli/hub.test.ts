import {hostname} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type TemporaryFolder, temporaryFolder} from '../../fixtures/repos/folder.ts'
import {systemClock} from '../../src/base/clock.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {nameOf} from '../../src/git/project-name.ts'
import type {Coordination} from '../../src/hub/coordination.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import {type Ran, runLine} from './command-line.ts'

let folder: TemporaryFolder
let hub: Coordination & AsyncDisposable
beforeEach(() => {
  folder = temporaryFolder('clambake-cli-hub-')
  hub = openDirectHub({place: {kind: 'file', file: join(folder.path, 'hub.db')}, clock: systemClock})
})
afterEach(async () => {
  await hub[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** Runs a command as the session that these tests run in. */
async function ran(...words: string[]): Promise<Ran> {
  const result = await runLine(words, {
    daemon: {},
    more: {
      cwd: folder.path,
      hub: async () => hub,
      place: async () => {
        throw new ClambakeError({code: 'not-a-repository', message: 'none here'})
      },
    },
  })
  if (result.failure) throw result.failure
  return result
}

/** Another session, elsewhere. */
const far = {
  id: 'far-1',
  project: 'acme/shop',
  directory: '/shop',
  task: 'the cart',
  model: 'claude',
  status: 'busy',
  host: 'elsewhere',
  process: null,
  session: null,
} as const
const FAR = {name: 'far-1', instance: 'far-1', project: 'acme/shop'}
const plain = {kind: 'info', resource: null, lifeMs: null, answers: null} as const

describe('a session', () => {
  it('registers once, under the process that runs its commands, and leaves', async () => {
    await hub.join(far)
    const registered = await ran('register', '--project', 'acme/widgets', '--task', 'the parser')
    expect(registered.out).toMatch(/^This session is widgets-[0-9a-f]{4} in acme\/widgets\.\nOthers: far-1$/)
    await ran('register')
    await ran('heartbeat', '--status', 'busy', '--task', 'the lexer')
    const own = (await hub.seen()).filter(({peer}) => peer.id !== 'far-1')
    expect(own).toEqual([
      expect.objectContaining({
        standing: 'active',
        peer: expect.objectContaining({project: 'acme/widgets', task: 'the lexer', status: 'busy', host: hostname()}),
      }),
    ])
    const {out} = await ran('who')
    expect(out).toMatch(/^far-1 +acme\/shop +busy +the cart +\d+s ago$/m)
    expect(out).toMatch(/^widgets-[0-9a-f]{4} +acme\/widgets +busy +the lexer +\d+s ago$/m)
    expect((await ran('deregister')).out).toMatch(/^widgets-[0-9a-f]{4} has left\.$/)
    expect((await ran('deregister')).out).toBe('This session was not registered.')
    expect((await hub.logged({limit: 10})).map(({action}) => action)).toEqual(['shutdown', 'started', 'started'])
  })

  it('takes no name that another session has', async () => {
    const [name = ''] = /widgets-[0-9a-f]+/.exec((await ran('register', '--project', 'acme/widgets')).out) ?? []
    await ran('deregister')
    await hub.join({...far, id: name})
    const {out} = await ran('register', '--project', 'acme/widgets')
    expect(out).toMatch(new RegExp(`^This session is ${name}[0-9a-f]{4} in acme/widgets`))
    expect((await hub.seen()).find(({peer}) => peer.id === name)?.peer.host).toBe('elsewhere')
  })

  it('reads what others sent once, and sees what became of what it sent', async () => {
    await hub.join(far)
    await ran('register', '--project', 'acme/widgets')
    await hub.send(FAR, {...plain, to: 'acme/widgets', text: 'which port?\u001B[31m', kind: 'request'})
    expect((await ran('register')).out).toMatch(/^1 unread: clambake read$/m)
    expect((await ran('read')).out).toMatch(/^1, request from far-1 to acme\/widgets, \d+s ago\nwhich port\?/)
    expect((await ran('read')).out).toBe('Nothing is unread.')
    expect((await ran('read', '1')).out).toContain('which port?')
    expect((await ran('read', '1')).out).not.toContain('\u001B')
    await ran('send', 'far-1', '5433', '--kind', 'done', '--answers', '1')
    expect((await ran('inbox')).out).toMatch(
      /Sent by this session:\n.*\n +2 +\d+s +done +widgets-\w+ +far-1 +stored, for 1 +5433/,
    )
    const {given} = await hub.handOver(far)
    expect((await ran('inbox')).out).toMatch(/far-1 +given to 1 of 1 +5433/)
    await hub.begun(
      'far-1',
      given.map(({id}) => id),
    )
    expect((await ran('inbox')).out).toMatch(/far-1 +read by 1 of 1 +5433/)
    expect((await hub.mail({ids: [1], limit: 1}))[0]?.ended?.by).toMatch(/^widgets-/)
  })

  it('is registered by what it sends, and holds a resource until its done', async () => {
    await hub.join(far)
    const held = await ran('send', '@all', 'restarting it', '--resource', 'docker', '--for', '10m')
    expect(held.out).toBe('docker is yours, as message 1: end it by --kind done --answers 1')
    expect((await ran('who')).out).toMatch(/^docker is held by \S+: restarting it$/m)
    await expect(
      hub.send(FAR, {...plain, to: '@all', text: 'me too', kind: 'blocker', resource: 'docker'}),
    ).rejects.toMatchObject({code: 'resource-held'})
    await ran('send', '@all', 'it runs', '--kind', 'done', '--answers', '1')
    expect(await hub.blockers()).toEqual([])
  })

  it('reserves files, of which others are told, and releases them', async () => {
    await hub.join(far)
    await ran('register', '--project', 'acme/shop')
    expect((await ran('reserve', 'src/cart/**', 'package.json', '--for', '1h', '--why', 'moves it')).out).toMatch(
      /^src\/cart\/\*\* is yours for \w+\npackage.json is yours for \w+$/,
    )
    for (const command of ['who', 'inbox']) {
      expect((await ran(command)).out).toMatch(/^src\/cart\/\*\* is reserved by shop-\w+ for \w+: moves it$/m)
    }
    await expect(hub.reservations.reserve(FAR, {patterns: ['src/**'], why: '', lifeMs: null})).rejects.toMatchObject({
      code: 'resource-held',
    })
    await expect(ran('reserve', '/etc/**')).rejects.toMatchObject({code: 'reservation-refused'})
    await expect(ran('release')).rejects.toMatchObject({code: 'bad-usage'})
    expect((await ran('release', './package.json')).out).toBe('1 reservation released: package.json')
    expect((await ran('release', '--all')).out).toBe('1 reservation released: src/cart/**')
    expect((await ran('release', '--all')).out).toMatch(/^This session has reserved no such thing/)
  })

  it('notes what it does', async () => {
    await ran('log', 'docker_operation', 'restarted the database')
    expect((await ran('log', '--since', '1h')).out).toMatch(/docker_operation +restarted the database$/m)
    expect((await ran('log', '--project', 'elsewhere')).out).toBe('Nothing is noted.')
    await expect(ran('log', 'sneeze', 'x')).rejects.toMatchObject({code: 'bad-usage'})
    await expect(ran('log', '--since', 'yesterday')).rejects.toMatchObject({code: 'bad-usage'})
  })
})

it('a project is named as its remote has it', () => {
  const names = ['git@github.com:acme/shop.git', 'https://github.com/acme/shop', 'ssh://git@host:22/acme/shop.git/', '']
  expect(names.map(nameOf)).toEqual(['acme/shop', 'acme/shop', 'acme/shop', null])
})

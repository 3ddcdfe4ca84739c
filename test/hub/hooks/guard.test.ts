import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import fc from 'fast-check'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {type TemporaryFolder, temporaryFolder} from '../../../fixtures/repos/folder.ts'
import {sleep, systemClock} from '../../../src/base/clock.ts'
import type {Log} from '../../../src/base/log.ts'
import {silentLog} from '../../../src/base/log.ts'
import type {Coordination} from '../../../src/hub/coordination.ts'
import {openDirectHub} from '../../../src/hub/direct.ts'
import {hookPaths, type PlacePaths, placePaths} from '../../../src/hub/hooks/folder.ts'
import {readGuard} from '../../../src/hub/hooks/guard.ts'
import {switchHub} from '../../../src/hub/hooks/switch.ts'
import {watchHub} from '../../../src/hub/hooks/watch.ts'
import {guardWords} from '../../../src/hub/hooks/words.ts'
import {hubPlace} from '../../../src/hub/place.ts'
import {holds} from '../../../src/model/hub/holds/holds.ts'
import {resourceOf} from '../../../src/model/hub/holds/reservation.ts'
import {POSTGRES, postgresStores, WITHOUT_POSTGRES} from '../stores.ts'

let folder: TemporaryFolder
let hub: Coordination & AsyncDisposable
let files: PlacePaths
let end: AbortController
beforeEach(() => {
  folder = temporaryFolder('clambake-guard-')
  hub = openDirectHub({place: place(), clock: systemClock})
  files = placePaths(hookPaths(folder.path), place())
  mkdirSync(files.folder, {recursive: true})
  end = new AbortController()
})
afterEach(async () => {
  end.abort()
  await hub[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const place = () => ({kind: 'file', file: join(folder.path, 'hub.db')}) as const
const ADA = {name: 'ada@laptop', instance: null, project: null}
const hold = (resource: string) =>
  ({kind: 'blocker', to: '@all', text: 'wait', resource, lifeMs: null, answers: null}) as const

function watch(log: Log = silentLog, quietMs = 60_000): Promise<void> {
  return watchHub({
    paths: hookPaths(folder.path),
    place: place(),
    files,
    clock: systemClock,
    log,
    quietMs,
    signal: end.signal,
  })
}

/** The words of a guard that a script would look for; null: it would ask the program. */
function words(): readonly string[] | null {
  return readGuard(files.guard)?.words ?? null
}

describe('the guard of the hooks', () => {
  it('has the words of all that is held at every moment, while it is taken and freed and the watcher writes', async () => {
    const watching = watch()
    await vi.waitFor(() => expect(words()).not.toBeNull(), {timeout: 10_000})
    const held = new Map<string, number>()
    const missing: string[] = []
    const look = () => {
      const seen = words()
      for (const resource of held.keys()) {
        if (seen !== null && !seen.includes('*') && !guardWords([resource]).every(word => seen.includes(word))) {
          missing.push(`${resource}: ${seen.join(' ')}`)
        }
      }
    }
    const names = fc.constantFrom('docker', 'compose', 'src/cart/**', 'redis', 'staging-db', 'push:main')
    for (const resource of fc.sample(names, {numRuns: 60, seed: 7})) {
      const id = held.get(resource)
      if (id === undefined) {
        held.set(resource, (await hub.send(ADA, hold(resource))).id)
      } else {
        held.delete(resource)
        await hub.send(ADA, {...hold(resource), kind: 'done', resource: null, answers: id})
      }
      look()
      // The watcher sees a change after a while; meanwhile more happens.
      await sleep(15, systemClock)
      look()
    }
    expect(missing).toEqual([])
    for (const [, id] of held) await hub.send(ADA, {...hold('docker'), kind: 'done', resource: null, answers: id})
    await vi.waitFor(() => expect(words()).toEqual([]), {timeout: 10_000})
    end.abort()
    await watching
    // No call relies on what is written no more.
    expect(existsSync(files.guard)).toBe(false)
  })

  it('has a word of every call that a resource holds', () => {
    const resources = fc.constantFrom(
      'docker',
      'compose',
      'migration',
      'push:main',
      'src/cart/**',
      '**/*.sql',
      'redis',
      'é"x',
    )
    const commands = fc.array(
      fc.constantFrom(
        'docker',
        'Docker',
        'compose',
        'up',
        'git',
        'push',
        'origin',
        'main',
        'HEAD:main',
        'redis-cli',
        'npx',
        'prisma',
        'migrate',
        'rm',
        'src/cart/a.ts',
        'cart',
        'cd',
        'src',
        '&&',
        ';',
        '"',
        "'",
        '$(',
        ')',
        '\\',
        'é"x',
        '\n',
        'db/x.sql',
      ),
      {minLength: 1, maxLength: 8},
    )
    fc.assert(
      fc.property(resources, commands, fc.boolean(), (resource, parts, isEdit) => {
        const input = isEdit ? {file_path: `/shop/${parts[0]}`, content: parts.join(' ')} : {command: parts.join(' ')}
        const call = {tool: isEdit ? 'Write' : 'Bash', input, directory: '/shop', root: '/shop'}
        if (!holds(resourceOf(resource), call)) return
        const json = JSON.stringify({session_id: 's', cwd: '/shop', tool_name: call.tool, tool_input: input})
        expect(guardWords([resource]).some(word => word === '*' || json.includes(word))).toBe(true)
      }),
      {numRuns: 2000},
    )
  })

  it('is gone where it cannot be written, so that each call asks, and the watcher says why and ends', async () => {
    const lines: string[] = []
    const log: Log = {...silentLog, error: message => void lines.push(message)}
    const watching = watch(log)
    await vi.waitFor(() => expect(words()).toEqual([]), {timeout: 10_000})
    // As on a full disk: no new file can be made, and removing still works.
    const draft = `${files.guard}.${process.pid}`
    mkdirSync(draft)
    await hub.send(ADA, hold('docker'))
    await watching
    expect(lines).toEqual(['the guard of the hooks cannot be written'])
    expect(existsSync(files.guard)).toBe(false)
    rmSync(draft, {recursive: true})
  })

  it('is left by a watcher that has no session to watch for, or whose hub is turned off', async () => {
    await watch(silentLog, 100)
    expect(existsSync(files.guard)).toBe(false)
    const watching = watch()
    await vi.waitFor(() => expect(words()).toEqual([]), {timeout: 10_000})
    switchHub(hookPaths(folder.path), 'off', null)
    await watching
    expect(existsSync(files.guard)).toBe(false)
    expect(existsSync(dirname(files.guard))).toBe(true)
  })

  it('is removed when a word cannot be added to it, and the message is stored all the same', async () => {
    mkdirSync(files.guard)
    expect((await hub.send(ADA, hold('docker'))).resource).toBe('docker')
  })

  it('is written without a store too, so that no call waits for one, with what was held before', async () => {
    mkdirSync(join(folder.path, 'hub.db'))
    writeFileSync(files.guard, 'clambake-guard-1 1 1\ndocker\n')
    const watching = watch()
    await vi.waitFor(() => expect(readGuard(files.guard)).toMatchObject({pid: process.pid, words: ['docker']}), {
      timeout: 10_000,
    })
    end.abort()
    await watching
  })
})

it.skipIf(POSTGRES === null)(
  `has what other machines hold ${POSTGRES === null ? WITHOUT_POSTGRES : 'on Postgres'}`,
  async () => {
    await using stores = await postgresStores()
    const shared = stores.place()
    const paths = hookPaths(folder.path)
    const own = placePaths(paths, shared)
    mkdirSync(own.folder, {recursive: true})
    const options = {paths, place: shared, files: own, clock: systemClock, log: silentLog, signal: end.signal}
    const watching = watchHub(options)
    await using far = openDirectHub({place: shared, clock: systemClock})
    const seen = () => readGuard(own.guard)?.words
    await vi.waitFor(() => expect(seen()).toEqual([]), {timeout: 20_000})
    const {id} = await far.send(ADA, hold('docker'))
    await far.reservations.reserve(ADA, {patterns: ['src/cart/**'], why: '', lifeMs: null})
    await vi.waitFor(() => expect(seen()).toEqual(expect.arrayContaining(['docker', 'cart'])), {timeout: 5000})
    await far.send(ADA, {...hold('docker'), kind: 'done', resource: null, answers: id})
    await vi.waitFor(() => expect(seen()).not.toContain('docker'), {timeout: 5000})
    end.abort()
    await watching
  },
)

it('has a folder whose name does not depend on the password of the server', () => {
  const at = (address: string) =>
    placePaths(hookPaths('/state'), hubPlace({file: '', env: {CLAMBAKE_DATABASE_URL: address}}))
  expect(at('postgres://ada:one@db/work').key).toBe(at('postgres://ada:two@db/work').key)
  expect(at('postgres://ada@db/work').key).not.toBe(at('postgres://bob@db/work').key)
})

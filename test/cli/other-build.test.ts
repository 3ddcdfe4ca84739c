import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {createSampleRepository} from '../../fixtures/repos/sample.ts'
import {silentLog} from '../../src/base/log.ts'
import {ensurePrivateFolder, runtimePaths} from '../../src/base/paths.ts'
import {SHAPE, VERSION} from '../../src/base/version.ts'
import {openContext} from '../../src/cli/context.ts'
import {createProgram} from '../../src/cli/run.ts'
import {type Hello, PROTOCOL_VERSION} from '../../src/protocol/hello.ts'
import {acquireProcessLock} from '../../src/rpc/lock.ts'
import {serve} from '../../src/rpc/serve.ts'
import {refusal} from '../git/setup.ts'

/** A repository whose daemon, of the same version, answers `state` as another build would. `shape`: undefined: it has none. */
async function openDaemon(shape?: string) {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder('clambake-build-'))
  const home = join(folder.path, 'home')
  await mkdir(home)
  const {dir} = await createSampleRepository({dir: join(folder.path, 'shop'), home, files: {'README.md': '# Shop\n'}})
  const env = {...sealedEnv(home), CLAMBAKE_STATE_DIR: join(folder.path, 'state')}
  const {daemon: paths, folder: state} = runtimePaths({env, commonDir: join(dir, '.git'), version: VERSION})
  ensurePrivateFolder(state)
  const info = {pid: process.pid, version: VERSION, cwd: dir, startedAt: Date.now()}
  const lock = acquireProcessLock({paths, info})
  if ('heldBy' in lock) throw new Error('the lock is held')
  stack.use(lock)
  const hello: Hello = {protocol: PROTOCOL_VERSION, version: VERSION, role: 'daemon', pid: 4711, instance: 'it'}
  const handlers = {state: () => ({header: {}})}
  stack.use(
    await serve<{state: {params: object; result: object}}, Record<string, never>>({
      ...{path: paths.socket, lock, handlers, log: silentLog},
      hello: {...hello, ...(shape !== undefined && {shape})},
    }),
  )
  const open = (role: Hello['role']) => openContext({json: false, cwd: dir, env, role, createProgram})
  const run = (...words: string[]) =>
    refusal(createProgram({open: () => open('command')}).parseAsync(words, {from: 'user'}))
  return {open, run, [Symbol.asyncDispose]: () => stack.disposeAsync()}
}

describe('a daemon of another build', () => {
  it.each([undefined, 'older'])('is what a command names where it cannot read an answer: %s', async shape => {
    await using daemon = await openDaemon(shape)
    for (const words of [['status'], ['why', '1']]) {
      expect(await daemon.run(...words)).toMatchObject({
        code: 'version-mismatch',
        message: expect.stringContaining('The daemon (pid 4711) is of another build of clambake than this program: '),
        next: expect.stringContaining('clambake daemon restart'),
      })
    }
  })

  it('gets no screen, which draws all that it sends', async () => {
    await using daemon = await openDaemon('older')
    await using context = daemon.open('client')
    expect(await refusal(context.daemon())).toMatchObject({code: 'version-mismatch'})
    expect(await refusal(context.runningDaemon() as Promise<unknown>)).toMatchObject({code: 'version-mismatch'})
  })

  it('gets a screen where it names no build, as it may send all that is drawn', async () => {
    await using daemon = await openDaemon(undefined)
    await using context = daemon.open('client')
    expect((await context.daemon()).peer.pid).toBe(4711)
  })

  it('is the same build if what it sends has the same form', async () => {
    await using daemon = await openDaemon(SHAPE)
    await using context = daemon.open('client')
    expect((await context.daemon()).peer.pid).toBe(4711)
    await expect(daemon.run('why', '1')).resolves.toMatchObject({code: 'unknown-method'})
  })
})

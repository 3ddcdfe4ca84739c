import {mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {type RuntimePaths, runtimePaths} from '../../src/base/paths.ts'
import {connect} from '../../src/rpc/connect.ts'
import {ensureDaemon, ensureHost} from '../../src/rpc/ensure.ts'
import {readProcessInfo} from '../../src/rpc/lock.ts'
import {bundleHost} from '../../src/scripts/bundle.ts'
import {hello, PATH} from '../host/setup.ts'
import {eventually} from '../terminal/helpers.ts'

const ROOT = resolve(import.meta.dirname, '../..')

let built: string
let folder: string
let paths: RuntimePaths
let opened: AsyncDisposableStack

beforeAll(async () => {
  built = realpathSync(mkdtempSync(join(tmpdir(), 'built-')))
  await bundleHost({out: join(built, 'dist'), release: false, quiet: true})
  symlinkSync(join(ROOT, 'node_modules'), join(built, 'node_modules'))
})
afterAll(() => rmSync(built, {recursive: true}))

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'ensure-')))
  paths = runtimePaths({env: {CLAMBAKE_STATE_DIR: join(folder, 's')}, commonDir: folder, version: '1'})
  opened = new AsyncDisposableStack()
})
afterEach(async () => {
  await opened.disposeAsync()
  const pid = readProcessInfo(paths.host.info)?.pid
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM')
    await eventually('the host ends', () => !isAlive(pid))
  }
  rmSync(folder, {recursive: true})
})

function isAlive(pid: number): boolean {
  try {
    // A dead child of a process that does not reap it is a zombie, not alive.
    return process.kill(pid, 0) && !/^State:\s+Z/m.test(readStatus(pid))
  } catch {
    return false
  }
}

function readStatus(pid: number): string {
  return process.platform === 'linux' ? readFileSync(`/proc/${pid}/status`, 'utf8') : ''
}

const options = () => ({
  paths,
  hello: hello('command'),
  host: {node: process.execPath, entry: join(built, 'dist', 'host.js')},
  env: {PATH},
})

const host = async (change: Partial<Parameters<typeof ensureHost>[0]> = {}) =>
  opened.use(await ensureHost({...options(), ...change}))

describe('the terminal host', () => {
  it('is one, however many ask at once, and outlives them', async () => {
    const found = await Promise.all([host(), host(), host()])
    expect(new Set(found.map(({peer}) => peer.pid)).size).toBe(1)
    for (const connection of found) await connection[Symbol.asyncDispose]()
    expect((await host()).peer.instance).toBe(found[0]!.peer.instance)
    expect(readProcessInfo(paths.host.info)).toMatchObject({pid: found[0]!.peer.pid})
  })

  it('runs from a copy that needs nothing of the place it was built in', async () => {
    const moved = join(folder, 'checkout')
    mkdirSync(join(moved, 'node_modules'), {recursive: true})
    symlinkSync(join(ROOT, 'node_modules', 'node-pty'), join(moved, 'node_modules', 'node-pty'))
    writeFileSync(join(moved, 'host.js'), readFileSync(join(built, 'dist', 'host.js')))
    const connection = await host({host: {node: process.execPath, entry: join(moved, 'host.js')}})
    rmSync(moved, {recursive: true})
    const spec = {pane: 'p', title: 'p', cwd: folder, cols: 80, rows: 24, session: `s-${process.pid}`, meta: {}}
    await connection.call('pane.spawn', {...spec, command: ['sh', '-c', 'echo works'], env: {PATH}})
    await eventually('its output', async () => (await connection.call('pane.text', {pane: 'p', lines: 9})) === 'works')
  })

  it('that does not come up is told with the end of its log', async () => {
    const broken = join(built, 'dist', 'broken.js')
    writeFileSync(broken, 'throw new Error("the disk is made of cheese")')
    const failure = await host({host: {node: process.execPath, entry: broken}}).catch(error => error)
    expect(failure).toMatchObject({code: 'start-failed', next: expect.stringContaining(paths.host.log)})
    expect(failure.message).toContain('the disk is made of cheese')
  })
})

describe('the daemon', () => {
  const daemon = async () => {
    const {socket, lock, info} = paths.daemon
    const entry = join(ROOT, 'test', 'rpc', 'fake-daemon.ts')
    return opened.use(
      await ensureDaemon({
        ...options(),
        daemon: {node: process.execPath, entry, args: [socket, lock, info]},
        cwd: folder,
      }),
    )
  }

  it('is one, started by the host and again after a kill -9', async () => {
    const [first, second] = await Promise.all([daemon(), daemon()])
    expect(second.peer.pid).toBe(first.peer.pid)
    process.kill(first.peer.pid, 'SIGKILL')
    await first.closed
    await eventually('a new daemon, without anybody asking', async () => {
      const found = await connect({path: paths.daemon.socket, hello: hello('command')}).catch(() => undefined)
      await found?.[Symbol.asyncDispose]()
      return found !== undefined
    })
    const third = await daemon()
    expect(third.peer.pid).not.toBe(first.peer.pid)
    await third.call('shutdown', {})
    await third.closed
    // Asked for while the last one is on its way out.
    const fourth = await daemon()
    expect(fourth.peer.pid).not.toBe(third.peer.pid)
    expect(isAlive(third.peer.pid)).toBe(false)
    await fourth.call('shutdown', {})
    await eventually('its end', () => !isAlive(fourth.peer.pid))
  })
})

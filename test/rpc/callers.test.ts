import {readdirSync} from 'node:fs'
import {mkdir} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {silentLog} from '../../src/base/log.ts'
import {runtimePaths} from '../../src/base/paths.ts'
import {run} from '../../src/base/run.ts'
import {PROTOCOL_VERSION} from '../../src/protocol/hello.ts'
import type {CallerRules} from '../../src/rpc/caller.ts'
import {connect} from '../../src/rpc/connect.ts'
import {acquireProcessLock} from '../../src/rpc/lock.ts'
import {createProof, holdProof} from '../../src/rpc/proof.ts'
import {serve} from '../../src/rpc/serve.ts'
import {COMPILED} from '../compiled.ts'

const SCRIPT = join(import.meta.dirname, 'caller-process.ts')

type WhoApi = {who: {params: object; result: unknown}}

async function startServer(rules: Partial<CallerRules> = {}) {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder('callers-'))
  await mkdir(join(folder.path, 'repository'))
  const env = {CLAMBAKE_STATE_DIR: join(folder.path, 's')}
  const paths = runtimePaths({env, commonDir: join(folder.path, 'repository'), version: '1.2.3'}).daemon
  const info = {pid: process.pid, version: '1.2.3', cwd: folder.path, startedAt: 0}
  const lock = acquireProcessLock({paths, info})
  if ('heldBy' in lock) throw new Error('the lock is held')
  stack.use(lock)
  const hello = {protocol: PROTOCOL_VERSION, version: '1.2.3', role: 'daemon', pid: process.pid, instance: 'x'} as const
  stack.use(
    await serve<WhoApi, Record<string, never>>({
      path: paths.socket,
      lock,
      hello,
      handlers: {who: (_, {caller}) => caller},
      callers: {above: () => [], sessions: () => ['ours'], ...rules},
      log: silentLog,
    }),
  )
  const moved = stack.move()
  /** Asks from a process that a shell command starts: `$ASK` is the program with its arguments. */
  const ask = async (command: string, session?: string) => {
    const {stdout} = await run('/bin/sh', {
      args: ['-c', command],
      env: {
        ...COMPILED,
        PATH: process.env.PATH ?? '',
        ASK: `${process.execPath} ${SCRIPT} ${paths.socket}`,
        ...(session === undefined ? {} : {CLAMBAKE_SESSION: session}),
      },
    })
    return JSON.parse(stdout) as unknown
  }
  return {path: paths.socket, hello, ask, [Symbol.asyncDispose]: () => moved.disposeAsync()}
}

it('a process outside of all panes is a person, this one too', async () => {
  await using server = await startServer()
  expect(await server.ask('$ASK')).toEqual({kind: 'person'})
  await using own = await connect<WhoApi, Record<string, never>>({path: server.path, hello: {...server.hello}})
  expect(await own.call('who', {})).toEqual({kind: 'person'})
  await own[Symbol.asyncDispose]()
  expect(readdirSync(dirname(server.path)).filter(name => name.includes('-caller-'))).toEqual([])
})

it.skipIf(process.platform !== 'linux')('whatever runs below a pane is its agent', async () => {
  await using server = await startServer()
  const ours = {kind: 'agent', session: 'ours'}
  expect(await server.ask('$ASK', 'ours')).toEqual(ours)
  // Without the mark, but below a process that has it.
  expect(await server.ask('env -u CLAMBAKE_SESSION $ASK', 'ours')).toEqual(ours)
  expect(await server.ask('env -u CLAMBAKE_SESSION setsid -w $ASK', 'ours')).toEqual(ours)
  // Of another repository's host.
  expect(await server.ask('$ASK', 'theirs')).toEqual({kind: 'agent', session: 'theirs'})
})

it('a process that says it is another one, or shows none, counts as an agent', async () => {
  await using server = await startServer()
  expect(await server.ask(`$ASK ${process.pid}`)).toEqual({kind: 'agent', session: null})
  expect(await server.ask('$ASK 1')).toEqual({kind: 'agent', session: null})
})

it('a process that the server itself started counts as an agent, but for the supervised one', async () => {
  await using server = await startServer({above: () => [process.pid]})
  expect(await server.ask('$ASK')).toEqual({kind: 'agent', session: null})
})

it('shows who it is by a file elsewhere where the disk of the socket takes none', async () => {
  using folder = temporaryFolder()
  const socket = '/no/such/folder/daemon.sock'
  using proof = createProof(socket, ['/dev/full', folder.path])
  expect(dirname(proof!.path)).toBe(folder.path)
  expect(await proof!.isHeldBy(process.pid)).toBe(false)
  using _held = holdProof(proof!.path)
  expect(await proof!.isHeldBy(process.pid)).toBe(true)
  expect(createProof(socket, ['/dev/full'])).toBeNull()
})

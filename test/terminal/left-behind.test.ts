import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {spawn as openPty} from 'node-pty'
import {describe, expect, it, onTestFinished} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {isAlive} from '../../src/base/run.ts'
import {endLeftBehind, findLeftBehind} from '../../src/terminal/left-behind.ts'
import {eventually} from './helpers.ts'

const PATH = process.env.PATH ?? '/usr/bin:/bin'

/** Runs a shell script that ends; what it started stays. Gives the numbers that it prints. */
async function leave(script: string, cwd: string, env: Record<string, string> = {}): Promise<number[]> {
  const shell = spawn('sh', ['-c', script], {cwd, env: {PATH, ...env}, stdio: ['ignore', 'pipe', 'ignore']})
  const said: Buffer[] = []
  shell.stdout.on('data', (data: Buffer) => said.push(data))
  await once(shell, 'close')
  const pids = Buffer.concat(said).toString().split('\n').filter(Boolean).map(Number)
  onTestFinished(() => {
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  })
  return pids
}

function setUp() {
  const root = temporaryFolder()
  onTestFinished(() => root[Symbol.dispose]())
  const [folder, beside] = [join(root.path, 'issue-7'), join(root.path, 'issue-77')]
  for (const path of [join(folder, 'web'), beside]) mkdirSync(path, {recursive: true})
  return {folder, beside, session: `left-${process.pid}-${Math.random()}`}
}

describe('what an agent leaves behind', () => {
  it('is found by its folder without its environment, parent and terminal, with all below it', async () => {
    const {folder, beside, session} = setUp()
    const [server] = await leave(
      `cd web && env -i setsid sh -c 'sleep 1000 & wait' >/dev/null 2>&1 & echo $!; sleep 0.3`,
      folder,
    )
    const [marked] = await leave('setsid sleep 1001 >/dev/null 2>&1 & echo $!', beside, {CLAMBAKE_SESSION: session})
    const [other] = await leave('env -i setsid sleep 1002 >/dev/null 2>&1 & echo $!', beside)
    await eventually('three processes', async () => (await findLeftBehind({sessions: [session], folder})).length === 3)
    const found = await findLeftBehind({sessions: [session], folder})
    expect(found.map(({pid}) => pid)).toEqual(expect.arrayContaining([server, marked]))
    expect(found.map(({command}) => command)).toContain('sleep 1000')
    // It stays to be found when the folder is gone.
    rmSync(folder, {recursive: true})
    expect(await findLeftBehind({sessions: [session], folder})).toHaveLength(3)
    const ended = await endLeftBehind({sessions: [session], folder, graceMs: 1000})
    expect(ended).toHaveLength(3)
    expect([server, marked, other].map(pid => isAlive(pid!))).toEqual([false, false, true])
  })

  it("is never a person's shell or editor in that folder", async () => {
    const {folder, session} = setUp()
    // A shell in a terminal, and what an editor that runs has started.
    const shell = openPty('sh', ['-c', 'sleep 1000; true'], {cwd: folder, env: {PATH}})
    const tool = spawn('sh', ['-c', 'sleep 1000; true'], {cwd: folder, env: {PATH}, detached: true, stdio: 'ignore'})
    onTestFinished(() => {
      shell.kill('SIGKILL')
      process.kill(-tool.pid!, 'SIGKILL')
    })
    await once(tool, 'spawn')
    expect(await endLeftBehind({sessions: [session], folder, graceMs: 0})).toEqual([])
    expect([isAlive(shell.pid), isAlive(tool.pid!)]).toEqual([true, true])
  })
})

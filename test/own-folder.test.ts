import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {userInfo} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'
import {temporaryFolder} from '../fixtures/repos/folder.ts'
import {isAlive} from '../src/base/run.ts'
import {cleanLeftovers} from './own-folder.ts'

function sleeper(env: Record<string, string>): ChildProcess {
  const child = spawn('sleep', ['60'], {env: {PATH: process.env.PATH, ...env}, detached: true, stdio: 'ignore'})
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** A folder as a run with this process id makes it. */
function folderOf(shared: string, name: string, pid: number, started = ''): string {
  const path = join(shared, name)
  mkdirSync(path)
  writeFileSync(join(path, 'owner.json'), JSON.stringify({pid, started, uid: userInfo().uid}))
  return path
}

describe("a long run's own folder", () => {
  it('is cleaned by the next run when its run is gone, with its processes and no others', async () => {
    using shared = temporaryFolder()
    const gone = sleeper({})
    gone.kill('SIGKILL')
    await once(gone, 'exit')
    const left = folderOf(shared.path, 'cs-left', gone.pid!)
    // A later process has the same number.
    const reused = folderOf(shared.path, 'cs-reused', process.pid, 'long ago')
    mkdirSync(join(shared.path, 'cs-foreign'))
    const [mine, other] = [sleeper({HOME: join(left, 'home')}), sleeper({HOME: shared.path})]
    const exited = once(mine, 'exit')
    const said: string[] = []
    await cleanLeftovers(shared.path, line => said.push(line))
    await exited
    expect([existsSync(left), existsSync(reused)]).toEqual([false, false])
    expect(readdirSync(shared.path)).toEqual(['cs-foreign'])
    expect(isAlive(other.pid!)).toBe(true)
    expect(said.toSorted()[0]).toMatch(/an earlier run \(pid \d+\) that was killed: \d of its processes/)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('is cleaned when %s ends the run', async signal => {
    using shared = temporaryFolder()
    const module = JSON.stringify(join(import.meta.dirname, 'own-folder.ts'))
    const runner = JSON.stringify(join(import.meta.dirname, '../src/base/run.ts'))
    const code = `
      import {spawn} from 'node:child_process'
      const {run} = await import(${runner})
      const {openOwnFolder} = await import(${module})
      const {path} = await openOwnFolder(() => {})
      // What starts programs hears the signals, too, and ends a process that no one else listens for.
      void run('sleep', {args: ['60'], env: process.env}).catch(() => {})
      const child = spawn('sleep', ['60'], {env: {...process.env, HOME: path}, detached: true, stdio: 'ignore'})
      await new Promise(resolve => setTimeout(resolve, 500))
      console.log(String(child.pid))
      await new Promise(resolve => setTimeout(resolve, 60_000))`
    const run = spawn(process.execPath, ['--input-type=module', '-e', code], {
      env: {...process.env, TMPDIR: shared.path},
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = (await once(run.stdout!, 'data')) as [Buffer]
    const pid = Number(said.toString())
    run.kill(signal)
    const [exit] = await once(run, 'exit')
    expect(exit).toBeGreaterThan(128)
    expect(isAlive(pid)).toBe(false)
    expect(readdirSync(shared.path)).toEqual([])
  })
})

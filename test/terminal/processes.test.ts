import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {endSession, findSession} from '../../src/terminal/processes.ts'
import {eventually} from './helpers.ts'

const PATH = process.env.PATH ?? '/usr/bin:/bin'

let session: string
let roots: ChildProcess[]

beforeEach(() => {
  session = `test-${process.pid}-${Math.random()}`
  roots = []
})

afterEach(async () => {
  for (const root of roots) await endSession({session, ...(root.pid ? {root: root.pid} : {}), graceMs: 0})
})

/** Starts a shell script as the leader of its own session and waits until it has printed `ready`. */
async function start(script: string, env: Record<string, string> = {CLAMBAKE_SESSION: session}): Promise<ChildProcess> {
  const root = spawn('sh', ['-c', `${script}\necho ready; wait`], {
    env: {PATH, ...env},
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  roots.push(root)
  await once(root.stdout!, 'data')
  return root
}

describe('the processes of a session', () => {
  it('are found wherever they went: new sessions, dead parents', async () => {
    const root = await start('setsid sleep 1000 & (setsid nohup sleep 1001 >/dev/null &) ; sleep 1002 &')
    await eventually('four processes', async () => (await findSession(session)).length === 4)
    root.kill('SIGKILL')
    await eventually('three survivors', async () => (await findSession(session)).length === 3)
  })

  it('are found below the root without the variable too', async () => {
    const root = await start('env -i setsid sleep 1000 & env -i sleep 1001 &', {})
    await eventually('three processes', async () => (await findSession(session, root.pid)).length === 3)
    expect(await findSession(session)).toEqual([])
  })

  it('are not those of another session', async () => {
    await start('sleep 1000 &')
    expect(await findSession(`${session}9`)).toEqual([])
    expect(await findSession(session.slice(0, -1))).toEqual([])
  })
})

describe('ending a session', () => {
  it('asks first and ends at once when all listen', async () => {
    const root = await start('setsid sleep 1000 & sleep 1001 &')
    const exit = once(root, 'exit')
    const begun = performance.now()
    expect(await endSession({session, root: root.pid!, graceMs: 60_000})).toEqual({ended: 3})
    expect(performance.now() - begun).toBeLessThan(30_000)
    expect((await exit)[1]).toBe('SIGTERM')
  })

  it('kills what does not listen, is stopped, or has left', async () => {
    const root = await start(`
      trap '' TERM
      (trap '' TERM; setsid nohup sh -c "trap '' TERM; while :; do sleep 1; done" >/dev/null &)
      sleep 1000 & kill -STOP $!`)
    await endSession({session, root: root.pid!, graceMs: 100})
    expect(await findSession(session, root.pid)).toEqual([])
  })

  it('is done at once when nothing is left', async () => {
    expect(await endSession({session, graceMs: 1000})).toEqual({ended: 0})
  })
})

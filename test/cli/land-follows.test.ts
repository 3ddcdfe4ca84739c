import {describe, expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import type {DaemonConnection} from '../../src/cli/context.ts'
import {memoryWorld, type RunningDaemon} from '../daemon/memory.ts'
import {runLine} from './command-line.ts'

/** A connection to a daemon; `cut` ends it as the end of the daemon does. */
function connectionTo(daemon: RunningDaemon) {
  const closed = Promise.withResolvers<void>()
  let isCut = false
  const connection = {
    closed: closed.promise,
    async call(method: 'state', params: object) {
      if (isCut) throw new ClambakeError({code: 'disconnected', message: 'the daemon ended'})
      return (daemon.api[method] as (params: object) => unknown)(params)
    },
    on(_: string, listener: (state: object) => void) {
      const timer = setInterval(() => isCut || listener(daemon.state()), 5)
      return {[Symbol.dispose]: () => clearInterval(timer)}
    },
  } as unknown as DaemonConnection
  return {
    connection,
    cut() {
      isCut = true
      closed.resolve()
    },
  }
}

describe('land', () => {
  async function landing() {
    const world = memoryWorld()
    world.github.openIssue(1)
    const daemon = await world.start()
    await daemon.api.pop({issue: 1})
    await world.until(() => daemon.state().header.aboard === 1, 'it is bottled')
    world.github.verdicts.set('*', 'pending')
    return {world, daemon, first: connectionTo(daemon)}
  }

  it('follows the daemon that starts again in the place of the one that ended', async () => {
    const {world, daemon, first} = await landing()
    let next: RunningDaemon | null = null
    const runningDaemon = async () => (next === null ? undefined : connectionTo(next).connection)
    const ran = runLine('land', {daemon: first.connection, yes: true, more: {runningDaemon}})
    await world.until(() => daemon.engine.state().tickets[1]?.value === 'checking', 'its checks run')
    daemon.kill()
    first.cut()
    next = await world.start()
    world.github.verdicts.set('*', 'passed')
    next.reconciler.start()
    await world.until(() => world.github.issues.get(1)?.state === 'closed', 'it lands')
    await expect(ran).resolves.toMatchObject({failure: null, out: '#1 landed on main', exit: 0})
    next.kill()
  })

  it('says what is kept where no daemon starts again', async () => {
    const {world, daemon, first} = await landing()
    const clock = createFakeClock()
    const more = {clock, runningDaemon: async () => undefined}
    const ran = runLine('land', {daemon: first.connection, yes: true, more})
    await world.until(() => daemon.engine.state().tickets[1]?.value === 'checking', 'its checks run')
    daemon.kill()
    first.cut()
    for (let tries = 0; tries < 80; tries++) await clock.advance(500)
    const {failure} = await ran
    expect(failure).toMatchObject({code: 'disconnected', message: 'the daemon ended before #1 had landed'})
  })
})

import {expect, it} from 'vitest'
import type {ErrorCode} from '../../src/base/error-codes.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {CALLED, isClosed, MINUTE, pullsOf} from './bottled.ts'
import {type MemoryWorld, memoryWorld} from './memory.ts'

const THREE = [1, 2, 3]
/** The calls to git and GitHub. */
const namesOf = (calls: ReadonlyMap<string, number>) => [...calls.keys()].filter(name => !name.startsWith('host.'))

type Options = Pick<NonNullable<Parameters<MemoryWorld['start']>[0]>, 'fault' | 'watch'>

/** Three tickets that were bottled land as one bundle while something goes wrong; gives what was called. */
async function landed({fault, watch}: Options = {}) {
  const world = memoryWorld({routing: {max_agents: 3}, bundling: {leave_early: false}})
  for (const number of THREE) world.github.openIssue(number)
  const calls = new Map<string, number>()
  let isLanding = false
  let isDead = false
  let daemon = await world.start({
    mode: CALLED,
    fault: call => (isLanding ? (fault?.(call) ?? null) : null),
    watch(call, side, {kill}) {
      if (!isLanding) return
      if (side === 'before') calls.set(call, (calls.get(call) ?? 0) + 1)
      watch?.(call, side, {
        kill() {
          isDead = true
          kill()
        },
      })
    },
  })
  daemon.reconciler.start()
  const bottled = () => Object.values(daemon.engine.state().tickets).filter(({value}) => value === 'bottled').length
  await world.until(() => bottled() === THREE.length, 'all is bottled')
  isLanding = true
  daemon.engine.dispatch({type: 'landAsked', tickets: null})
  const isDone = () => THREE.every(issue => isClosed(world, issue)) && world.git.claimRefs.size === 0
  for (let tries = 0; tries < 40 && !isDone(); tries++) {
    await world.clock.advance(MINUTE / 4)
    if (!isDead) continue
    ;[isDead, isLanding] = [false, false]
    daemon.kill()
    daemon = await world.start({mode: CALLED})
    daemon.reconciler.start()
    // What a person asked for right before is in no claim yet, and is asked again.
    daemon.engine.dispatch({type: 'landAsked', tickets: null})
  }
  daemon.kill()
  const open = THREE.filter(issue => !isClosed(world, issue) || world.git.claimRefs.has(issue))
  return {calls, outcome: `${pullsOf(world).join(', ')}${open.map(issue => `; #${issue} is left`).join('')}`}
}

it('no call that fails once for a moment, or whose answer gets lost, ends a bundle or leaves a ticket behind', async () => {
  const wrong: string[] = []
  const {calls, outcome} = await landed()
  expect(outcome).toBe('bundle merged')
  expect([...calls.keys()]).toEqual(
    expect.arrayContaining(['git.bumpClaim', 'git.pushBundle', 'github.gate', 'github.merge']),
  )
  for (const call of namesOf(calls)) {
    const code: ErrorCode = call.startsWith('git.') ? 'remote-unreachable' : 'github-unavailable'
    const error = new ClambakeError({code, message: `${call} is ${code}`})
    for (const [what, fault] of Object.entries({refused: {refused: error}, unanswered: {unanswered: error}})) {
      // Some calls come for each ticket, so one of the others has gone well by then.
      for (const at of [1, 2]) {
        let seen = 0
        const got = (await landed({fault: name => (name === call && ++seen === at ? fault : null)})).outcome
        if (got !== 'bundle merged') wrong.push(`${call} ${what} at ${at}: ${got}`)
      }
    }
  }
  expect(wrong).toEqual([])
})

it('a daemon that is killed after any call of a landing bundle leaves one that the next one lands, once', async () => {
  const wrong: string[] = []
  const {calls} = await landed()
  for (const call of namesOf(calls)) {
    for (const at of new Set([1, calls.get(call)!])) {
      let seen = 0
      const {outcome} = await landed({
        watch(name, side, daemon) {
          if (side === 'after' && name === call && ++seen === at) daemon.kill()
        },
      })
      if (outcome !== 'bundle merged') wrong.push(`${call} at ${at}: ${outcome}`)
    }
  }
  expect(wrong).toEqual([])
})

import {expect, it} from 'vitest'
import type {ErrorCode} from '../../src/base/error-codes.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {CALLED, isClosed, MINUTE, pullsOf} from './bottled.ts'
import {type Fault, memoryWorld} from './memory.ts'

const THREE = [1, 2, 3]

/** Three tickets that were bottled land as one bundle, with one thing that goes wrong; gives what was called. */
async function landed(fault: (call: string) => Fault | null) {
  const world = memoryWorld({routing: {max_agents: 3}, bundling: {leave_early: false}})
  for (const number of THREE) world.github.openIssue(number)
  const calls = new Set<string>()
  let isLanding = false
  const daemon = await world.start({
    mode: CALLED,
    fault(call) {
      if (!isLanding) return null
      calls.add(call)
      return fault(call)
    },
  })
  daemon.reconciler.start()
  const bottled = () => Object.values(daemon.engine.state().tickets).filter(({value}) => value === 'bottled').length
  await world.until(() => bottled() === THREE.length, 'all is bottled')
  isLanding = true
  daemon.engine.dispatch({type: 'landAsked', tickets: null})
  for (let tries = 0; tries < 40 && !THREE.every(issue => isClosed(world, issue)); tries++) {
    await world.clock.advance(MINUTE / 4)
  }
  daemon.kill()
  const open = THREE.filter(issue => !isClosed(world, issue))
  return {
    calls: [...calls],
    outcome: `${pullsOf(world).join(', ')}${open.map(issue => `; #${issue} is open`).join('')}`,
  }
}

it('no call that fails once for a moment, or whose answer gets lost, ends a bundle or leaves a ticket behind', async () => {
  const wrong: string[] = []
  const {calls, outcome} = await landed(() => null)
  expect(outcome).toBe('bundle merged')
  expect(calls).toEqual(expect.arrayContaining(['git.bumpClaim', 'git.pushBundle', 'github.gate', 'github.merge']))
  for (const call of calls.filter(name => !name.startsWith('host.'))) {
    const code: ErrorCode = call.startsWith('git.') ? 'remote-unreachable' : 'github-unavailable'
    const error = new ClambakeError({code, message: `${call} is ${code}`})
    for (const [what, fault] of Object.entries({refused: {refused: error}, unanswered: {unanswered: error}})) {
      // Some calls come for each ticket, so one of the others has gone well by then.
      for (const at of [1, 2]) {
        let seen = 0
        const got = (await landed(name => (name === call && ++seen === at ? fault : null))).outcome
        if (got !== 'bundle merged') wrong.push(`${call} ${what} at ${at}: ${got}`)
      }
    }
  }
  expect(wrong).toEqual([])
})

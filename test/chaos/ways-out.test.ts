import {describe, expect, it} from 'vitest'
import type {ErrorCode} from '../../src/base/error-codes.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {ERROR_CLASSES, type ErrorClass} from '../../src/model/core/error-classes.ts'
import {needsOf} from '../../src/model/recovery/needs.ts'
import {AT_ONCE, type MemoryWorld, memoryWorld} from '../daemon/memory.ts'
import {KILLED} from '../e2e/points.ts'

const MINUTE = 60_000
/** What is retried longest without a person being asked is GitHub's hourly limit. */
const BOUND_MS = 100 * MINUTE

/** A code of each class. */
const CODES: Readonly<Record<ErrorClass, ErrorCode>> = {
  'rate limit': 'github-rate-limited',
  network: 'github-unreachable',
  auth: 'auth-refused',
  away: 'host-away',
  'ended by a signal': 'run-interrupted',
  'lock left behind': 'git-locked',
  disk: 'disk-full',
  machine: 'machine-exhausted',
  'version skew': 'version-mismatch',
  rule: 'push-refused',
  conflict: 'head-moved',
  'missing branch': 'no-branch',
  'dirty tree': 'foreign-branch',
  'corrupt store': 'claim-unreadable',
  'claim lost': 'claim-lost',
  'shown only': 'board-gone',
  other: 'internal',
}

/** Those that are handled each in another way; `npm run test:chaos` takes all. */
const SHORT: readonly ErrorClass[] = ['network', 'ended by a signal', 'rule', 'conflict', 'claim lost', 'other']
const CLASSES = process.env.CLAMBAKE_CHAOS === 'all' ? (Object.keys(ERROR_CLASSES) as ErrorClass[]) : SHORT

const EFFECTS = Object.entries(KILLED).flatMap(([name, where]) => (where === 'nowhere' ? [] : [name]))

/** What becomes of an issue when this effect fails so for ever. */
async function endOf(effect: string, code: ErrorCode): Promise<string> {
  const world = memoryWorld({agents: {setup: ['install'], verify: ['test']}})
  const {github, git, clock} = world
  github.openIssue(7)
  using daemon = await world.start({
    mode: AT_ONCE,
    failing: name => (name === effect ? new ClambakeError({code, message: `${name} fails`}) : null),
  })
  daemon.reconciler.start()
  for (let passed = 0; passed < BOUND_MS; passed += MINUTE) {
    await clock.advance(MINUTE)
    const end = endNow(world, daemon)
    // An issue may be free for a moment only.
    if (end === 'landed' || (end !== null && passed > 5 * MINUTE)) return end
  }
  const ticket = daemon.engine.state().tickets[7]
  return `stuck: ${ticket?.value} (${ticket?.context.reason}), ${git.claimRefs.get(7)?.record.phase ?? 'no claim'}`
}

function endNow(
  {github, git, clock, wrong}: MemoryWorld,
  daemon: Awaited<ReturnType<MemoryWorld['start']>>,
): string | null {
  if (wrong.length > 0) return `endless: ${wrong.join()}`
  const state = daemon.engine.state()
  const need = needsOf(state, clock.now()).find(({issue}) => issue === 7)
  if (need) return need.what !== '' && need.kept !== '' && need.next !== '' ? 'a person' : 'a person without words'
  if (github.issues.get(7)?.state === 'closed' && git.claimRefs.size === 0) return 'landed'
  return state.tickets[7] === undefined && git.claimRefs.size === 0 ? 'free' : null
}

describe.each(EFFECTS)('%s that fails for ever', effect => {
  it.each(CLASSES)('of the class %s: its ticket lands, is free, or a person is shown it', async kind => {
    expect(['landed', 'free', 'a person']).toContain(await endOf(effect, CODES[kind]))
  })
})

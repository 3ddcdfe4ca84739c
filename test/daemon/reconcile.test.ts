import {describe, expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {ClambakeError, type ErrorData} from '../../src/base/errors.ts'
import {silentLog} from '../../src/base/log.ts'
import {createReconciler} from '../../src/daemon/loops/reconcile.ts'
import type {Fact} from '../../src/model/core/facts.ts'
import type {Claim} from '../../src/model/data/claim.ts'
import {claimOf} from '../git/claim-of.ts'
import {aConfig} from '../model/builders.ts'
import {memoryGit} from './memory-git.ts'
import {memoryGithub} from './memory-github.ts'

const MINUTE = 60_000
const down = new ClambakeError({code: 'github-unavailable', message: 'GitHub answers 503'})

function setUp(change: Record<string, unknown> = {}, now = '2026-01-01T09:03:20Z') {
  const clock = createFakeClock({now: Date.parse(now)})
  const git = memoryGit()
  const github = memoryGithub(git)
  const facts: Fact[] = []
  const departures: string[] = []
  const troubles: [string, ErrorData | null][] = []
  const held: Claim[] = []
  let looks = 0
  const {snapshot} = github
  github.snapshot = () => {
    looks++
    return snapshot()
  }
  const reconciler = createReconciler({
    git,
    github,
    config: aConfig(change),
    clock,
    log: silentLog,
    owner: 'me',
    hostName: 'here',
    held: () => [...held],
    agentEnv: () => ({HOME: '/home/ada'}),
    profileFault: () => null,
    knownFault: () => null,
    dispatch(fact) {
      facts.push(fact)
      if (fact.type === 'trainDeparted') departures.push(new Date(clock.now()).toISOString().slice(11, 16))
    },
    onTrouble: (name, error) => troubles.push([name, error]),
  })
  const types = () => facts.map(({type}) => type)
  return {clock, git, github, reconciler, facts, types, departures, troubles, held, looks: () => looks}
}

describe('the train', () => {
  it('departs on every multiple of ten minutes on the clock', async () => {
    const at = setUp()
    expect(at.reconciler.nextTrain()).toBe(Date.parse('2026-01-01T09:10:00Z'))
    at.reconciler.start()
    await at.clock.advance(30 * MINUTE)
    expect(at.departures).toEqual(['09:10', '09:20', '09:30'])
    expect(at.reconciler.nextTrain()).toBe(Date.parse('2026-01-01T09:40:00Z'))
  })

  it.each([
    ['without bundling', {bundling: {enabled: false}}],
    ['without a schedule', {bundling: {schedule_minutes: 0}}],
  ])('does not depart %s', async (_, change) => {
    const at = setUp(change)
    at.reconciler.start()
    await at.clock.advance(30 * MINUTE)
    expect(at.departures).toEqual([])
    expect(at.reconciler.nextTrain()).toBeNull()
  })
})

describe('looks', () => {
  it('show a landing lock that cannot be read once it has been there for minutes, until it is gone', async () => {
    const at = setUp()
    const shown = () => at.troubles.filter(([name]) => name === 'landing lock').at(-1)?.[1]
    const unreadable = 'refs/clambake/landing cannot be read: a newer clambake wrote it'
    let holder: Awaited<ReturnType<typeof at.git.landingHolder>> = {
      oid: 'a',
      owner: null,
      ref: 'refs/clambake/landing',
      unreadable,
    }
    at.git.landingHolder = async () => holder
    at.reconciler.start()
    await at.clock.advance(4 * MINUTE)
    // Another merge.
    holder = {...holder, oid: 'b'}
    await at.clock.advance(4 * MINUTE)
    expect(shown()).toBeNull()
    await at.clock.advance(2 * MINUTE)
    expect(shown()).toMatchObject({
      message: expect.stringMatching(
        /^Nothing lands here: the landing lock is held for 5m, and refs.*a newer clambake/,
      ),
      next: expect.stringContaining('git push origin :refs/clambake/landing'),
    })
    holder = null
    await at.clock.advance(MINUTE)
    expect(shown()).toBeNull()
  })

  it('report issues, pulls, main and claims, at once and on the schedule', async () => {
    const at = setUp({polling: {github_seconds: 30}})
    at.github.openIssue(7)
    at.reconciler.start()
    await at.clock.advance(1)
    expect(at.types()).toEqual(['haltSeen', 'claimsSeen', 'githubSeen'])
    expect(at.facts[2]).toMatchObject({issues: [{number: 7}], pulls: [], main: at.git.main[0]})
    await at.clock.advance(90_000)
    expect(at.looks()).toBe(4)
  })

  it('are shared by concurrent callers', async () => {
    const at = setUp()
    await Promise.all([at.reconciler.look(), at.reconciler.look(), at.reconciler.look()])
    expect(at.looks()).toBe(1)
    await at.reconciler.look()
    expect(at.looks()).toBe(2)
  })

  it('that fail are a trouble until one works, and the schedule continues', async () => {
    const at = setUp({polling: {github_seconds: 30}})
    const {snapshot} = at.github
    at.github.snapshot = async () => {
      throw down
    }
    at.reconciler.start()
    await at.clock.advance(1)
    expect(at.troubles.find(([name]) => name === 'look')).toEqual(['look', down.toJSON()])
    expect(at.types()).toEqual([])
    await expect(at.reconciler.look()).rejects.toBe(down)
    at.github.snapshot = snapshot
    await at.clock.advance(30_000)
    expect(at.troubles.findLast(([name]) => name === 'look')).toEqual(['look', null])
    expect(at.types()).toEqual(['haltSeen', 'claimsSeen', 'githubSeen'])
  })
})

describe('claims that change during a look', () => {
  const taken = async ({git}: ReturnType<typeof setUp>, issue: number, owner: string) => {
    const outcome = await git.claim(claimOf(issue, 'c'.repeat(40), {owner}))
    if (!outcome.won) throw new Error(`#${issue} is claimed`)
    return outcome.claim
  }

  it('are not taken for lost when this daemon claimed what another one gave back', async () => {
    const at = setUp()
    const theirs = await taken(at, 7, 'other')
    const {snapshot} = at.github
    at.github.snapshot = async () => {
      const answer = await snapshot()
      // After the fetch, which found the claim of the other.
      await at.git.releaseClaim(theirs)
      at.held.push(await taken(at, 7, 'me'))
      return answer
    }
    await at.reconciler.look()
    expect(at.facts.find(({type}) => type === 'claimsSeen')).toMatchObject({claims: [theirs], taken: [], forgotten: []})
  })

  it('are not taken for forgotten when this daemon gave them back', async () => {
    const at = setUp()
    at.held.push(await taken(at, 8, 'me'))
    const {snapshot} = at.github
    at.github.snapshot = async () => {
      const answer = await snapshot()
      await at.git.releaseClaim(at.held.pop()!)
      return answer
    }
    await at.reconciler.look()
    expect(at.facts.find(({type}) => type === 'claimsSeen')).toMatchObject({taken: [], forgotten: []})
  })

  it('are gone when two looks do not find them, and this daemon did not move them meanwhile', async () => {
    const at = setUp()
    const gone = async () => {
      await at.reconciler.look()
      const seen = at.facts.findLast(fact => fact.type === 'claimsSeen')
      return seen?.type === 'claimsSeen' ? seen.gone : null
    }
    const claim = await taken(at, 7, 'me')
    at.held.push(claim)
    expect(await gone()).toEqual([])
    at.git.claimRefs.delete(7)
    expect(await gone()).toEqual([])
    expect(await gone()).toEqual([7])
    expect(await gone(), 'once').toEqual([])
    // This daemon claims the issue again, and somebody deletes that claim too.
    at.held.splice(0, 1, await taken(at, 7, 'me'))
    expect(await gone()).toEqual([])
    at.git.claimRefs.delete(7)
    expect(await gone()).toEqual([])
    // The answer to its release was late.
    at.held.splice(0)
    expect(await gone()).toEqual([])
  })
})

describe('the lease', () => {
  it('is renewed three times in its ten minutes, each time with a new beat', async () => {
    const at = setUp()
    at.reconciler.start()
    await at.clock.advance(10 * MINUTE)
    expect(at.git.beats.map(({beat}) => beat)).toEqual([0, 1, 2, 3])
    expect(at.git.beats[0]).toMatchObject({owner: 'me', host: 'here', startedAt: '2026-01-01T09:03:20.000Z'})
  })

  it('is soon retried when it could not be renewed', async () => {
    const at = setUp()
    const {renewOwner} = at.git
    at.git.renewOwner = async () => {
      throw down
    }
    at.reconciler.start()
    await at.clock.advance(1)
    at.git.renewOwner = renewOwner
    await at.clock.advance(MINUTE)
    expect(at.git.beats).toHaveLength(1)
    expect(at.troubles.filter(([name]) => name === 'lease').map(([, error]) => error?.code)).toEqual([
      'github-unavailable',
      undefined,
    ])
  })
})

it('leaves no timer when it is disposed', async () => {
  const at = setUp()
  at.reconciler.start()
  await at.clock.advance(MINUTE)
  at.reconciler[Symbol.dispose]()
  const looks = at.looks()
  await at.clock.advance(60 * MINUTE)
  expect(at.clock.pending).toBe(0)
  expect(at.looks()).toBe(looks)
})

describe('whether agents can commit', () => {
  it('is said until it is mended, and then not asked again', async () => {
    const at = setUp()
    const fault = {code: 'commits-fail', message: 'git knows no author', exitCode: 1} as const
    const asked: unknown[] = []
    let answer: ErrorData | null = fault
    at.git.commitFault = async env => {
      asked.push(env)
      return answer
    }
    const told = () => at.troubles.filter(([name]) => name === 'commits').map(([, error]) => error)
    await at.reconciler.look()
    expect(told()).toEqual([fault])
    answer = null
    await at.reconciler.look()
    await at.reconciler.look()
    expect(told()).toEqual([fault, null])
    expect(asked).toEqual([{HOME: '/home/ada'}, {HOME: '/home/ada'}])
  })
})

describe('the clone', () => {
  it('is tidied once an hour, after what was seen is known, and a failure holds up nothing', async () => {
    const at = setUp()
    const seen: number[] = []
    at.git.tidy = async () => {
      seen.push(at.types().filter(type => type === 'githubSeen').length)
      throw new ClambakeError({code: 'git-failed', message: 'no room'})
    }
    await at.reconciler.look()
    await at.reconciler.look()
    expect(seen).toEqual([1])
    await at.clock.advance(60 * MINUTE)
    await at.reconciler.look()
    expect(seen).toEqual([1, 3])
    expect(at.troubles.filter(([, error]) => error !== null)).toEqual([])
  })
})

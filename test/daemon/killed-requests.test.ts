import {describe, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {KILLED_REQUESTS} from '../../src/daemon/api/index.ts'
import type {Orphan} from '../../src/model/data/recovery/orphan.ts'
import {anOrphan} from '../model/builders.ts'
import {type MemoryWorld, memoryWorld, type RunningDaemon, type Watch} from './memory.ts'
import {shaOf} from './memory-git.ts'

const BRANCH = 'agent002/7-cart'
const HEAD = shaOf('half')

/** A request of a person that is killed, and asked again of the next daemon. */
type Ask = {
  orphan?: Partial<Orphan>
  /** Runs under a daemon that is not killed. */
  before?: (daemon: RunningDaemon, world: MemoryWorld) => Promise<unknown>
  ask: (daemon: RunningDaemon) => Promise<unknown>
  /** What must hold in the end. */
  ends: (world: MemoryWorld) => void | Promise<void>
}

const archive = (daemon: RunningDaemon) => daemon.api.recover({kind: 'branch', name: BRANCH, action: 'archive'})

function isKept({git}: MemoryWorld): void {
  expect(git.branches.get(BRANCH) === HEAD || git.landed.has(HEAD)).toBe(true)
}

const ASKS: Readonly<Record<string, Ask>> = {
  'recover with an agent': {
    ask: daemon => daemon.api.recover({kind: 'branch', name: BRANCH, action: 'resume'}),
    ends({git, host}) {
      expect(git.claimRefs.get(7)?.record).toMatchObject({branch: BRANCH, owner: 'me'})
      expect(host.live().filter(({meta}) => meta.agent !== undefined)).toHaveLength(1)
    },
  },
  'recover for a person': {
    ask: daemon => daemon.api.recover({kind: 'branch', name: BRANCH, action: 'open-pull'}),
    ends({github, git}) {
      expect([...github.pulls.values()].map(({state}) => state)).toEqual(['open'])
      expect(git.claimRefs.size).toBe(0)
    },
  },
  'recover to the archive': {
    ask: archive,
    ends({git}) {
      expect(git.branches.has(BRANCH)).toBe(false)
      expect(git.landed.has(HEAD)).toBe(true)
      expect(git.step?.parts).toMatchObject([{do: 'branch', branch: BRANCH, oid: HEAD}])
    },
  },
  'cleanUp what is landed': {
    orphan: {landed: 'commits'},
    ask: daemon => daemon.api.cleanUp({what: 'branch', name: BRANCH, group: 'g'}),
    ends: ({git}) => expect(git.branches.has(BRANCH)).toBe(false),
  },
  'undo an archive': {
    before: archive,
    ask: daemon => daemon.api.undo({}),
    ends: ({git}) => expect([git.branches.get(BRANCH), git.step]).toEqual([HEAD, null]),
  },
  'restore a rescue': {
    ask: daemon => daemon.api.restore({ref: 'refs/clambake/rescue/1', paths: [], into: null}),
    ends: ({git}) => expect(git.branches.get(BRANCH)).toBe(HEAD),
  },
  'reset an agent at work': {
    async before(daemon, world) {
      await daemon.api.pop({issue: 7})
      await world.until(() => world.host.prompts.length === 1, 'it is prompted')
      world.git.scribble([...world.git.trees.keys()][0]!, 'half.ts')
    },
    ask: daemon => daemon.api.reset({agent: 'agent001'}),
    async ends({git, host}) {
      expect(git.claimRefs.size).toBe(0)
      expect(host.live()).toEqual([])
      expect(git.rescued.length).toBeGreaterThan(0)
      expect(await git.lostCommits()).toEqual([])
    },
  },
}

function worldOf({orphan = {}}: Ask): MemoryWorld {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(7)
  world.git.branches.set(BRANCH, HEAD)
  const whole = anOrphan({name: BRANCH, branch: BRANCH, issue: 7, head: HEAD, ...orphan})
  world.git.orphans = async () => (world.git.branches.has(BRANCH) ? [whole] : [])
  return world
}

/** Asks, and lets time pass; what is done already is refused by name. */
async function askFor(world: MemoryWorld, daemon: RunningDaemon, {ask}: Ask): Promise<void> {
  const answer = ask(daemon).catch((error: unknown) => {
    if (!(error instanceof ClambakeError)) throw error
  })
  await Promise.race([answer, world.clock.advance(5 * 60_000)])
}

/** Plays a request whose daemon is killed, then the same request of the next daemon. Gives the calls until the kill. */
async function play(what: Ask, kill: {watch?: Watch; crash?: (point: string) => boolean}): Promise<boolean> {
  const world = worldOf(what)
  if (what.before) {
    const earlier = await world.start()
    earlier.reconciler.start()
    await what.before(earlier, world)
    earlier.kill()
  }
  let isAsked = false
  let isKilled = false
  const first = await world.start({
    watch(call, side, daemon) {
      if (!isAsked || isKilled) return
      kill.watch?.(call, side, {
        kill() {
          isKilled = true
          daemon.kill()
        },
      })
    },
    crash: point => kill.crash?.(point) ?? false,
    onCrash() {
      isKilled = true
    },
  })
  first.reconciler.start()
  await world.clock.advance(2000)
  isAsked = true
  await askFor(world, first, what)
  first.kill()
  isKept(world)
  const next = await world.start()
  next.reconciler.start()
  await world.clock.advance(2000)
  await askFor(world, next, what)
  await world.clock.advance(5 * 60_000)
  next.kill()
  isKept(world)
  await what.ends(world)
  return isKilled
}

describe.each(Object.entries(ASKS))('a daemon that is asked to %s', (name, what) => {
  it.each(['before', 'after'])('and is killed %s it: asked again, it ends as if nothing had happened', async side => {
    const method = name.split(' ')[0]!
    expect(KILLED_REQUESTS as readonly string[]).toContain(method)
    expect(await play(what, {crash: point => point === `${method}:${side}`})).toBe(true)
  })

  it('and is killed at any gateway call ends so, too', async () => {
    let calls = 0
    await play(what, {watch: () => void calls++})
    for (let at = 0; at < Math.min(calls, 60); at++) {
      let count = 0
      await play(what, {watch: (_call, _side, daemon) => void (count++ === at && daemon.kill())})
    }
  })
})

it('every request at which a daemon can be killed is asked', () => {
  const asked = new Set(Object.keys(ASKS).map(name => name.split(' ')[0]))
  expect([...asked].toSorted()).toEqual([...KILLED_REQUESTS].toSorted())
})

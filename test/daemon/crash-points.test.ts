import {describe, expect, it} from 'vitest'
import type {Mode} from '../../src/model/core/facts.ts'
import {NO_TERMS} from '../../src/model/data/landing/terms.ts'
import {type KilledIn, killedIn} from '../e2e/points.ts'
import {claimOf} from '../git/claim-of.ts'
import {AT_ONCE, BY_HAND, diligent, type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'
import {shaOf} from './memory-git.ts'

const BOARD = {github: {project_id: 'PVT_1'}, sync: {strategy: 'github-wins'}}
const SESSION = '0d4f7a52-8f0c-4f5e-9d3c-6f1f0a2b3c4d'

/** What brings a daemon to an effect, and what must hold when it is killed there and another one continues. */
type Way = {
  config?: Record<string, unknown>
  mode?: Mode
  /** Runs before the daemon that is killed. */
  before(world: MemoryWorld): Promise<void>
  /** What a person asks of the daemon that is killed. */
  asks?(world: MemoryWorld, daemon: RunningDaemon): Promise<void>
  /** Happens while the next daemon runs. */
  meanwhile?(world: MemoryWorld): Promise<void>
  /** Becomes true with the next daemon, */
  ends(world: MemoryWorld): boolean
  /** and this holds then. */
  holds(world: MemoryWorld): Promise<void> | void
}

/** An agent works on #7, with a commit and a file; `meanwhile` happens after its daemon ended. */
function atWork(meanwhile: (world: MemoryWorld, daemon: RunningDaemon) => Promise<void> | void): Way['before'] {
  return async world => {
    world.host.play = () => {}
    world.github.openIssue(7)
    const daemon = await world.start()
    await daemon.api.pop({issue: 7})
    await world.until(() => world.github.issues.get(7)!.labels.includes('agent:in-progress'), 'it is shown')
    await world.until(() => world.host.prompts.length === 1, 'it is prompted')
    await world.clock.advance(5000)
    world.git.commit(cwdOf(world), 'half')
    world.git.scribble(cwdOf(world), 'half.ts')
    await meanwhile(world, daemon)
    daemon.kill()
  }
}

const cwdOf = ({git}: MemoryWorld) => [...git.trees.keys()][0]!
const paneOf = ({host}: MemoryWorld) => host.live()[0]!.pane
const isLanded = ({github, git}: MemoryWorld) => github.issues.get(7)?.state === 'closed' && git.claimRefs.size === 0

async function landedOnce({github, git, host}: MemoryWorld): Promise<void> {
  expect([...github.pulls.values()].map(({state}) => state)).toEqual(['merged'])
  expect(git.trees.size).toBe(0)
  expect(host.live()).toEqual([])
}

async function workIsKept(world: MemoryWorld): Promise<void> {
  expect(await world.git.lostCommits()).toEqual([])
  expect(await world.git.inspect(cwdOf(world))).toMatchObject({dirty: ['half.ts']})
  expect(world.host.live()).toEqual([])
}

const UNREAD = 'agent001 handed in #7 without having read what ada said: Use the new parser.'
const THREE = [7, 8, 9]
/** Work of three agents that lands at a person's word, in a bundle; the next daemon lands what is left of it. */
const BUNDLE: Way = {
  mode: {routing: 'auto', landing: 'train'},
  async before({github}) {
    for (const number of THREE) github.openIssue(number)
  },
  ends: ({github, git}) =>
    THREE.every(number => github.issues.get(number)?.state === 'closed') && git.claimRefs.size === 0,
  holds({github, git, host}) {
    const landed = THREE.map(issue => github.comments.filter(text => text.startsWith(`#${issue} landed`)).length)
    expect(landed).toEqual([1, 1, 1])
    expect([...github.pulls.values()].filter(({state}) => state === 'open')).toEqual([])
    expect([...git.remote.branches.keys()].filter(branch => branch.startsWith('bundle/'))).toEqual([])
    expect(git.trees.size).toBe(0)
    expect(host.live()).toEqual([])
  },
}

/** All work conflicts with main until the conflicts are cleared. */
function alwaysConflicts({git: {conflicts}}: MemoryWorld): void {
  let isBad = true
  conflicts.get = () => (isBad ? ['cart.ts'] : undefined)
  conflicts.clear = () => {
    isBad = false
  }
}

/** GitHub waits for a check that main requires and that never ends. */
function waitsForRequired({github}: MemoryWorld): void {
  const {gate} = github
  github.judge = () => 'pending'
  github.gate = async asked => {
    const reading = await gate(asked)
    return {...reading, mergeState: 'blocked', rules: {...reading.rules!, requiredChecks: ['unit']}}
  }
}

const STOPPED_BY_HAND: Way = {
  config: BOARD,
  before: atWork(({github}) => void github.board!.set(7, 'Blocked')),
  ends: ({git, host}) => git.claimRefs.get(7)?.record.phase === 'blocked' && host.live().length === 0,
  holds: workIsKept,
}

const WAYS: Record<KilledIn<'memory'>, Way> = {
  adoptClaim: {
    mode: {routing: 'off', landing: 'at once'},
    async before({git, github}) {
      github.openIssue(7)
      const head = shaOf('done')
      const record = {...claimOf(7, shaOf('start'), {owner: 'other'}), branch: 'agent002/7-cart', host: 'studio'}
      await git.claim({...record, phase: 'review', head})
      git.branches.set('agent002/7-cart', head)
      await git.renewOwner({owner: 'other', host: 'studio', pid: 1, beat: 0, startedAt: ''})
    },
    ends: isLanded,
    holds: landedOnce,
  },
  clearLabels: {
    async before({github}) {
      github.openIssue(7, {labels: ['agent001', 'agent:in-progress', 'bug']})
    },
    ends: ({github}) => !github.issues.get(7)!.labels.includes('agent001'),
    holds({github, git}) {
      expect(github.issues.get(7)!.labels.toSorted()).toEqual(['bug', 'route:ready'])
      expect(git.claimRefs.size).toBe(0)
    },
  },
  deliverMessages: {
    before: atWork(async (world, daemon) => {
      await daemon.api.send({to: 'agent001', text: 'Use the new parser.'})
      world.host.play = ({pane, cwd}) => {
        world.git.commit(cwd, 'whole')
        world.git.trees.get(cwd)!.dirty = []
        world.host.say(pane, 'Stop')
      }
      world.host.say(paneOf(world), 'Stop')
    }),
    ends: ({github}) => github.issues.get(7)!.labels.includes('route:review'),
    async holds({git, host, hub}) {
      expect(host.prompts.some(({text}) => text.includes('Use the new parser.'))).toBe(true)
      expect(hub.said.map(({deliveredAt}) => deliveredAt)).toEqual([expect.any(Number)])
      expect(await git.lostCommits()).toEqual([])
    },
  },
  expireMessages: {
    config: {bundling: {leave_early: false}},
    mode: {routing: 'auto', landing: 'train'},
    async before({github}) {
      github.openIssue(7)
    },
    async asks(world, {engine}) {
      await world.until(() => engine.state().tickets[7]?.value === 'bottled', 'it is bottled')
      const words = {from: 'ada', to: 'agent001', ticket: 7, text: 'Use the new parser.', deliveredAt: null}
      const message = world.hub.said[0] ?? (await world.hub.send(words))
      engine.dispatch({type: 'messageSent', message})
    },
    ends: ({clock, hub}) => hub.said.some(({expiresAt}) => expiresAt !== null && expiresAt <= clock.now()),
    holds: ({hub}) => expect(hub.events.map(({message}) => message)).toContain(UNREAD),
  },
  haltLanding: {
    mode: AT_ONCE,
    async before({git, github}) {
      github.openIssue(7)
      git.rewrite = {from: shaOf('before'), to: git.main[0]!}
    },
    // The next daemon notices it too, and writes it once.
    ends: ({git}) => git.halts.length === 1 && git.rewrite === null,
    holds: ({github}) => expect([...github.pulls.values()].filter(({state}) => state === 'merged')).toEqual([]),
  },
  keepSession: {
    before: atWork(world => world.host.say(paneOf(world), 'SessionStart', {source: 'clear', session_id: SESSION})),
    ends: ({git}) => git.claimRefs.get(7)?.record.session === SESSION,
    holds: ({host}) => expect(host.live()).toHaveLength(1),
  },
  keepTerms: {
    config: {bundling: {leave_early: false}},
    mode: {routing: 'auto', landing: 'train'},
    async before({github}) {
      github.openIssue(7)
    },
    async asks(world, {engine}) {
      await world.until(() => engine.state().tickets[7]?.value === 'bottled', 'it is bottled')
      engine.dispatch({type: 'landAsked', tickets: [7], terms: {...NO_TERMS, requireCi: true}})
    },
    ends: isLanded,
    holds: landedOnce,
  },
  openDraft: {
    config: {integration: {max_repairs: 0}},
    mode: AT_ONCE,
    async before(world) {
      world.github.openIssue(7)
      alwaysConflicts(world)
    },
    // A person resolves it and marks it ready.
    async meanwhile(world) {
      await world.clock.advance(3 * 60_000)
      const [pull] = [...world.github.pulls.values()]
      expect(pull).toMatchObject({draft: true, state: 'open'})
      world.git.conflicts.clear()
      world.github.pulls.set(pull!.number, {...pull!, draft: false})
    },
    ends: isLanded,
    holds: landedOnce,
  },
  setAutoMerge: {
    config: {bundling: {leave_early: false}},
    mode: {routing: 'auto', landing: 'train'},
    async before(world) {
      world.github.openIssue(7)
      waitsForRequired(world)
    },
    async asks(world, {engine}) {
      await world.until(() => engine.state().tickets[7]?.value === 'bottled', 'it is bottled')
      engine.dispatch({type: 'landAsked', tickets: [7], terms: {...NO_TERMS, autoMerge: true}})
    },
    // A person decides against it in the end, so that it has to be taken back.
    async meanwhile(world) {
      await world.clock.advance(60_000)
      expect(world.github.autoMerges.size).toBe(1)
      const issue = world.github.issues.get(7)!
      world.github.issues.set(7, {...issue, labels: [...issue.labels, 'human-only']})
    },
    ends: ({github, git}) => github.autoMerges.size === 0 && git.claimRefs.get(7)?.record.phase === 'blocked',
    holds: ({git}) => expect(git.claimRefs.get(7)?.record.handedOver ?? false).toBe(false),
  },
  lookAtTickets: STOPPED_BY_HAND,
  notify: {
    mode: AT_ONCE,
    async before({github}) {
      github.openIssue(7)
    },
    ends: isLanded,
    holds: landedOnce,
  },
  record: {
    config: BOARD,
    mode: AT_ONCE,
    async before({github}) {
      github.openIssue(7)
    },
    ends: isLanded,
    holds: landedOnce,
  },
  releaseTicket: {
    config: BOARD,
    before: atWork(({github}) => void github.board!.set(7, 'Backlog')),
    ends: ({git, host}) => git.claimRefs.size === 0 && host.live().length === 0,
    async holds(world) {
      await workIsKept(world)
      expect(world.github.issues.get(7)?.labels).toEqual([])
      expect(world.github.board!.get(7)).toBe('Backlog')
    },
  },
  saveWork: STOPPED_BY_HAND,
  boardBundle: BUNDLE,
  buildBundle: BUNDLE,
  watchBundle: BUNDLE,
  landBundle: BUNDLE,
  dropBundle: BUNDLE,
  updateBranch: {
    mode: AT_ONCE,
    async before({github}) {
      // Whichever lands second was not checked with what the first brought.
      github.openIssue(7)
      github.openIssue(8)
    },
    ends: ({github, git}) =>
      [7, 8].every(number => github.issues.get(number)?.state === 'closed') && git.claimRefs.size === 0,
    holds({github, git}) {
      expect([...github.pulls.values()].map(({state}) => state)).toEqual(['merged', 'merged'])
      expect(git.trees.size).toBe(0)
    },
  },
}

describe.each(killedIn('memory'))('a daemon that is killed at %s', effect => {
  it.each(['before', 'after'])('%s it: the next one reaches the same end', async side => {
    const {config = {}, mode = BY_HAND, before, asks, meanwhile, ends, holds}: Way = WAYS[effect]
    const world = memoryWorld(config)
    world.host.play = diligent(world)
    await before(world)
    let killed = false
    const first = await world.start({
      mode,
      crash: point => point === `${effect}:${side}`,
      onCrash() {
        killed = true
      },
    })
    first.reconciler.start()
    await asks?.(world, first)
    // Longer than a lease.
    await world.clock.advance(15 * 60_000)
    expect(killed).toBe(true)
    first.kill()
    const next = await world.start({mode})
    next.reconciler.start()
    await meanwhile?.(world)
    await world.clock.advance(15 * 60_000)
    expect(ends(world)).toBe(true)
    await holds(world)
    next.kill()
  })
})

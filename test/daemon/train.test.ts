import {describe, expect, it} from 'vitest'
import {boardingOf} from '../../src/model/decide/train/depart.ts'
import {pairKey} from '../../src/model/radar/forecast.ts'
import {changed} from '../model/gate/readings.ts'
import {bottled, headOf, isClosed, MINUTE, pullsOf, ticketOf} from './bottled.ts'
import {type MemoryWorld, memoryWorld} from './memory.ts'

const commentsOf = ({github}: MemoryWorld, issue: number) =>
  github.comments.filter(text => text.startsWith(`#${issue} landed`))
/** Heads that a tested commit carries. */
const carriedBy = ({git}: MemoryWorld, sha: string) => (git.remote.bundles.get(sha) ?? []).map(({head}) => head)
const eventsOf = ({hub}: MemoryWorld) => hub.events.map(({message}) => message)

/** The checks of every bundle that carries one of these heads fail. */
function turnsRed(world: MemoryWorld, bad: (head: string) => boolean): void {
  world.github.judge = sha => (carriedBy(world, sha).some(bad) || bad(sha) ? 'failed' : undefined)
}

describe('a train', () => {
  it('lands several tickets through one pull request, each as a commit of its own', async () => {
    const {world, daemon, land} = await bottled([1, 2, 3])
    land()
    await world.until(() => [1, 2, 3].every(issue => isClosed(world, issue)), 'all are closed')
    expect(pullsOf(world)).toEqual(['bundle merged'])
    expect([1, 2, 3].map(issue => commentsOf(world, issue).length)).toEqual([1, 1, 1])
    const commits = [1, 2, 3].map(issue => ticketOf(daemon, issue).context.mergeCommit)
    expect(new Set(commits).size).toBe(3)
    expect(commits.every(commit => world.git.remote.main.includes(commit!))).toBe(true)
    await world.until(() => world.git.claimRefs.size === 0, 'no claim is left')
    expect([...world.git.remote.branches.keys()].filter(name => name.startsWith('bundle/'))).toEqual([])
    expect(daemon.engine.state().train.now.value).toBe('waiting')
  })

  it('moves the claims of all aboard at the same time, as each is a request to the remote', async () => {
    const {world, land} = await bottled([1, 2, 3])
    const {bumpClaim} = world.git
    let moving = 0
    let most = 0
    world.git.bumpClaim = async (claim, patch) => {
      if (!patch.bundle) return bumpClaim(claim, patch)
      most = Math.max(most, ++moving)
      await new Promise(setImmediate)
      moving--
      return bumpClaim(claim, patch)
    }
    land()
    await world.until(() => [1, 2, 3].every(issue => isClosed(world, issue)), 'all are closed')
    expect(most).toBe(3)
  })

  it('a person lands exactly the tickets that were chosen, also those called before, and the next train takes the rest', async () => {
    const {world, daemon, land} = await bottled([1, 2, 3, 4])
    const {engine} = daemon
    const side = (ticket: number) => ({key: `#${ticket}`, label: `#${ticket}`, ticket, agent: null, branch: 'b'})
    const clash = {files: [{path: 'cart.ts', kind: 'contents'}], committed: true}
    const conflicts = [{one: side(1), other: side(2), ...clash}]
    engine.dispatch({type: 'conflictsSeen', sides: [side(1), side(2)], conflicts})
    const why = 'conflicts with #1 in cart.ts'
    expect((await daemon.api.landPlan({})).choices).toMatchObject([
      {ticket: 1, chosen: true},
      {ticket: 3, chosen: true},
      {ticket: 4, chosen: true},
      {ticket: 2, title: 'Issue 2', chosen: false, cannot: why},
    ])
    // Without #1, #2 can board; the plan says what would happen then.
    const {board, putOff, steps} = await daemon.api.landPlan({tickets: [2, 3]})
    expect(board.map(({ticket, alone}) => [ticket, alone])).toEqual([
      [2, null],
      [3, null],
    ])
    expect(putOff).toMatchObject([
      {ticket: 1, reason: 'not chosen'},
      {ticket: 4, reason: 'not chosen'},
    ])
    expect(steps[0]).toContain('#2 #3 board one bundle')
    // One that has waited longer boards first, and is listed first.
    Object.assign(ticketOf(daemon, 4).context, {since: 0})
    const all = await daemon.api.landPlan({})
    expect(all.board.map(({ticket}) => ticket)).toEqual([4, 1, 3])
    expect(all.steps[0]).toContain('#4 #1 #3 board one bundle')
    // All were called by the schedule while the train was paused.
    const paused = {kind: 'trials', reason: 'too many', since: 0, until: null, main: null} as const
    const {train} = engine.state()
    Object.assign(engine.state(), {train: {...train, paused}, mode: {routing: 'auto', landing: 'train'}})
    engine.dispatch({type: 'trainDeparted'})
    expect([1, 2, 3, 4].map(issue => ticketOf(daemon, issue).context.boarded)).toEqual([true, true, true, true])
    expect(engine.state().train.now.value).toBe('waiting')
    await daemon.api.land({
      tickets: [
        {ticket: 2, claim: null},
        {ticket: 3, claim: null},
      ],
    })
    expect(engine.state().train.now.context.members.map(({ticket}) => ticket)).toEqual([2, 3])
    expect(engine.state().train.takenOff).toEqual([])
    land()
    await world.until(() => [1, 2, 3, 4].every(issue => isClosed(world, issue)), 'all land')
  })

  it('says before it leaves who lands alone as protected paths are changed', async () => {
    const {world, daemon} = await bottled([1, 2, 3])
    world.git.workChanges = async heads =>
      new Map(heads.map(head => [head, head === headOf(daemon, 2) ? [changed('.github/ci.yml')] : []]))
    const {board, steps} = await daemon.api.landPlan({})
    expect(board.map(({ticket, alone}) => [ticket, alone])).toEqual([
      [1, null],
      [3, null],
      [2, 'it changes .github/ci.yml, which needs a person'],
    ])
    expect(steps[0]).toContain('#1 #3 board one bundle')
    const two = await daemon.api.landPlan({tickets: [1, 2]})
    expect(two.board.map(({alone}) => alone !== null)).toEqual([true, true])
  })

  it('one ticket goes by its own pull request', async () => {
    const {world, land} = await bottled([1])
    land()
    await world.until(() => isClosed(world, 1), 'it is closed')
    expect(pullsOf(world)).toEqual(['agent001/1-issue-1 merged'])
  })

  it('two conflict and the third lands with the first; the other one is repaired and lands after them', async () => {
    const {world, daemon, land} = await bottled([1, 2, 3])
    world.git.clashes.set(pairKey([headOf(daemon, 1), headOf(daemon, 2)]), ['cart.ts'])
    land()
    await world.until(() => [1, 2, 3].every(issue => isClosed(world, issue)), 'all land')
    expect(world.github.comments.filter(text => text.includes('landed')).at(-1)).toMatch(/^#2 /)
    expect([1, 2, 3].map(issue => ticketOf(daemon, issue).context.repairs)).toEqual([0, 1, 0])
  })

  it('one that was repaired for a conflict boards before what is new, however late it was bottled again', async () => {
    const {daemon} = await bottled([1, 2, 3])
    const state = daemon.engine.state()
    const late = ticketOf(daemon, 3)
    const later = {...late, context: {...late.context, since: late.context.since + MINUTE}}
    const order = (third: typeof late) =>
      boardingOf(state, [ticketOf(daemon, 1), ticketOf(daemon, 2), third], later.context.since).aboard
    expect(order(later)).toEqual([1, 2, 3])
    expect(order({...later, context: {...later.context, conflicts: 1}})).toEqual([3, 1, 2])
  })

  it.each([1, 10])(
    'many that change one file land one after the other, each repaired once: bundles of %i',
    async size => {
      const issues = [1, 2, 3, 4, 5, 6, 7, 8]
      const {world, daemon, land} = await bottled(issues, {bundling: {max_bundle_size: size}})
      const others = [6, 7, 8].map(issue => headOf(daemon, issue))
      // Work conflicts with what landed unless its agent had it when it made the commit.
      const {parents, landed} = world.git.remote
      const had = new Map<string, ReadonlySet<string>>()
      const set = parents.set.bind(parents)
      parents.set = (commit, parent) => {
        had.set(commit, new Set(landed))
        return set(commit, parent)
      }
      const mergedInto = (head: string) => had.get(head) ?? new Set()
      world.git.clashes.get = key => {
        const [one = '', other = ''] = key.split(' ')
        if (one === other || others.includes(one) || others.includes(other)) return undefined
        return mergedInto(one).has(other) || mergedInto(other).has(one) ? undefined : ['cart.ts']
      }
      land()
      await world.until(() => issues.every(issue => isClosed(world, issue)), 'all land')
      const repairsOf = (issue: number) => ticketOf(daemon, issue).context.repairs
      expect(issues.map(repairsOf)).toEqual([0, 1, 1, 1, 1, 0, 0, 0])
      // Another one goes back only once the one before it is on main.
      const told = eventsOf(world).flatMap(text => /^#[2-5] (goes back|landed)/.exec(text)?.[0] ?? [])
      expect(told).toEqual([2, 3, 4, 5].flatMap(issue => [`#${issue} goes back`, `#${issue} landed`]))
    },
  )

  it.each([0, 3, 7])('finds the bad one of eight in three rounds: place %i', async place => {
    const {world, daemon, land} = await bottled([1, 2, 3, 4, 5, 6, 7, 8])
    const order = () => daemon.engine.state().train.now.context.members.map(({ticket}) => ticket)
    land()
    const bad = order()[place]!
    const head = headOf(daemon, bad)
    turnsRed(world, sha => sha === head)
    world.github.logs.set('unit', 'AssertionError: 3 is not 4')
    await world.until(() => [1, 2, 3, 4, 5, 6, 7, 8].every(issue => isClosed(world, issue)), 'all land')
    const {context} = ticketOf(daemon, bad)
    expect(context).toMatchObject({culprit: 1, repairs: 1})
    expect(world.host.prompts.some(({text}) => text.includes('AssertionError: 3 is not 4'))).toBe(true)
    for (const issue of [1, 2, 3, 4, 5, 6, 7, 8]) expect(commentsOf(world, issue)).toHaveLength(1)
    const untested = [...world.github.pulls.values()].filter(
      ({state, head: {sha}}) => state === 'merged' && carriedBy(world, sha).includes(head),
    )
    expect(untested).toEqual([])
    const rounds = eventsOf(world).filter(text => text.includes(' red: ')).length
    expect(rounds).toBeLessThanOrEqual(3)
  })

  it('a check that is red once and then green is a flake, and blames nobody', async () => {
    const {world, daemon, land} = await bottled([1, 2, 3])
    let seen: string | null = null
    world.github.judge = sha => {
      if (carriedBy(world, sha).length < 3) return undefined
      seen ??= sha
      return sha === seen ? 'failed' : undefined
    }
    land()
    await world.until(() => [1, 2, 3].every(issue => isClosed(world, issue)), 'all are closed')
    expect(daemon.engine.state().train.flakes).toEqual({unit: 1})
    expect([1, 2, 3].map(issue => ticketOf(daemon, issue).context.repairs)).toEqual([0, 0, 0])
  })

  it('main that is red by itself pauses it until main moves, and blames nobody', async () => {
    const {world, daemon, land} = await bottled([1, 2])
    turnsRed(world, () => true)
    const red = world.git.remote.main.at(-1)!
    world.github.verdicts.set(red, 'failed')
    land()
    await world.until(() => daemon.engine.state().train.paused !== null, 'it is paused')
    expect(daemon.engine.state().train.paused).toMatchObject({kind: 'main', reason: 'main is red too: unit'})
    await world.clock.advance(20 * MINUTE)
    expect([1, 2].map(issue => ticketOf(daemon, issue).value)).toEqual(['bottled', 'bottled'])
    world.github.judge = () => undefined
    world.git.remote.main.push('f'.repeat(40))
    await world.until(() => [1, 2].every(issue => isClosed(world, issue)), 'both land')
  })

  it('main that is red by itself has a ticket alone wait, and checked again once main has moved', async () => {
    const {world, daemon, land} = await bottled([1])
    turnsRed(world, () => true)
    world.github.verdicts.set(world.git.remote.main.at(-1)!, 'failed')
    land()
    await world.until(() => ticketOf(daemon, 1).context.reason === 'main is red too: unit', 'it waits')
    const red = headOf(daemon, 1)
    await world.clock.advance(MINUTE)
    expect(ticketOf(daemon, 1).value).toBe('checking')
    // The old result stays red.
    turnsRed(world, sha => sha === red)
    world.git.remote.main.push('f'.repeat(40))
    await world.until(() => isClosed(world, 1), 'it lands')
    expect(ticketOf(daemon, 1).context).toMatchObject({repairs: 0})
  })

  it('checks that end without a verdict pause it; one train tries again later', async () => {
    const {world, daemon, land} = await bottled([1, 2])
    world.github.judge = () => 'stopped'
    land()
    await world.until(() => daemon.engine.state().train.paused?.kind === 'forge', 'it is paused')
    const trials = world.github.pulls.size
    await world.clock.advance(10 * MINUTE)
    expect(world.github.pulls.size).toBe(trials)
    world.github.judge = () => undefined
    await world.until(() => [1, 2].every(issue => isClosed(world, issue)), 'both land')
    expect([1, 2].map(issue => ticketOf(daemon, issue).context.repairs)).toEqual([0, 0])
  })

  it('a required check that never comes is named, and the tickets go on alone', async () => {
    const {world, daemon, land} = await bottled([1, 2])
    world.github.judge = () => 'pending'
    land()
    await world.until(() => pullsOf(world).length > 0, 'its pull request is open')
    await world.clock.advance(6 * MINUTE)
    expect(daemon.engine.state().train.now.value).toBe('waiting')
    expect(ticketOf(daemon, 1).context.alone).toContain('checks run: unit; waited 5 minutes')
  })

  it('main that moves between green and merge has it built and tested again', async () => {
    const {world, daemon, land} = await bottled([1, 2])
    world.github.judge = () => 'pending'
    land()
    await world.until(() => daemon.engine.state().train.now.value === 'testing', 'it is tested')
    const {commits} = daemon.engine.state().train.now.context
    await daemon.reconciler.look()
    expect(daemon.state().sides.map(({key}) => key)).toEqual(['#1', '#2'])
    expect(await daemon.api.orphans({all: true})).toEqual([])
    world.git.remote.main.push('e'.repeat(40))
    world.github.judge = () => undefined
    await world.until(() => [1, 2].every(issue => isClosed(world, issue)), 'both land')
    const merged = [...world.github.pulls.values()].filter(({state}) => state === 'merged')
    expect(merged.map(({head}) => head.sha)).not.toContain(commits.at(-1)!.commit)
  })

  it('a person who pushes to a member’s branch takes it off; the others land', async () => {
    const {world, daemon, land} = await bottled([1, 2, 3])
    world.github.judge = () => 'pending'
    land()
    await world.until(() => daemon.engine.state().train.now.value === 'testing', 'it is tested')
    world.git.remote.branches.set(ticketOf(daemon, 2).context.branch, 'd'.repeat(40))
    world.github.judge = () => undefined
    await world.until(() => isClosed(world, 1) && isClosed(world, 3), 'the others land')
    expect(isClosed(world, 2)).toBe(false)
    expect(ticketOf(daemon, 2).context.alone).toContain('holds ddddddd, which the daemon did not push')
  })

  it('an issue that is closed by hand takes its ticket off', async () => {
    const {world, daemon, land} = await bottled([1, 2, 3])
    world.github.judge = () => 'pending'
    land()
    await world.until(() => daemon.engine.state().train.now.value === 'testing', 'it is tested')
    world.github.issues.set(2, {...world.github.issues.get(2)!, state: 'closed'})
    world.github.judge = () => undefined
    await world.until(() => isClosed(world, 1) && isClosed(world, 3), 'the others land')
    expect(ticketOf(daemon, 2).value).toBe('blocked')
    expect(commentsOf(world, 2)).toEqual([])
  })

  it('a person’s review of a ticket takes it off, and it goes back to its agent', async () => {
    const {world, daemon, land} = await bottled([1, 2, 3])
    world.github.judge = () => 'pending'
    land()
    await world.until(() => daemon.engine.state().train.now.value === 'testing', 'it is tested')
    const words = {id: 1, ticket: 2, key: 'review:1', from: 'ada', to: 'agent002', text: 'Rename it.'}
    const message = {...words, at: world.clock.now(), deliveredAt: null, expiresAt: null}
    daemon.engine.dispatch({type: 'messageSent', message})
    expect(ticketOf(daemon, 2)).toMatchObject({value: 'preparing', context: {bundle: null, repairs: 1}})
    world.github.judge = () => undefined
    await world.until(() => [1, 2, 3].every(issue => isClosed(world, issue)), 'all land')
    expect(commentsOf(world, 2)).toHaveLength(1)
  })

  it('a bundle that a person closes waits for a person', async () => {
    const {world, daemon, land} = await bottled([1, 2])
    world.github.judge = () => 'pending'
    land()
    await world.until(() => daemon.engine.state().train.now.value === 'testing', 'it is tested')
    world.github.closePull(101)
    await world.until(
      () => ticketOf(daemon, 1).value === 'blocked' && ticketOf(daemon, 2).value === 'blocked',
      'both wait',
    )
    world.github.judge = () => undefined
    land()
    await world.until(() => [1, 2].every(issue => isClosed(world, issue)), 'both land when a person lands')
  })

  it.each([
    [
      'only squash is allowed',
      {methods: ['squash'], approvals: 0, codeOwners: false, mergeQueue: false, autoMerge: false},
      'allows only squash',
    ],
    [
      'each pull request needs a review',
      {methods: ['rebase'], approvals: 1, codeOwners: false, mergeQueue: false, autoMerge: false},
      'wants each pull request reviewed',
    ],
    [
      'GitHub has a merge queue',
      {methods: ['rebase'], approvals: 0, codeOwners: false, mergeQueue: true, autoMerge: false},
      "GitHub's merge queue",
    ],
    ['the rules could not be read', null, 'could not be read'],
  ] as const)('tickets go one by one where %s, and it is said', async (_why, rules, said) => {
    const {world, daemon, land} = await bottled([1, 2])
    world.github.rules = rules
    land()
    await world.until(() => [1, 2].every(issue => isClosed(world, issue)), 'both land')
    expect(pullsOf(world).every(text => !text.startsWith('bundle'))).toBe(true)
    expect(ticketOf(daemon, 1).context.alone).toContain(said)
  })

  it('a label makes a ticket land alone', async () => {
    const {world, land} = await bottled([1, 2, 3])
    const issue = world.github.issues.get(2)!
    world.github.issues.set(2, {...issue, labels: [...issue.labels, 'land:alone']})
    await world.clock.advance(3 * MINUTE)
    land()
    await world.until(() => [1, 2, 3].every(number => isClosed(world, number)), 'all land')
    expect(pullsOf(world).sort()).toEqual([expect.stringMatching(/^agent00\d\/2-/), 'bundle merged'])
  })

  it('a merge whose answer gets lost is found again', async () => {
    const {world, daemon, land} = await bottled([1, 2])
    const {merge} = world.github
    let lost = 0
    world.github.merge = async options => {
      await merge(options)
      if (lost++ > 0) return {state: 'refused', reason: 'already merged'}
      throw Object.assign(new Error('no answer'), {code: 'ECONNRESET'})
    }
    land()
    await world.clock.advance(MINUTE)
    const values = [1, 2].map(issue => ticketOf(daemon, issue).value)
    if (!values.every(value => value === 'merged')) land()
    await world.until(() => [1, 2].every(issue => isClosed(world, issue)), 'both are closed')
    expect([1, 2].map(issue => commentsOf(world, issue).length)).toEqual([1, 1])
    expect(pullsOf(world)).toEqual(['bundle merged'])
  })

  it.each([
    ['is full', {max_bundle_size: 2, leave_early: false}, true],
    ['may grow', {max_bundle_size: 3, leave_early: false}, false],
    ['can get no more', {max_bundle_size: 3}, true],
    ['is none, as each goes alone', {max_bundle_size: 1, leave_early: false}, false],
  ])('leaves before its time when the bundle %s', async (_why, bundling, leaves) => {
    const world = memoryWorld({routing: {max_agents: 8}, bundling})
    for (const number of [1, 2]) world.github.openIssue(number)
    const daemon = await world.start({mode: {routing: 'auto', landing: 'train'}})
    daemon.reconciler.start()
    await world.clock.advance(4 * MINUTE)
    expect([1, 2].map(issue => isClosed(world, issue))).toEqual([leaves, leaves])
    await world.clock.advance(8 * MINUTE)
    expect([1, 2].map(issue => isClosed(world, issue))).toEqual([true, true])
    daemon.kill()
  })

  it('a ticket that cannot be read waits, and GitHub is not asked at the speed of its answers', async () => {
    const {world, daemon, land} = await bottled([1, 2, 3])
    const {gateIssues} = world.github
    let asked = 0
    world.github.gateIssues = async issues => {
      asked += 1
      return new Map([...(await gateIssues(issues))].map(([issue, found]) => [issue, issue === 1 ? undefined : found]))
    }
    land()
    await world.until(() => isClosed(world, 2) && isClosed(world, 3), 'the others land')
    await world.clock.advance(10 * MINUTE)
    expect(asked).toBeLessThan(200)
    world.github.gateIssues = gateIssues
    await world.until(() => isClosed(world, 1), 'it lands')
    expect(ticketOf(daemon, 1).context.repairs).toBe(0)
  })

  it('tickets of which none can be read wait', async () => {
    const {world, daemon, land} = await bottled([1, 2])
    const {gateIssues} = world.github
    let asked = 0
    world.github.gateIssues = async () => {
      asked += 1
      return new Map()
    }
    land()
    await world.clock.advance(10 * MINUTE)
    expect([1, 2].map(issue => ticketOf(daemon, issue).value)).not.toContain('blocked')
    expect(asked).toBeLessThan(200)
    world.github.gateIssues = gateIssues
    await world.until(() => [1, 2].every(issue => isClosed(world, issue)), 'both land')
  })

  it('many trials that land nothing pause it', async () => {
    const {world, daemon, land} = await bottled([1, 2, 3], {landing: {trials_per_hour: 2}})
    turnsRed(world, () => true)
    land()
    await world.until(() => daemon.engine.state().train.paused?.kind === 'trials', 'it is paused')
    expect(daemon.engine.state().train.paused?.reason).toBe(
      '2 trials within an hour landed nothing (landing.trials_per_hour)',
    )
    expect([1, 2, 3].map(issue => ticketOf(daemon, issue).value)).toEqual(['bottled', 'bottled', 'bottled'])
  })

  it('a ticket that turns bundles red again and again ends with a person', async () => {
    const {world, daemon, land} = await bottled([1, 2], {integration: {ci_timeout: 5, max_repairs: 9}})
    land()
    const bad = daemon.engine.state().train.now.context.members[1]!.ticket
    const {branch} = ticketOf(daemon, bad).context
    turnsRed(world, () => false)
    world.github.judge = sha =>
      carriedBy(world, sha).some(head => ticketOf(daemon, bad).context.head === head) ||
      world.git.remote.branches.get(branch) === sha
        ? 'failed'
        : undefined
    await world.until(() => ticketOf(daemon, bad).value === 'blocked', 'it is blocked')
    expect(ticketOf(daemon, bad).context.reason).toContain('checks failed: unit')
  })
})

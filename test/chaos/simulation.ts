import type {ErrorCode} from '../../src/base/error-codes.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {freeAgents} from '../../src/model/core/slots.ts'
import type {State} from '../../src/model/core/state.ts'
import {needsOf} from '../../src/model/recovery/needs.ts'
import {circumstancesOf, holdsOn} from '../../src/model/routing/holds.ts'
import {AT_ONCE, type Fault, type MemoryWorld, memoryWorld, type RunningDaemon} from '../daemon/memory.ts'
import {shaOf} from '../daemon/memory-git.ts'
import {peopleOf} from './people.ts'
import {type Chance, chanceOf, type Dice, diceOf} from './random.ts'

const MINUTE = 60_000
/** The turmoil lasts so long; then everything works again, and all must come to an end within `REST_MS`. */
const TURMOIL_STEPS = 14
const REST_MS = 150 * MINUTE
const SETTINGS = {
  routing: {max_agents: 3},
  agents: {setup: ['install'], verify: ['test']},
  claims: {lease_minutes: 3},
}

/** What came of one seed. Every text is something that must never happen. */
export type Outcome = {
  seed: number
  lost: string[]
  stuck: string[]
  doubleClaims: string[]
  untestedMerges: string[]
  merges: number
  /** Crash points at which a daemon was killed. */
  points: string[]
  /** What happened, in order, for a person who replays it. */
  diary: string[]
  /** What went wrong on purpose, in order: a part of it can be played alone. */
  mishaps: readonly string[]
}

/** A daemon's place: its clone, its host, and the daemon while one lives. */
type Place = {owner: string; world: MemoryWorld; daemon: RunningDaemon | null; starting: boolean}

const PASSING: readonly ErrorCode[] = [
  ...(['github-unreachable', 'github-unavailable', 'github-rate-limited', 'remote-unreachable'] as const),
  ...(['run-interrupted', 'git-locked', 'disk-full', 'host-away', 'github-bad-token'] as const),
]
const LASTING: readonly ErrorCode[] = ['internal', 'git-failed', 'github-refused', 'branch-other-work', 'call-timeout']

/**
 * Plays one seed: work, faults, kills, hand-made changes; then calm, and a look at what is left. `only`: nothing else goes
 * wrong than these mishaps of it.
 */
export async function simulate(seed: number, only?: readonly string[]): Promise<Outcome> {
  const chance = chanceOf(seed)
  const dice = diceOf(seed, only)
  const {mishaps} = dice
  const outcome: Outcome = {
    ...{seed, lost: [], stuck: [], doubleClaims: [], untestedMerges: [], merges: 0, points: [], diary: [], mishaps},
  }
  const first = memoryWorld(SETTINGS)
  const worlds = chance.happens(0.4) ? [first, first.another('other')] : [first]
  const places = worlds.map(
    (world, index): Place => ({owner: ['me', 'other'][index]!, world, daemon: null, starting: false}),
  )
  const turmoil = {on: true, faults: chance.of([0, 0, 0.01, 0.05, 0.15]), crashes: chance.of([0, 0, 0.005, 0.03])}
  const note = (what: string) => outcome.diary.push(`${Math.round(first.clock.monotonic() / 1000)} s: ${what}`)
  judgeBundles(first, dice)
  watchMerges(first, outcome)
  for (const world of worlds) world.host.play = agent({world, dice, turmoil, note})
  for (const world of worlds) world.host.spawned = ({pane}) => watchPanes(world, pane, {dice, turmoil, outcome})
  const issues = Array.from({length: 1 + chance.int(4)}, (_, index) => index + 1)
  for (const issue of issues) first.github.openIssue(issue)
  const people = peopleOf(first)
  // In half of the seeds people are silent.
  const talk = chance.of([0, 0.4])

  const ensure = () => {
    for (const place of places) if (!place.daemon && !place.starting) void start(place, {dice, turmoil, note, outcome})
  }
  ensure()
  for (let step = 0; step < TURMOIL_STEPS; step++) {
    const own = dice.own('step')
    await first.clock.advance(own.of([0, 200, 1000, 5000, 20_000, 60_000, 4 * MINUTE]))
    const mishap = dice.mishap('from outside', 0.5)
    if (mishap) disturb(mishap.of(places), {chance: mishap, issues, note})
    const words = dice.mishap('people talk', talk)
    if (words) note(people.speak(words.of(places), words))
    if (own.happens(0.7)) ensure()
  }
  turmoil.on = false
  note('calm')
  const end = first.clock.monotonic() + REST_MS
  while (first.clock.monotonic() < end && first.wrong.length === 0) {
    ensure()
    await first.clock.advance(MINUTE)
    if (restOf(issues, places).length + heldSlots(places).length === 0) break
  }
  outcome.stuck.push(...first.wrong, ...restOf(issues, places), ...heldSlots(places))
  // Words of people are read for the last time some looks after a merge.
  if (talk > 0) await first.clock.advance(3 * MINUTE)
  outcome.lost.push(...people.unheard(places))
  outcome.lost.push(...(await first.git.lostCommits()).map(sha => `commit ${sha}`))
  for (const {daemon} of places) daemon?.kill()
  return outcome
}

type Turmoil = {on: boolean; faults: number; crashes: number}
type Play = {dice: Dice; turmoil: Turmoil; note: (what: string) => void}

async function start(place: Place, {dice, turmoil, note, outcome}: Play & {outcome: Outcome}): Promise<void> {
  place.starting = true
  let isDead = false
  try {
    const daemon = await place.world.start({
      mode: AT_ONCE,
      fault(call) {
        const mishap = turmoil.on ? dice.mishap(`${call} of ${place.owner}`, turmoil.faults) : null
        return mishap && faultOf(call, mishap, note)
      },
      crash: point => turmoil.on && dice.mishap(`kill at ${point} of ${place.owner}`, turmoil.crashes) !== null,
      onCrash: point => {
        outcome.points.push(point)
        note(`a daemon is killed at ${point}`)
        kill(place)
        // A start that is killed may never end.
        isDead = true
        place.starting = false
      },
    })
    if (isDead) return daemon.kill()
    daemon.reconciler.start()
    place.daemon = daemon
    note('a daemon starts')
  } catch (error) {
    if (!(error instanceof ClambakeError)) throw error
    note(`a daemon cannot start: ${error.message}`)
  } finally {
    if (!isDead) place.starting = false
  }
}

function faultOf(call: string, chance: Chance, note: Play['note']): Fault {
  const code = chance.of(chance.happens(0.9) ? PASSING : LASTING)
  const error = new ClambakeError({code, message: `${call} is ${code}`})
  const fault = chance.of<Fault>([
    {refused: error},
    {unanswered: error},
    {lateMs: chance.of([10, 3000, 90_000])},
    {lateMs: 5000, unanswered: error},
  ])
  note(`${call}: ${Object.keys(fault).join(' and ')} ${code}`)
  return fault
}

/** What an agent does with a prompt: mostly its work, now and then anything else. */
function agent({world, dice, turmoil, note}: Play & {world: MemoryWorld}) {
  const {git, github, host} = world
  return ({pane, cwd, meta}: {pane: string; cwd: string; meta: Readonly<Record<string, string>>}) => {
    const works = () => {
      if (!git.trees.has(cwd)) return host.exit(pane)
      const sha = git.commit(cwd, `work ${meta.ticket}`)
      const chance = dice.own(`work on #${meta.ticket}`)
      if (turmoil.on && dice.mishap(`red checks of #${meta.ticket}`, 0.15)) github.verdicts.set(sha, 'failed')
      else if (chance.happens(0.2)) {
        // Its checks take a while.
        github.verdicts.set(sha, 'pending')
        world.clock.after(chance.of([20_000, 3 * MINUTE]), () => void github.verdicts.set(sha, 'passed'))
      }
      if (turmoil.on && dice.mishap(`conflict of #${meta.ticket}`, 0.1)) git.conflicts.set(sha, ['a.ts'])
      host.say(pane, 'Stop')
    }
    const odd: Readonly<Record<string, () => void>> = {
      'ends its turn without work': () => host.say(pane, 'Stop'),
      crashes: () => host.exit(pane, {code: 1, text: 'it crashed'}),
      'forgets a file': () => {
        if (git.trees.has(cwd)) git.scribble(cwd, 'forgotten.ts')
        host.say(pane, 'Stop')
      },
      'commits and ends': () => {
        if (git.trees.has(cwd)) git.commit(cwd, 'half of it')
        host.exit(pane)
      },
      'gives up': () => host.say(pane, 'Stop', {last_assistant_message: 'BLOCKED: it is unclear'}),
      'meets an error': () => host.say(pane, 'StopFailure', {error: 'overloaded'}),
      'asks a person': () => void host.ask(pane, {tool_name: 'Bash', tool_input: {command: 'make'}}),
    }
    const pause = dice.own(`turn on #${meta.ticket}`).of([0, 500, 30_000])
    const mishap = turmoil.on ? dice.mishap(`odd turn on #${meta.ticket}`, 0.25) : null
    if (!mishap) return void world.clock.after(pause, works)
    const what = mishap.of(Object.keys(odd))
    note(`the agent of #${meta.ticket} ${what}`)
    odd[what]!()
  }
}

/** One process at a time works on a ticket in one clone; some end at once, before their start is known. */
function watchPanes(
  {host}: MemoryWorld,
  pane: string,
  {dice, turmoil, outcome}: Pick<Play, 'dice' | 'turmoil'> & {outcome: Outcome},
): void {
  const tickets = host.live().flatMap(({meta}) => (meta.agent === undefined ? [] : [meta.ticket]))
  const twice = tickets.find((ticket, index) => tickets.indexOf(ticket) !== index)
  if (twice !== undefined) outcome.doubleClaims.push(`two agents of one clone work on #${twice}`)
  if (turmoil.on && dice.mishap('end at once', 0.08)) host.exit(pane, {code: 1, text: 'it ends at once'})
}

/** The checks of a bundle take a while, and fail where those of a ticket in it fail. */
function judgeBundles({github, git, clock}: MemoryWorld, dice: Play['dice']): void {
  const ends = new Map<string, number>()
  github.judge = sha => {
    const carried = git.remote.bundles.get(sha)
    if (!carried) return undefined
    const end = ends.get(sha) ?? clock.now() + dice.own(`checks of ${sha}`).of([0, 20_000, 3 * MINUTE])
    ends.set(sha, end)
    if (clock.now() < end) return 'pending'
    return carried.some(({head}) => github.verdicts.get(head) === 'failed') ? 'failed' : 'passed'
  }
}

/** What is merged was tested as it is, with all of main. */
function watchMerges({github, git}: MemoryWorld, outcome: Outcome): void {
  const merge = github.merge
  github.merge = async options => {
    const pull = github.pulls.get(options.pull)
    const head = git.branches.get(pull?.head.branch ?? '') ?? ''
    const main = git.main.at(-1)
    const merged = await merge(options)
    if (merged.state !== 'merged') return merged
    outcome.merges += 1
    const verdict = github.judge(head) ?? github.verdicts.get(head) ?? 'passed'
    if (verdict !== 'passed') outcome.untestedMerges.push(`#${options.pull} was not green`)
    if (head !== options.sha) outcome.untestedMerges.push(`#${options.pull} had another head`)
    if (git.conflicts.has(head)) outcome.untestedMerges.push(`#${options.pull} conflicts with main`)
    const base = git.remote.bases.get(head)
    if (base !== undefined && base !== main) outcome.untestedMerges.push(`#${options.pull} lacked main`)
    return merged
  }
}

/** Something that happens around the daemons: a kill, or what people do by hand. */
function disturb(
  place: Place,
  {chance, issues, note}: Pick<Play, 'note'> & {chance: Chance; issues: readonly number[]},
): void {
  const {world} = place
  const {git, github, host, clock} = world
  const issue = chance.of(issues)
  const pull = chance.of([...github.pulls.keys(), 0])
  const pane = chance.of([...host.live().map(info => info.pane), ''])
  const happens: [string, () => void][] = [
    ['a daemon is killed', () => kill(place)],
    ['a daemon is killed', () => kill(place)],
    ['a host is killed', () => killHost(world)],
    [
      'a host and its daemon are killed',
      () => {
        kill(place)
        killHost(world)
      },
    ],
    [`the agent in ${pane} is killed`, () => host.exit(pane, {code: -1})],
    [`the pane ${pane} is gone without a word`, () => void host.all.delete(pane)],
    ['the clock is set', () => clock.jump(chance.of([-60, -5, 5, 60]) * MINUTE)],
    [`all labels of #${issue} are removed`, () => change(world, issue, {labels: []})],
    [`#${issue} is labelled as blocked`, () => change(world, issue, {labels: ['route:blocked']})],
    [`#${issue} is closed by hand`, () => change(world, issue, {state: 'closed'})],
    [
      `pull request #${pull} is closed by hand`,
      () => github.pulls.get(pull)?.state === 'open' && github.closePull(pull),
    ],
    [
      `pull request #${pull} is merged by hand`,
      () => git.landing === null && github.pulls.get(pull)?.state === 'open' && github.mergeByHand(pull),
    ],
    // What moves main in the middle of a merge cannot be prevented: the files that landed show it, which halts landing.
    ['main is pushed to', () => void (git.landing === null && git.main.push(shaOf(`push ${git.main.length}`)))],
    ['the landing lock is left behind', () => leaveLock(world)],
  ]
  const [what, act] = chance.of(happens)
  note(what)
  act()
}

function kill(place: Place): void {
  place.daemon?.kill()
  place.daemon = null
}

/** All its panes end; a host that comes back does not know them. */
function killHost({host}: MemoryWorld): void {
  for (const {pane} of host.live()) host.exit(pane, {code: -1})
  host.all.clear()
}

function change({github}: MemoryWorld, issue: number, to: object): void {
  const known = github.issues.get(issue)
  if (known) github.issues.set(issue, {...known, ...to})
}

/** An owner that never comes back holds the lock. */
function leaveLock({git}: MemoryWorld): void {
  if (git.landing !== null) return
  void git.renewOwner({owner: 'gone', host: 'away', pid: 1, beat: 0, startedAt: '', leaseMs: MINUTE})
  void git.acquireLanding('gone')
}

/** Slots that a ticket left long ago and that are not free. */
function heldSlots(places: readonly Place[]): string[] {
  return places.flatMap(({daemon, owner}) => {
    const slots = Object.values(daemon?.engine.state().agents ?? {})
    return slots.filter(({value}) => value === 'cleanup').map(({context}) => `${context.agent} of ${owner} is not free`)
  })
}

/** Issues that have neither landed, nor are free, nor are shown as needing a person; and why that is so. */
function restOf(issues: readonly number[], places: readonly Place[]): string[] {
  const {github, git, clock} = places[0]!.world
  return issues.flatMap(issue => {
    const claim = git.claimRefs.get(issue)
    const isClosed = github.issues.get(issue)?.state === 'closed'
    if (!claim) {
      if (isClosed) return []
      // An open issue is either free for people to see, or held by a reason that is shown.
      const states = places.flatMap(({daemon}) => daemon?.engine.state() ?? [])
      const ticket = states.flatMap(({tickets}) => tickets[issue] ?? []).find(({value}) => value !== 'lost')
      if (ticket) return [`#${issue} is ${ticket.value} without a claim`]
      return states.some(state => isReady(state, issue, clock.now())) ? [`#${issue} is free and is not taken`] : []
    }
    const holder = places.find(({owner}) => owner === claim.record.owner)
    const state = holder?.daemon?.engine.state()
    const ticket = state?.tickets[issue]
    if (state && ticket && needsOf(state, clock.now()).some(need => need.issue === issue)) return []
    return [
      `#${issue} is claimed by ${claim.record.owner} (${claim.record.phase}), and is ${ticket?.value ?? 'unknown'}${slotText(state, issue)}`,
    ]
  })
}

/** Whether a daemon would claim the issue at once. */
function isReady(state: State, issue: number, at: number): boolean {
  const candidate = state.queue.find(({issue: {number}}) => number === issue)
  if (!candidate || freeAgents(state).length === 0) return false
  return holdsOn(candidate, state, circumstancesOf(state, at)).next().done === true
}

/** What the slot of an issue does, for a person who replays. */
function slotText(state: State | undefined, issue: number): string {
  const slot = Object.values(state?.agents ?? {}).find(({context}) => context.ticket === issue)
  return slot ? `; ${slot.context.agent} is ${slot.value} (${slot.context.activity}) in ${slot.context.pane}` : ''
}

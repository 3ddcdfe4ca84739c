import fc from 'fast-check'
import {expect, it} from 'vitest'
import type {BranchRules, ForgeReading, GateChange, GateCheck} from '../../src/model/landing/gate/reading.ts'
import {AT_ONCE, type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'

const ISSUE = 7
const RULES: BranchRules = {
  requiredChecks: [],
  approvals: 0,
  codeOwners: false,
  conversations: false,
  mergeQueue: false,
}

/** What is true on GitHub of the one pull request, beside its own fields. */
type Truth = {
  check: GateCheck['state'] | 'none'
  suite: boolean
  changesAsked: boolean
  approved: boolean
  unresolved: boolean
  protectedPath: boolean
  closed: boolean
  label: string | null
}

/** One thing that happens: somebody changes what is true, time passes, GitHub answers late, the daemon is killed. */
type Step = {
  truth: Partial<Truth> & {base?: 'main' | 'release'; draft?: boolean}
  stale: boolean
  kill: number | null
  ms: number
}

const FINE: Truth = {
  check: 'pending',
  suite: false,
  changesAsked: false,
  approved: false,
  unresolved: false,
  protectedPath: false,
  closed: false,
  label: null,
}

const ALL_WELL: Step['truth'] = {...FINE, check: 'passed', base: 'main', draft: false}

/** A blocked label that GitHub shows only to the look right before the merge: once it was merged in a loop. */
const LATE_BLOCK: Step[] = [
  {truth: ALL_WELL, stale: true, kill: 5, ms: 20_000},
  {truth: {label: 'route:blocked'}, stale: true, kill: null, ms: 500},
  {truth: ALL_WELL, stale: true, kill: 3, ms: 20_000},
]

/** One change, or everything is well again: else hardly any work would ever be allowed to land. */
const change: fc.Arbitrary<Step['truth']> = fc.oneof(
  {weight: 6, arbitrary: fc.constant(ALL_WELL)},
  {weight: 2, arbitrary: fc.constantFrom('pending', 'failed', 'stopped', 'none').map(check => ({check}) as const)},
  {weight: 1, arbitrary: fc.boolean().map(suite => ({suite}))},
  {weight: 1, arbitrary: fc.boolean().map(changesAsked => ({changesAsked}))},
  {weight: 1, arbitrary: fc.boolean().map(approved => ({approved}))},
  {weight: 1, arbitrary: fc.boolean().map(unresolved => ({unresolved}))},
  {weight: 1, arbitrary: fc.boolean().map(protectedPath => ({protectedPath}))},
  {weight: 1, arbitrary: fc.constant({closed: true})},
  {weight: 1, arbitrary: fc.constantFrom('human-only', 'Human-Only', 'route:blocked').map(label => ({label}))},
  {weight: 1, arbitrary: fc.constantFrom('main' as const, 'release' as const).map(base => ({base}))},
  {weight: 1, arbitrary: fc.boolean().map(draft => ({draft}))},
)

const step: fc.Arbitrary<Step> = fc.record({
  truth: change,
  stale: fc.boolean(),
  kill: fc.option(fc.integer({min: 1, max: 12}), {nil: null, freq: 3}),
  ms: fc.constantFrom(0, 500, 1000, 20_000),
})

/** Why a person would be angry about a merge at this moment; written without a look at the gate. */
function reasonsAgainst(truth: Truth, {base, draft, head}: ForgeReading['pull']): string[] {
  const against = {
    'a check has not passed': truth.check !== 'passed',
    'a promised suite has not run': truth.suite,
    'a reviewer asked for changes': truth.changesAsked,
    'a conversation is open': truth.unresolved,
    'a protected path was not approved': truth.protectedPath && !truth.approved,
    'the issue is closed': truth.closed,
    'a label forbids it': truth.label !== null,
    'it goes into another branch': base.branch !== 'main',
    'it is a draft': draft,
    'it has no head': head.sha === '',
  }
  return Object.entries(against).flatMap(([reason, holds]) => (holds ? [reason] : []))
}

/** Lets GitHub answer as the truth is, or, to a daemon that is not about to merge, as it was. */
function play(world: MemoryWorld) {
  const {github, git} = world
  const wrong: string[] = []
  const now = {truth: FINE, stale: false}
  const [gate, merge, gateFacts] = [github.gate, github.merge, git.gateFacts.bind(git)]
  let last: ForgeReading | null = null
  github.gate = async options => {
    const {truth} = now
    const told = await gate(options)
    const {sha} = told.pull.head
    const by = {by: 'grace', association: 'MEMBER', mayPush: true, commit: sha, body: 'Look again.'} as const
    const reading: ForgeReading = {
      ...told,
      checks: {
        sha,
        checks: truth.check === 'none' ? [] : [{name: 'unit', state: truth.check, summary: '', url: null}],
        suites: truth.suite ? [{app: 'ci', completed: false, runs: 0}] : [],
      },
      reviews: truth.changesAsked ? [{...by, state: 'changes'}] : truth.approved ? [{...by, state: 'approved'}] : [],
      conversations: truth.unresolved ? 1 : 0,
      rules: {...RULES, conversations: true},
      issue: {
        state: truth.closed ? 'closed' : 'open',
        reason: truth.closed ? 'not_planned' : null,
        labels: truth.label === null ? [] : [truth.label],
        column: null,
      },
      baseChecks: {shown: true, idleApps: [], failing: []},
    }
    const answer = now.stale && git.landing === null && last?.pull.number === reading.pull.number ? last : reading
    last = reading
    return answer
  }
  git.gateFacts = async options => {
    const change: GateChange = {
      path: '.github/workflows/ci.yml',
      from: null,
      kind: 'modified',
      added: 1,
      left: 9,
      removed: 1,
    }
    return {...(await gateFacts(options)), changes: now.truth.protectedPath ? [change] : []}
  }
  github.merge = async options => {
    const merged = await merge(options)
    if (merged.state === 'merged') wrong.push(...reasonsAgainst(now.truth, github.pulls.get(options.pull)!))
    return merged
  }
  return {now, wrong}
}

it('no order of what people, checks and kills do, and no late answer, merges what must not merge', async () => {
  let merges = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, {minLength: 1, maxLength: 8}), async steps => {
      const world = memoryWorld()
      const {now, wrong} = play(world)
      world.github.openIssue(ISSUE)
      let calls = 0
      let killAt: number | null = null
      const watch = (_call: string, side: string, running: {kill(): void}) => {
        if (side !== 'before') return
        calls += 1
        if (killAt !== null && calls >= killAt) running.kill()
      }
      const start = async () => {
        const started = await world.start({mode: AT_ONCE, watch})
        started.reconciler.start()
        return started
      }
      let daemon: RunningDaemon | null = await start()
      await world.until(() => world.github.pulls.size > 0, 'its pull request is open')
      for (const {truth, stale, kill, ms} of steps) {
        daemon ??= await start()
        const {base, draft, ...rest} = truth
        now.truth = {...now.truth, ...rest}
        now.stale = stale
        for (const [number, pull] of world.github.pulls) {
          if (pull.state !== 'open') continue
          world.github.pulls.set(number, {
            ...pull,
            ...(base === undefined ? {} : {base: {...pull.base, branch: base}}),
            ...(draft === undefined ? {} : {draft}),
          })
        }
        calls = 0
        killAt = kill
        await world.clock.advance(ms)
        if (kill === null) continue
        daemon.kill()
        daemon = null
        killAt = null
      }
      daemon?.kill()
      merges += [...world.github.pulls.values()].filter(({state}) => state === 'merged').length
      expect([...wrong, ...world.wrong]).toEqual([])
    }),
    {numRuns: 60, examples: [[LATE_BLOCK]]},
  )
  // A world in which nothing is ever merged would prove nothing.
  expect(merges).toBeGreaterThan(5)
})

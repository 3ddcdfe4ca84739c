import {expect, it} from 'vitest'
import {type LandTerms, NO_TERMS} from '../../src/model/data/landing/terms.ts'
import type {GateReview} from '../../src/model/landing/gate/reading.ts'
import {memoryWorld} from './memory.ts'

const BY_WORD = {routing: 'auto', landing: 'by hand'} as const
const MINUTE = 60_000

/** These tickets are bottled, and land on such terms when a person says so. */
async function bottled(issues: readonly number[], change: Record<string, unknown> = {}) {
  const world = memoryWorld({routing: {max_agents: 8}, ...change})
  for (const number of issues) world.github.openIssue(number)
  const merges: string[] = []
  const {merge, gate} = world.github
  world.github.merge = async options => {
    merges.push(options.method)
    return merge(options)
  }
  const reviews: GateReview[] = []
  world.github.gate = async asked => {
    const reading = await gate(asked)
    return {...reading, reviews: reviews.map(one => ({...one, commit: reading.pull.head.sha}))}
  }
  const daemon = await world.start({mode: BY_WORD})
  daemon.reconciler.start()
  const waiting = () => Object.values(daemon.engine.state().tickets).filter(({value}) => value === 'bottled').length
  await world.until(() => waiting() === issues.length, 'all is bottled')
  const land = (terms: Partial<LandTerms>, at = daemon) => at.api.land({terms: {...NO_TERMS, ...terms}})
  const isClosed = (issue: number) => world.github.issues.get(issue)!.state === 'closed'
  const approve = (by: string) =>
    reviews.push({by, association: 'MEMBER', mayPush: true, state: 'approved', commit: '', body: ''})
  const ticket = (issue: number) => daemon.engine.state().tickets[issue]!
  return {world, daemon, land, isClosed, merges, approve, ticket}
}

it('--require-ci holds back what nothing checks, for this landing', async () => {
  const {world, land, isClosed, ticket} = await bottled([1, 2], {integration: {allow_no_checks: true, ci_timeout: 5}})
  world.github.verdicts.set('*', 'none')
  await land({requireCi: true})
  await world.until(() => ticket(1).value === 'held' && ticket(2).value === 'held', 'both wait for a person')
  expect(ticket(1).context.reason).toContain('this landing requires one (--require-ci)')
  await land({})
  await world.until(() => isClosed(1) && isClosed(2), 'both land on the terms of the configuration')
})

it('--require-reviews waits for so many approvals, after a restart too', async () => {
  const {world, daemon, land, isClosed, approve, ticket} = await bottled([1])
  await land({requireReviews: 2})
  approve('ada')
  await world.until(() => ticket(1).value === 'held', 'it waits')
  expect(ticket(1).context.reason).toBe('1 of 2 approvals')
  const {facts, gate} = await daemon.api.why({subject: '1'})
  expect(facts[0]?.text).toBe('#1 is held: 1 of 2 approvals')
  expect(facts[1]?.text, 'not that it is to be asked what was asked').toMatch(/^kept: branch /)
  expect(gate.map(({rule}) => rule)).toContain('reviews')
  daemon.kill()
  const next = await world.start({mode: BY_WORD})
  next.reconciler.start()
  await world.clock.advance(5 * MINUTE)
  expect(next.engine.state().tickets[1]).toMatchObject({value: 'held', context: {reason: '1 of 2 approvals'}})
  approve('bob')
  await world.until(() => isClosed(1), 'it lands with two approvals')
})

it('--strategy says how it merges, alone and in a bundle', async () => {
  const {world, land, isClosed, merges} = await bottled([1, 2], {integration: {merge_strategy: 'rebase'}})
  await land({strategy: 'merge'})
  await world.until(() => isClosed(1) && isClosed(2), 'both land')
  expect(merges).toEqual(['merge'])
  const one = await bottled([1], {integration: {merge_strategy: 'rebase'}})
  await one.land({strategy: 'squash'})
  await one.world.until(() => one.isClosed(1), 'it lands')
  expect(one.merges).toEqual(['squash'])
})

it('--strategy is refused where the repository does not allow it, and nothing leaves', async () => {
  const {world, daemon, land, ticket} = await bottled([1])
  world.github.rules = {
    methods: ['squash', 'rebase'],
    approvals: 0,
    codeOwners: false,
    mergeQueue: false,
    autoMerge: false,
  }
  const refused = {code: 'strategy-refused', exitCode: 2, message: expect.stringContaining('a merge commit')}
  await expect(land({strategy: 'merge'})).rejects.toMatchObject(refused)
  await expect(daemon.api.landPlan({terms: {...NO_TERMS, strategy: 'merge'}})).rejects.toMatchObject(refused)
  expect(ticket(1)).toMatchObject({value: 'bottled', context: {boarded: false}})
})

it.each([true, false])(
  '--delete-branch (%s) is followed where the configuration keeps branches',
  async deleteBranch => {
    const {world, land, isClosed, ticket} = await bottled([1], {integration: {delete_after_merge: false}})
    const {branch} = ticket(1).context
    await land({deleteBranch})
    await world.until(() => isClosed(1) && world.git.claimRefs.size === 0, 'it lands')
    expect(world.git.remote.branches.has(branch)).toBe(!deleteBranch)
  },
)

it('land --dry-run says what the terms change', async () => {
  const {daemon} = await bottled([1, 2])
  const terms = {...NO_TERMS, requireCi: true, requireReviews: 1, strategy: 'rebase', deleteBranch: true} as const
  const {board, steps} = await daemon.api.landPlan({terms})
  expect(board.map(({alone}) => alone)).toEqual([
    'its landing requires a review of its own',
    'its landing requires a review of its own',
  ])
  expect(steps).toContain('what nothing checks does not land')
  expect(steps.join('\n')).toContain('each merges by rebase')
})

it.each(['merge', 'squash', 'rebase'] as const)(
  'integration.merge_strategy = "%s" is followed by default',
  async way => {
    const {world, land, isClosed, merges} = await bottled([1], {integration: {merge_strategy: way}})
    await land({})
    await world.until(() => isClosed(1), 'it lands')
    expect(merges).toEqual([way])
  },
)

it('bundling.enabled = false: each lands by its own pull request, and only when a person says so', async () => {
  const {world, land, isClosed, merges} = await bottled([1, 2], {bundling: {enabled: false}})
  await world.clock.advance(30 * MINUTE)
  expect([1, 2].map(isClosed)).toEqual([false, false])
  await land({})
  await world.until(() => isClosed(1) && isClosed(2), 'both land')
  expect(merges).toHaveLength(2)
})

it('bundling.conflict_strategy = "alone": one that conflicts with another aboard lands by its own pull request', async () => {
  const bundling = {conflict_strategy: 'alone'}
  const {world, daemon, land, isClosed, ticket, merges} = await bottled([1, 2, 3], {bundling})
  const side = (issue: number) => ({key: `#${issue}`, label: `#${issue}`, ticket: issue, agent: null, branch: null})
  const conflict = {one: side(1), other: side(2), files: [{path: 'cart.ts', kind: 'contents'}], committed: true}
  daemon.engine.dispatch({type: 'conflictsSeen', sides: [1, 2, 3].map(side), conflicts: [conflict]})
  await land({})
  expect(ticket(2).context.alone).toBe('conflicts with #1 in cart.ts')
  await world.until(() => [1, 2, 3].every(isClosed), 'all land')
  expect(merges).toHaveLength(2)
})

it('why says what is asked of the landing', async () => {
  const {daemon, land} = await bottled([1])
  await land({strategy: 'rebase', requireReviews: 1, notifyAgents: true})
  const {facts} = await daemon.api.why({subject: '#1'})
  expect(facts.flatMap(({text}) => (text.startsWith('this landing: ') ? [text.slice(14)] : []))).toEqual([
    'each needs 1 approval of people with write access',
    'it merges by rebase',
    'agents whose files it changes get a note',
  ])
})

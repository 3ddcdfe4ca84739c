import {expect, it} from 'vitest'
import {memoryWorld} from './memory.ts'

const MINUTE = 60_000

/** #7 conflicts with main, and its agent may not repair it any more; `resolve` ends the conflict. */
async function conflicting(config: Record<string, unknown> = {}, repairs = 0) {
  const world = memoryWorld({...config, integration: {max_repairs: repairs, reviewers: ['ada']}})
  const {github, git} = world
  let isBad = true
  git.conflicts.get = () => (isBad ? ['cart.ts'] : undefined)
  const asked: string[] = []
  github.requestReviews = async ({pull, reviewers}) => {
    asked.push(`#${pull}`)
    return {asked: reviewers, refused: []}
  }
  github.openIssue(7)
  const daemon = await world.start({mode: {routing: 'auto', landing: 'at once'}})
  daemon.reconciler.start()
  const ticket = () => daemon.engine.state().tickets[7]!
  await world.until(() => ticket()?.context.draft === 'seen', 'its pull request is seen as a draft')
  const pull = () => github.pulls.get(ticket().context.pull!)!
  return {
    world,
    daemon,
    ticket,
    pull,
    asked,
    resolve() {
      isBad = false
    },
    markReady: () => void github.pulls.set(pull().number, {...pull(), draft: false}),
    isClosed: () => github.issues.get(7)!.state === 'closed',
  }
}

it('a conflict that its agent could not repair becomes a draft, and the ticket is blocked with that reason', async () => {
  const {world, daemon, ticket, pull, asked} = await conflicting()
  expect(ticket().value).toBe('blocked')
  expect(ticket().context.reason).toContain(`in draft #${pull().number} and mark it ready for review`)
  expect(pull()).toMatchObject({draft: true, state: 'open'})
  expect((await daemon.api.state({})).tickets.find(({number}) => number === 7)).toMatchObject({
    next: `resolve it in #${pull().number}, then mark it ready for review on GitHub`,
  })
  expect(asked).toEqual([`#${pull().number}`])
  expect(world.git.claimRefs.get(7)?.record).toMatchObject({phase: 'blocked', draft: true, pull: pull().number})
  await world.clock.advance(10 * MINUTE)
  expect(ticket().value).toBe('blocked')
})

it('it lands with what a person pushed, once the person marks it ready', async () => {
  const {world, ticket, pull, resolve, markReady, isClosed} = await conflicting()
  const {branch} = ticket().context
  world.git.remote.branches.set(branch, 'd'.repeat(40))
  await world.clock.advance(2 * MINUTE)
  expect(ticket().value, 'a push alone says nothing').toBe('blocked')
  resolve()
  markReady()
  await world.until(isClosed, 'it lands')
  expect(pull()).toMatchObject({state: 'merged', head: {sha: 'd'.repeat(40)}})
})

it('a person who marks it ready while no daemon runs is heard', async () => {
  const {world, daemon, resolve, markReady, isClosed} = await conflicting()
  daemon.kill()
  resolve()
  markReady()
  const next = await world.start({mode: {routing: 'auto', landing: 'by hand'}})
  next.reconciler.start()
  await world.until(isClosed, 'it lands')
})

it('a person who lands it while it is a draft reads what is missing', async () => {
  const {world, daemon, ticket, pull, resolve, markReady, isClosed} = await conflicting()
  await daemon.api.land({tickets: [{ticket: 7, claim: null}]})
  await world.clock.advance(MINUTE)
  expect(ticket()).toMatchObject({value: 'blocked', context: {reason: expect.stringContaining('is a draft')}})
  expect(pull().state).toBe('open')
  resolve()
  markReady()
  await world.until(isClosed, 'it lands')
})

it('conflict_strategy = "person" gives a conflict to a person at once, whatever repairs are left', async () => {
  const person = await conflicting({bundling: {conflict_strategy: 'person'}}, 2)
  expect(person.ticket()).toMatchObject({value: 'blocked', context: {repairs: 0}})
  expect(person.ticket().context.reason).toMatch(/^conflicts? .*cart\.ts; resolve it in draft/)
  person.resolve()
  person.markReady()
  await person.world.until(person.isClosed, 'it lands')
})

it.each(['merged', 'closed'] as const)(
  'a draft that a person %s between two looks is no longer waited for',
  async end => {
    const {world, ticket, pull, resolve, markReady, isClosed} = await conflicting()
    resolve()
    markReady()
    if (end === 'merged') world.github.mergeByHand(pull().number)
    else world.github.closePull(pull().number)
    if (end === 'merged') await world.until(isClosed, 'it is cleaned up')
    else await world.until(() => ticket().context.reason?.includes('was closed by hand') ?? false, 'it is told')
    expect(ticket().value).toBe(end === 'merged' ? 'merged' : 'blocked')
  },
)

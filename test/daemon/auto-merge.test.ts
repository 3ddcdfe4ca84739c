import {expect, it} from 'vitest'
import {type LandTerms, NO_TERMS} from '../../src/model/data/landing/terms.ts'
import {memoryWorld} from './memory.ts'

const BY_WORD = {routing: 'auto', landing: 'by hand'} as const

/** #1 is bottled; its pull request waits for a check that main requires, until `pass` lets it pass. */
async function bottled(change: Record<string, unknown> = {}) {
  const world = memoryWorld(change)
  const {github} = world
  github.rules = {...github.rules!, autoMerge: true}
  const {gate} = github
  let isWaiting = true
  github.judge = () => (isWaiting ? 'pending' : 'passed')
  github.gate = async asked => {
    const reading = await gate(asked)
    const rules = {...reading.rules!, requiredChecks: ['unit']}
    return {...reading, rules, mergeState: isWaiting ? 'blocked' : 'clean'}
  }
  github.openIssue(1)
  const daemon = await world.start({mode: BY_WORD})
  daemon.reconciler.start()
  await world.until(() => daemon.engine.state().tickets[1]?.value === 'bottled', 'it is bottled')
  return {
    world,
    daemon,
    github,
    land: (terms: Partial<LandTerms>) => daemon.api.land({terms: {...NO_TERMS, ...terms}}),
    pass() {
      isWaiting = false
    },
    isClosed: () => github.issues.get(1)!.state === 'closed',
    autoMerges: () => [...github.autoMerges],
    ticket: () => daemon.engine.state().tickets[1]!,
    said: () => world.hub.events.map(({message}) => message).join('\n'),
  }
}

it('what only waits for required checks is left to auto-merge, and is done when GitHub has merged it', async () => {
  const {world, github, land, isClosed, autoMerges, said} = await bottled()
  expect((await land({autoMerge: true})).notes).toEqual([])
  await world.until(() => autoMerges().length > 0, 'it is handed over')
  expect(autoMerges()).toEqual([101])
  expect(world.git.claimRefs.get(1)?.record.handedOver).toBe(true)
  github.mergeByHand(101)
  await world.until(isClosed, 'it is cleaned up')
  expect(said()).toContain("#101 is left to GitHub's auto-merge")
})

it('nothing is handed over where the landing does not ask for it', async () => {
  const {world, land, autoMerges} = await bottled()
  await land({})
  await world.clock.advance(60_000)
  expect(autoMerges()).toEqual([])
})

it.each<[string, (set: Awaited<ReturnType<typeof bottled>>) => unknown]>([
  [
    'keeps the issue for people',
    ({github}) => github.issues.set(1, {...github.issues.get(1)!, labels: ['route:ready', 'human-only']}),
  ],
  ['closes the issue', ({github}) => github.issues.set(1, {...github.issues.get(1)!, state: 'closed'})],
  ['pauses landing', ({daemon}) => daemon.api.pauseLanding({reason: ''})],
  ['stops the ticket', ({daemon}) => daemon.engine.dispatch({type: 'stopAsked', ticket: 1})],
])('it is taken back when a person %s', async (_, act) => {
  const set = await bottled()
  await set.land({autoMerge: true})
  await set.world.until(() => set.autoMerges().length > 0, 'it is handed over')
  await act(set)
  await set.world.until(() => set.autoMerges().length === 0, 'it is taken back')
  await set.world.until(() => set.world.git.claimRefs.get(1)?.record.handedOver === false, 'its claim says so')
  set.pass()
  await set.world.clock.advance(120_000)
  expect(set.github.pulls.get(101)?.state).toBe('open')
})

it('main that moves takes it back, and it is brought up to date before it is handed over again', async () => {
  const {world, github, land, autoMerges, ticket} = await bottled()
  await land({autoMerge: true})
  await world.until(() => autoMerges().length > 0, 'it is handed over')
  const {head} = ticket().context
  const heads: string[] = []
  const {setAutoMerge} = github
  github.setAutoMerge = async request => {
    heads.push(request.on?.sha ?? 'off')
    return setAutoMerge(request)
  }
  world.git.remote.main.push('e'.repeat(40))
  await world.until(() => autoMerges().length === 0, 'it is taken back')
  expect(heads).toEqual(['off'])
  expect(ticket().context.head).toBe(head)
})

it('a restart knows that GitHub may have it, and takes it back where the new terms do not ask for it', async () => {
  const {world, daemon, land, autoMerges} = await bottled({integration: {ci_timeout: 600}})
  await land({autoMerge: true})
  await world.until(() => autoMerges().length > 0, 'it is handed over')
  daemon.kill()
  const next = await world.start({mode: BY_WORD})
  next.reconciler.start()
  await world.clock.advance(120_000)
  expect(autoMerges()).toEqual([101])
  expect(next.engine.state().tickets[1]?.context.autoMerge.is).toBe('on')
  next.engine.dispatch({type: 'stopAsked', ticket: 1})
  await world.until(() => autoMerges().length === 0, 'it is taken back')
})

it('GitHub that refuses it, or a person who switches it off there, leaves the landing to Clambake', async () => {
  const refusing = await bottled()
  refusing.github.setAutoMerge = async () => ({state: 'refused', reason: 'Pull request is in clean status'})
  await refusing.land({autoMerge: true})
  await refusing.world.until(() => refusing.ticket().context.autoMerge.is === 'refused', 'it is refused')
  expect(refusing.said()).toContain('Pull request is in clean status')
  refusing.pass()
  await refusing.world.until(refusing.isClosed, 'it lands')

  const {world, github, land, autoMerges, pass, isClosed, ticket, said} = await bottled()
  await land({autoMerge: true})
  await world.until(() => ticket().context.autoMerge.is === 'on', 'it is handed over')
  github.autoMerges.clear()
  await world.until(() => said().includes('was switched off on GitHub'), 'it is noticed')
  await world.clock.advance(60_000)
  expect(autoMerges()).toEqual([])
  pass()
  await world.until(isClosed, 'it lands')
})

it('a repository without auto-merge is told of, and Clambake lands', async () => {
  const {world, github, land, pass, isClosed, autoMerges} = await bottled()
  github.rules = {...github.rules!, autoMerge: false}
  const {notes} = await land({autoMerge: true})
  expect(notes).toEqual([expect.stringContaining('does not allow auto-merge')])
  await world.clock.advance(60_000)
  expect(autoMerges()).toEqual([])
  pass()
  await world.until(isClosed, 'it lands')
})

it('where people merge, nothing is left to auto-merge', async () => {
  const {land} = await bottled({integration: {auto_merge: false}})
  await expect(land({autoMerge: true})).rejects.toMatchObject({code: 'people-merge', exitCode: 2})
})

it('a ticket that a person gives back on the board is taken back from GitHub as well', async () => {
  const board = {github: {project_id: 'PVT_1'}, sync: {strategy: 'github-wins'}}
  const {world, github, land, autoMerges} = await bottled(board)
  await land({autoMerge: true})
  await world.until(() => autoMerges().length > 0, 'it is handed over')
  await world.clock.advance(120_000)
  github.board!.set(1, 'Backlog')
  await world.until(() => autoMerges().length === 0, 'it is taken back')
})

it('a claim that another daemon took leaves nothing with GitHub by this one’s word', async () => {
  const {world, daemon, land, autoMerges} = await bottled()
  await land({autoMerge: true})
  await world.until(() => autoMerges().length > 0, 'it is handed over')
  const claim = world.git.claimRefs.get(1)!
  await world.git.bumpClaim(claim, {owner: 'other'})
  daemon.engine.dispatch({type: 'memberLost', ticket: 1, reason: 'it is another daemon’s'})
  await world.until(() => autoMerges().length === 0, 'it is taken back')
})

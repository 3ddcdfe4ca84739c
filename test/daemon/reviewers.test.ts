import {expect, it} from 'vitest'
import type {GateReview} from '../../src/model/landing/gate/reading.ts'
import {memoryWorld} from './memory.ts'

/** Two tickets are bottled and land at a person's word; gives whom GitHub was asked for, by pull request. */
async function landing(integration: Record<string, unknown>) {
  const world = memoryWorld({routing: {max_agents: 8}, integration: {review_lines: 100, ...integration}})
  const asked: string[] = []
  world.github.requestReviews = async ({pull, reviewers}) => {
    asked.push(`${world.github.pulls.get(pull)!.head.branch.replace(/^bundle.*/, 'bundle')}: ${reviewers.join(' ')}`)
    return {asked: reviewers, refused: reviewers.map(reviewer => ({reviewer, reason: 'unknown'}))}
  }
  const {gate} = world.github
  const reviews = new Map<string, GateReview[]>()
  world.github.gate = async wanted => {
    const reading = await gate(wanted)
    return {...reading, reviews: reviews.get(reading.pull.head.branch) ?? []}
  }
  for (const number of [1, 2]) world.github.openIssue(number)
  const daemon = await world.start({mode: {routing: 'auto', landing: 'by hand'}})
  daemon.reconciler.start()
  const tickets = () => Object.values(daemon.engine.state().tickets)
  await world.until(() => tickets().filter(({value}) => value === 'bottled').length === 2, 'both are bottled')
  const isClosed = (issue: number) => world.github.issues.get(issue)!.state === 'closed'
  const ticket = (issue: number) => daemon.engine.state().tickets[issue]!
  return {world, daemon, asked, reviews, isClosed, ticket}
}

const large = (heads: readonly string[]) =>
  new Map(
    heads.map(head => [head, [{path: 'a.ts', from: null, kind: 'added', added: 60, left: 60, removed: 0}] as const]),
  )

it('reviewers are asked to look at a bundle that is large in all, and nothing waits for them', async () => {
  const {world, daemon, asked, isClosed} = await landing({reviewers: ['ada']})
  world.git.workChanges = async heads => large(heads)
  daemon.engine.dispatch({type: 'landAsked', tickets: null})
  await world.until(() => isClosed(1) && isClosed(2), 'both land')
  expect(asked).toEqual(['bundle: ada'])
  const told = world.hub.events.filter(({message}) => message.includes('does not ask ada'))
  expect(told).toHaveLength(1)
})

it('what needs a review and has none stays behind with the reason, and the other lands', async () => {
  const {world, daemon, asked, reviews, isClosed, ticket} = await landing({
    ...{reviewers: ['ada'], review_lines: 50, require_reviews: 1},
  })
  world.git.workChanges = async heads => large(heads)
  const {branch, head} = ticket(1).context
  reviews.set(branch, [{by: 'ada', association: 'MEMBER', mayPush: true, state: 'approved', commit: head!, body: ''}])
  daemon.engine.dispatch({type: 'landAsked', tickets: null})
  await world.until(() => isClosed(1), 'the approved one lands')
  expect(asked.toSorted()).toEqual([`${branch}: ada`, `${ticket(2).context.branch}: ada`])
  expect(ticket(2)).toMatchObject({value: 'held', context: {reason: '0 of 1 approvals'}})
  const {again} = await daemon.api.landPlan({})
  expect(again).toEqual([expect.objectContaining({ticket: 2, reason: '0 of 1 approvals'})])
  reviews.set(ticket(2).context.branch, [
    {by: 'ada', association: 'MEMBER', mayPush: true, state: 'approved', commit: ticket(2).context.head!, body: ''},
  ])
  await world.until(() => isClosed(2), 'it lands once it is approved')
})

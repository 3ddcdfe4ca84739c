import {expect, it} from 'vitest'
import type {Coordination} from '../../src/hub/coordination.ts'
import {draft, sender, session} from './samples.ts'

/** What the hub promises of agents, whose slots have one ticket after another. */
export function claimsContract(sessions: () => Coordination): void {
  it('mail to an agent is for the ticket that it has then, also after a look by its next one', async () => {
    const hub = sessions()
    const [first, second] = ['acme/widgets#7 A', 'acme/widgets#8 B']
    const agent = (claim: string) => ({id: 'agent001@/work', project: 'acme/widgets', claim})
    await hub.join(session('shop-1', 'acme/shop'))
    await hub.join({...session('agent001@/work'), claim: first})
    // Its own commands do not know its ticket.
    await hub.join(session('agent001@/work'))
    const question = await hub.send(sender('agent001@/work'), draft('shop-1', {kind: 'request'}))
    const mail = await hub.send(sender('shop-1', 'acme/shop'), draft('agent001@/work'))
    const all = await hub.send(sender('agent001@/work'), draft('@all'))
    expect([question.senderClaim, mail.claim, all.claim]).toEqual([first, first, undefined])
    await hub.join({...session('agent001@/work'), claim: second})
    const answer = await hub.send(
      sender('shop-1', 'acme/shop'),
      draft('agent001@/work', {kind: 'done', answers: question.id}),
    )
    const given = async (reader: Parameters<typeof hub.handOver>[0]) =>
      (await hub.handOver(reader)).given.map(({id}) => id)
    expect(await given(agent(second))).toEqual([all.id])
    expect((await hub.waiting(agent(first))).map(({id}) => id)).toEqual([answer.id, mail.id])
    expect(await given({...agent(first), id: 'agent002@/work'})).toEqual([mail.id, answer.id])
    await hub.begun(first, [mail.id])
    await hub.giveUp([mail.id, answer.id])
    const [expired] = await hub.mail({to: ['nobody'], claims: [first], limit: 9})
    expect(expired).toMatchObject({id: answer.id, expiresAt: answer.at})
  })

  it('what an agent holds and reserves for a ticket ends when its slot has another one', async () => {
    const hub = sessions()
    const join = (claim: string) => hub.join({...session('agent001@/work'), claim})
    const agent = sender('agent001@/work')
    await join('acme/widgets#7 A')
    await hub.send(agent, draft('@all', {kind: 'blocker', resource: 'docker'}))
    await hub.reservations.reserve(agent, {patterns: ['src/cart/**'], why: 'totals', lifeMs: null})
    await hub.leave('agent001@/work')
    await join('acme/widgets#7 A')
    const held = async () => [(await hub.blockers()).length, (await hub.reservations.list()).length]
    expect(await held(), 'a pause of the same work').toEqual([1, 1])
    await hub.leave('agent001@/work')
    await join('acme/widgets#8 B')
    expect(await held()).toEqual([0, 0])
  })
}

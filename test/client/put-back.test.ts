import {describe, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import type {Asks} from '../../src/protocol/daemon.ts'
import {type Harness, startClient} from './harness.ts'
import {asks, peer, shop} from './samples.ts'

const dialog = (app: Harness) => app.state().ui.dialogs.at(-1)

function refused(): never {
  throw new ClambakeError({code: 'no-ticket', message: 'a001 works on #9 by now, and no longer on #123'})
}

describe('words that are refused', () => {
  it('stay in their dialog, for the agents that did not get them', async () => {
    const app = startClient()
    await app.connected()
    const sent = () => ({messages: []})
    app.daemon.answers.send = ({to}) => (to === 'agent001' ? refused() : sent())
    await app.press('v', 'v', 'n', ...'do it', 'enter')
    expect(app.daemon.callsOf('send').map(({to}) => to)).toEqual(['agent001', 'agent002'])
    const meant = {agent001: {ticket: 123, claim: 'claim of #123'}}
    expect(dialog(app)).toMatchObject({kind: 'message', to: 'agent001', also: [], text: 'do it', meant})
    app.daemon.answers.send = sent
    await app.press('enter')
    expect(app.state().ui.dialogs).toEqual([])
  })

  it('are kept as a message where they were typed under a terminal, which may be gone', async () => {
    const app = startClient()
    await app.connected()
    app.daemon.answers.send = refused
    await app.press('j', 'space', ...'no hurry', 'enter')
    expect(dialog(app)).toMatchObject({
      kind: 'message',
      to: 'agent002',
      text: 'no hurry',
      meant: {agent002: {ticket: 131, claim: 'claim of #131'}},
    })
  })
})

it('words under a terminal that ends while they are typed become a message, and no keys of the lists', async () => {
  const app = startClient()
  await app.connected()
  await app.press('j', 'space', ...'no hur')
  await app.tell({agents: shop.agents.map(row => (row.agent === 'agent002' ? {...row, pane: null, ticket: 140} : row))})
  await app.press(...'ry')
  expect(app.state().ui.dialogs).toMatchObject([
    {kind: 'message', to: 'agent002', text: 'no hurry', meant: {agent002: {ticket: 131, claim: 'claim of #131'}}},
  ])
})

describe('words that Esc closes', () => {
  it('are there again in the next message to the same agents, and in no other', async () => {
    const app = startClient()
    await app.connected()
    app.daemon.answers.send = () => ({messages: []})
    await app.press('n', ...'wait', 'escape', 'j', 'n')
    expect(dialog(app)).toMatchObject({to: 'agent002', text: ''})
    await app.press('escape', 'k', 'n')
    expect(dialog(app)).toMatchObject({to: 'agent001', text: 'wait'})
    await app.press('enter')
    expect(app.daemon.callsOf('send').map(({to, text}) => [to, text])).toEqual([['agent001', 'wait']])
    await app.press('n')
    expect(dialog(app)).toMatchObject({to: 'agent001', text: ''})
  })

  it('are gone where they were erased, or where the agent has other work by now', async () => {
    const app = startClient()
    await app.connected()
    await app.press('n', ...'one', 'escape', 'n', 'ctrl+u', 'escape', 'n')
    expect(dialog(app)).toMatchObject({text: ''})
    await app.press(...'two', 'escape')
    await app.tell({
      agents: shop.agents.map(row => (row.agent === 'agent001' ? {...row, claim: 'another claim'} : row)),
    })
    await app.press('n')
    expect(dialog(app)).toMatchObject({to: 'agent001', text: ''})
  })

  it('are there again with their kind in a letter to the same session', async () => {
    const app = startClient({state: {...shop, hub: {...shop.hub, peers: [peer({id: 'web'}), peer({id: 'api'})]}}})
    await app.connected()
    await app.press('5', 'n', 'tab', ...'mind', 'escape', 'j', 'n')
    expect(dialog(app)).toMatchObject({text: '', mail: 'info'})
    await app.press('escape', 'k', 'n')
    expect(dialog(app)).toMatchObject({text: 'mind', mail: 'warning'})
  })
})

describe('a message to an agent of another project', () => {
  it('names the claim that was seen, and stays in its dialog when that is over', async () => {
    const claim = 'acme/api#7 2026-11-29'
    const there = peer({id: 'agent001@/work/api', name: 'a001@api', project: 'acme/api', supervised: true, claim})
    const app = startClient({state: {...shop, hub: {...shop.hub, peers: [there]}}})
    await app.connected()
    app.daemon.answers.post = refused
    await app.press('5', 'n', ...'hello')
    await app.tell({hub: {...shop.hub, peers: [{...there, claim: 'acme/api#8 2026-11-30'}]}})
    await app.press('enter')
    expect(app.daemon.callsOf('post')).toEqual([{to: there.id, kind: 'info', text: 'hello', claim}])
    expect(dialog(app)).toMatchObject({kind: 'write', text: 'hello', seen: {id: there.id, claim}})
  })

  it('names none where it is for the whole project', async () => {
    const there = peer({id: 'agent001@/work/api', project: 'acme/api', claim: 'acme/api#7 2026-11-29'})
    const app = startClient({state: {...shop, hub: {...shop.hub, peers: [there]}}})
    await app.connected()
    app.daemon.answers.post = refused
    await app.press('5', 'n', 'ctrl+t', ...'hello', 'enter')
    expect(app.daemon.callsOf('post')).toEqual([{to: 'acme/api', kind: 'info', text: 'hello'}])
  })
})

describe('a line under a terminal', () => {
  const asking = (request: Asks | null, since = 1) =>
    shop.agents.map(row =>
      row.agent === 'agent002' ? {...row, state: request ? 'waiting' : 'working', asks: request, since} : row,
    ) as typeof shop.agents
  async function tell(app: Harness, request: Asks | null) {
    app.daemon.tell('state', {agents: asking(request)})
    // Changes that follow each other quickly are shown together.
    app.clock.pass(1000)
    await app.until(({agents}) => agents.find(row => row.agent === 'agent002')?.asks?.id === request?.id)
  }

  it.each([
    ['while the agent worked', null, 'a002 asks something else by now'],
    ['for an earlier request', {...asks, id: 1}, 'a002 asks something else by now'],
  ] as const)('that was begun %s is not typed into a new request, and stays', async (_, before, said) => {
    const app = startClient()
    await app.connected()
    await app.press('j')
    await tell(app, before)
    await app.press('space', ...'1 more')
    await tell(app, {...asks, id: 2})
    await app.press('enter')
    expect(app.toasts().at(-1)).toContain(said)
    expect([app.host.callsOf('pane.write'), app.daemon.callsOf('send')]).toEqual([[], []])
    expect(dialog(app)).toMatchObject({kind: 'peek', text: '1 more'})
    await app.press('enter')
    expect(app.host.callsOf('pane.write')).toEqual([{pane: 'pane-2', data: '1 more\r'}])
  })

  it('that was begun for a request is no message once that was answered', async () => {
    const app = startClient()
    await app.connected()
    await app.press('j')
    await tell(app, asks)
    await app.press('space', '1')
    await tell(app, null)
    await app.press('enter')
    expect(app.toasts().at(-1)).toContain('a002 no longer asks what the line was for')
    expect([app.host.callsOf('pane.write'), app.daemon.callsOf('send')]).toEqual([[], []])
  })

  it('that is begun after the request came is typed into it', async () => {
    const app = startClient()
    await app.connected()
    await app.press('j', 'space')
    await tell(app, asks)
    await app.press('1', 'enter')
    expect(app.host.callsOf('pane.write')).toEqual([{pane: 'pane-2', data: '1\r'}])
  })
})

import {afterAll, beforeAll, expect, it} from 'vitest'
import {systemClock} from '../../src/base/clock.ts'
import {hubApi} from '../../src/daemon/api/hub.ts'
import type {ApiParts} from '../../src/daemon/api/parts.ts'
import type {Sessions} from '../../src/daemon/world.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import {testHubs} from '../hub/open.ts'

const ADA = 'ada@laptop'
const hubs = testHubs()
const hub = openDirectHub({place: {kind: 'file', file: hubs.file}, clock: systemClock})
const parts = {sessions: hub as unknown as Sessions, caller: ADA, repository: 'acme/shop', clock: systemClock}
const api = hubApi(parts as unknown as ApiParts)
const web = {id: 'web-1', project: 'acme/web'}

beforeAll(async () => {
  const peer = {directory: '/work/web', task: '', model: 'claude', status: 'busy' as const, session: null}
  await hub.join({...web, ...peer, host: null, process: null})
  await hub.join({...peer, id: 'shop-1', project: 'acme/shop', host: null, process: null})
})

afterAll(async () => {
  await hub[Symbol.asyncDispose]()
  await hubs[Symbol.asyncDispose]()
})

const post = (draft: {
  to: string
  kind: 'info' | 'request' | 'done' | 'blocker'
  answers?: number
  resource?: string
}) =>
  hub.send(
    {name: web.id, instance: web.id, project: web.project},
    {text: 'from web', lifeMs: null, ...draft, answers: draft.answers ?? null, resource: draft.resource ?? null},
  )

it('sends as the person and shows each receipt', async () => {
  const {id} = await api.post({to: web.id, kind: 'request', text: 'which port?'})
  const seen = async () => (await api.mailbox({limit: 10})).find(mail => mail.id === id)
  expect(await seen()).toMatchObject({
    mine: true,
    unread: false,
    from: ADA,
    progress: {recipients: 1, handed: 0, begun: 0},
  })
  const {given} = await hub.handOver(web)
  expect(given.map(mail => mail.id)).toEqual([id])
  expect(await seen()).toMatchObject({progress: {handed: 1, begun: 0}})
  await hub.begun(web.id, [id])
  expect(await seen()).toMatchObject({progress: {handed: 1, begun: 1}})
})

it('sends nothing to an agent that works on another claim than the one that was seen', async () => {
  const peer = {project: 'acme/api', directory: '/work/api', model: 'claude', status: 'busy' as const, session: null}
  const agent = {id: 'agent001@/work/api', host: null, process: null, ...peer}
  await hub.join({...agent, task: '#8 Pages', claim: 'acme/api#8 2026-11-30'})
  const params = {to: agent.id, kind: 'info' as const, text: 'mind the port'}
  await expect(api.post({...params, claim: 'acme/api#7 2026-11-29'})).rejects.toMatchObject({
    code: 'mail-refused',
    message: 'agent001@/work/api works on #8 Pages by now, and no longer on #7',
    kept: 'the message was not sent',
  })
  await expect(api.post({...params, claim: 'acme/api#8 2026-11-30'})).resolves.toMatchObject({to: agent.id})
  await hub.leave(agent.id)
  await expect(api.post({...params, claim: 'acme/api#8 2026-11-30'})).rejects.toMatchObject({
    message: 'agent001@/work/api no longer works on #8',
  })
})

it('shows what a session answers to the person, and what the person has read', async () => {
  const asked = await api.post({to: web.id, kind: 'request', text: 'and the host?'})
  const answer = await post({to: ADA, kind: 'done', answers: asked.id})
  const [newest] = await api.mailbox({limit: 1})
  expect(newest).toMatchObject({id: answer.id, to: ADA, unread: true, mine: false})
  await api.readMail({ids: [answer.id]})
  expect((await api.mailbox({limit: 1}))[0]).toMatchObject({id: answer.id, unread: false})
  expect((await api.mailbox({limit: 10})).find(({id}) => id === asked.id)?.ended).toMatchObject({by: web.id})
})

it('lets nobody write to a person who did not write before', async () => {
  await expect(post({to: ADA, kind: 'info'})).rejects.toMatchObject({code: 'mail-refused'})
})

it("gives a session's messages, and lets the person end its blocker where it was sent", async () => {
  const blocker = await post({to: 'acme/shop', kind: 'blocker', resource: 'docker'})
  const of = await api.mailbox({limit: 50, peer: web.id})
  expect(of.map(({instance, to}) => instance === web.id || to === web.id)).not.toContain(false)
  expect(of[0]).toMatchObject({id: blocker.id, kind: 'blocker'})
  // Whom it was sent to may be gone; those who come read that it ended.
  await hub.leave('shop-1')
  await api.post({to: 'acme/shop', kind: 'done', text: 'ended by hand', answers: blocker.id})
  expect(await hub.blockers()).toEqual([])
})

it('refuses in a read-only run, which opens no hub', async () => {
  const without = hubApi({...parts, sessions: null} as unknown as ApiParts)
  await expect(without.mailbox({limit: 1})).rejects.toMatchObject({code: 'read-only'})
})

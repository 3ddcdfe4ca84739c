import {expect, it, vi} from 'vitest'
import {startClient} from './harness.ts'
import {ticket} from './samples.ts'

it('a ticket that was given up is tried again by the key that claims; one of another supervisor is not', async () => {
  const given = ticket({number: 200, phase: 'blocked', attention: 'it failed 5 times'})
  const app = startClient()
  Object.assign(app.daemon.answers, {pop: () => ({ticket: 200, title: 't', agent: 'agent002', branch: 'b'})})
  await app.connected()
  const shows = async (row: typeof given) => {
    app.daemon.tell('state', {tickets: [row]})
    app.clock.pass(1000)
    expect(app.state().lists.issues[0]).toMatchObject(row)
  }
  await shows(given)
  await app.press('g', 'P')
  await vi.waitFor(() => expect(app.daemon.callsOf('pop')).toEqual([{issue: 200}]))
  await shows({...given, foreignOwner: 'vm'})
  await app.press('P')
  expect(app.daemon.callsOf('pop')).toHaveLength(1)
  expect(app.toasts().join()).toContain('claimed by vm')
})

import {expect, it} from 'vitest'
import {startClient} from './harness.ts'
import {key} from './keys.ts'
import {header, shop} from './samples.ts'

it('keys before the first state wait, are shown, and are pressed in their order once it is there', async () => {
  const app = startClient()
  app.daemon.answers.pop = ({issue}) => ({ticket: issue!, title: '', agent: 'agent001', branch: 'b'})
  for (const chord of ['j', 'j', 'j', 'j', 'P']) app.client.press(key(chord))
  expect(app.state().ui.early).toEqual(['j', 'j', 'j', 'j', 'P'])
  expect(app.toasts()).toEqual([])
  await app.connected()
  await app.client.idle()
  expect(app.daemon.callsOf('pop')).toEqual([{issue: 127}])
  expect(app.state().ui.early).toEqual([])
})

it('keys wait while the daemon reads GitHub for the first time, and not when that fails', async () => {
  const reading = {...shop, header: {...header, main: null}, tickets: [], agents: [], pulls: []}
  const app = startClient({state: reading})
  await app.connected()
  app.client.press(key('j'))
  expect(app.state().ui.early).toEqual(['j'])
  await app.tell({tickets: shop.tickets, header})
  expect(app.state().ui).toMatchObject({early: [], selection: {issues: {index: 1}}})
  const away = startClient({state: {...reading, header: {...reading.header, troubles: ['GitHub does not answer']}}})
  await away.connected()
  away.client.press(key('j'))
  expect(away.state().ui.early).toEqual([])
})

it('keys after one that opened a dialog are dropped: they were not pressed in sight of it', async () => {
  const app = startClient()
  for (const chord of ['L', 'enter']) app.client.press(key(chord))
  await app.connected()
  await app.client.idle()
  expect(app.state().ui.dialogs.at(-1)).toMatchObject({kind: 'land'})
  expect(app.daemon.callsOf('land')).toEqual([])
  expect(app.toasts().join()).toContain('1 of the keys pressed before were dropped')
})

it('help and leaving do not wait, and Esc drops what waits', () => {
  const app = startClient()
  app.client.press(key('j'))
  app.client.press(key('escape'))
  expect(app.state().ui.early).toEqual([])
  app.client.press(key('q'))
  expect(app.onQuit).toHaveBeenCalledOnce()
})

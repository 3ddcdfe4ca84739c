import {expect, it, vi} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {detailAnswers} from './details.ts'
import {startClient} from './harness.ts'
import {key} from './keys.ts'
import {shop} from './samples.ts'

async function started() {
  const app = startClient()
  Object.assign(app.daemon.answers, detailAnswers)
  await app.connected()
  return app
}

type App = Awaited<ReturnType<typeof started>>
const dialog = (app: App) => app.state().ui.dialogs.at(-1)

it('opens one message alone and goes back to the list, then out', async () => {
  const app = await started()
  await app.press('I', 'enter')
  expect(dialog(app)).toMatchObject({kind: 'mailbox', selected: 14, whole: 0})
  expect(app.daemon.callsOf('readMail')).toEqual([{ids: [14]}])
  await app.press('escape')
  expect(dialog(app)).toMatchObject({kind: 'mailbox', whole: null})
  await app.press('escape')
  expect(dialog(app)).toBeUndefined()
})

it('follows the hub while it is open, and keeps the selection', async () => {
  const app = await started()
  await app.press('I', 'j')
  expect(dialog(app)).toMatchObject({selected: 12})
  const [first, ...others] = detailAnswers.mailbox()
  app.daemon.answers.mailbox = () => [{...first!, id: 20, answers: null}, ...others]
  await app.tell({hub: {...shop.hub, unread: 3}})
  expect(app.daemon.callsOf('mailbox')).toHaveLength(1)
  app.daemon.tell('state', {hub: {...shop.hub, mailMark: 'b'}})
  await vi.waitFor(() => {
    app.clock.pass(100)
    expect(dialog(app)).toMatchObject({kind: 'mailbox', mark: 'b'})
  })
  await app.client.idle()
  expect(app.daemon.callsOf('mailbox')).toHaveLength(2)
  expect(dialog(app)).toMatchObject({selected: 12, mail: {value: [{id: 20}, {}, {}, {}]}})
})

it('gives back what was written when it is refused', async () => {
  const app = await started()
  app.daemon.answers.post = () => {
    throw new ClambakeError({
      code: 'mail-refused',
      message: 'the message was not sent: web-3f2a is gone',
      next: 'clambake who',
    })
  }
  await app.press('5', 'j', 'n', ...'hello', 'enter')
  expect(dialog(app)).toMatchObject({kind: 'write', text: 'hello'})
  expect(app.toasts().join()).toContain('web-3f2a is gone')
})

it('takes pasted text with its lines and wide characters, and refuses what is too long before it is sent', async () => {
  const app = await started()
  await app.press('5', 'j', 'n')
  app.client.press({...key('a'), paste: true, text: '一行目\n二行目', raw: ''})
  await app.press('backspace')
  expect(dialog(app)).toMatchObject({text: '一行目\n二行'})
  app.client.press({...key('a'), paste: true, text: '五'.repeat(1500), raw: ''})
  await app.press('enter')
  expect(app.daemon.callsOf('post')).toEqual([])
  expect(dialog(app)).toMatchObject({kind: 'write'})
  expect(app.toasts().join()).toContain('too long')
})

it('says why it cannot be opened while the hub is away', async () => {
  const app = await started()
  await app.tell({hub: {...shop.hub, link: {is: 'away', reason: 'locked', since: 0}}})
  await app.press('I')
  expect(dialog(app)).toBeUndefined()
  expect(app.toasts().join()).toContain('the hub does not answer')
  await app.press('5', 'n')
  expect(app.toasts().join()).toContain('message: the hub does not answer')
})

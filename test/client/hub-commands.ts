import {expect, vi} from 'vitest'
import type {Harness} from './harness.ts'

const dialog = (app: Harness) => app.state().ui.dialogs.at(-1)

/** What keys do with messages between sessions: those of the samples, the one that waits for the person first. */
export const HUB_COMMANDS = {
  'hub.mailbox': async (app: Harness, press: string) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'mailbox', mail: {state: 'ready'}, selected: 14, mark: 'a'})
    expect(app.daemon.callsOf('mailbox')).toEqual([{limit: 100}])
  },
  'mail.answer': async (app: Harness, press: string) => {
    await app.press('I', press, ...'half-even 五')
    expect(dialog(app)).toMatchObject({kind: 'write', mail: 'done', addresses: ['cart-1a2b'], text: 'half-even 五'})
    await app.press('enter')
    expect(app.daemon.callsOf('readMail')).toEqual([{ids: [14]}])
    expect(app.daemon.callsOf('post')).toEqual([{to: 'cart-1a2b', kind: 'done', text: 'half-even 五', answers: 14}])
    expect(dialog(app)).toMatchObject({kind: 'mailbox'})
  },
  'mail.end': async (app: Harness, press: string) => {
    await app.press('I', 'j', press)
    expect(dialog(app)).toMatchObject({kind: 'end-mail', mail: {id: 12}})
    expect(app.daemon.callsOf('post')).toEqual([])
    await app.press('enter')
    expect(app.daemon.callsOf('post')).toEqual([{to: '@all', kind: 'done', text: 'ended by hand', answers: 12}])
    expect(app.toasts()).toEqual(['the blocker of web-3f2a has ended'])
  },
  'mail.write': async (app: Harness, press: string) => {
    await app.press('I', press)
    expect(dialog(app)).toMatchObject({
      kind: 'write',
      addresses: ['@all', 'acme/shop', 'acme/docs', 'acme/web', 'acme/api', 'acme/cart'],
    })
  },
  'mail.read': async (app: Harness, press: string) => {
    await app.press('I', press, press)
    expect(app.daemon.callsOf('readMail')).toEqual([{ids: [14]}])
    expect(dialog(app)).toMatchObject({mail: {value: [{id: 15, unread: true}, {id: 14, unread: false}, {}, {}]}})
  },
  'mail.read-all': async (app: Harness, press: string) => {
    await app.press('I', press)
    expect(app.daemon.callsOf('readMail')).toEqual([{ids: [15, 14]}])
  },
  'write.kind': async (app: Harness, press: string) => {
    await app.press('5', 'j', 'n', ...'mind the port', press)
    expect(dialog(app)).toMatchObject({mail: 'warning', naming: false})
    await app.press(press)
    expect(dialog(app)).toMatchObject({mail: 'blocker', naming: true})
    await app.press(...'docker', 'enter', 'enter')
    const text = 'mind the port'
    expect(app.daemon.callsOf('post')).toEqual([{to: 'web-3f2a', kind: 'blocker', text, resource: 'docker'}])
    expect(app.toasts()).toEqual(['stored for web-3f2a (acme/web); the mailbox shows who has it'])
  },
  'write.to': async (app: Harness, press: string) => {
    await app.press('5', 'j', 'n', press, press, ...'hello', 'enter')
    expect(app.daemon.callsOf('post')).toEqual([{to: '@all', kind: 'info', text: 'hello'}])
  },
  'hub.memory': async (app: Harness, press: string) => {
    await searched(app, press)
    expect(dialog(app)).toMatchObject({kind: 'memory', typing: true, found: {value: [{ref: '12'}, {ref: 'g3'}]}})
    expect(app.daemon.callsOf('recall')).toEqual([{query: '', limit: 100}])
  },
  'memory.search': async (app: Harness, press: string) => {
    await searched(app, 'K', 'enter', press, ...'cart tag:docker')
    await vi.waitFor(() => {
      app.clock.pass(100)
      const asked = {query: 'cart', tags: ['docker'], limit: 100}
      expect(app.daemon.callsOf('recall').at(-1)).toEqual(asked)
    })
    // One search for all that was typed without a pause.
    expect(app.daemon.callsOf('recall')).toHaveLength(2)
  },
  'memory.resolve': (app: Harness, press: string) => changes(app, ['enter', press], {ref: '12', status: 'resolved'}),
  'memory.deprecate': (app: Harness, press: string) =>
    changes(app, ['enter', 'j', press], {ref: 'g3', status: 'deprecated'}),
  'memory.activate': (app: Harness, press: string) =>
    changes(app, ['enter', 'j', press], {ref: 'g3', status: 'active'}),
}

async function searched(app: Harness, ...presses: string[]): Promise<void> {
  const [first, ...others] = presses
  await app.press(first!)
  await vi.waitFor(() => {
    app.clock.pass(0)
    expect(dialog(app)).toMatchObject({found: {state: 'ready'}})
  })
  await app.press(...others)
}

/** Asks, and changes nothing before that is confirmed. */
async function changes(app: Harness, presses: string[], change: object): Promise<void> {
  await searched(app, 'K', ...presses)
  expect(dialog(app)).toMatchObject({kind: 'memory-status'})
  expect(app.daemon.callsOf('memoryStatus')).toEqual([])
  await app.press('enter')
  expect(app.daemon.callsOf('memoryStatus')).toEqual([change])
}

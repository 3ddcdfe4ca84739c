import {describe, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {type Harness, startClient} from './harness.ts'

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
    const tickets = {agent001: 123}
    expect(dialog(app)).toMatchObject({kind: 'message', to: 'agent001', also: [], text: 'do it', tickets})
    app.daemon.answers.send = sent
    await app.press('enter')
    expect(app.state().ui.dialogs).toEqual([])
  })

  it('are kept as a message where they were typed under a terminal, which may be gone', async () => {
    const app = startClient()
    await app.connected()
    app.daemon.answers.send = refused
    await app.press('j', 'space', ...'no hurry', 'enter')
    expect(dialog(app)).toMatchObject({kind: 'message', to: 'agent002', text: 'no hurry', tickets: {agent002: 131}})
  })
})

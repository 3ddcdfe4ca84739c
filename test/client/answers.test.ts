import {describe, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import type {AgentRow} from '../../src/protocol/daemon.ts'
import {type Harness, startClient} from './harness.ts'
import {asks, header, shop} from './samples.ts'

async function started(options: Parameters<typeof startClient>[0] = {}): Promise<Harness> {
  const app = startClient(options)
  app.daemon.answers.answerAgent = () => ({asks, did: 'denied Bash: npm install'})
  await app.connected()
  return app
}

const dialog = (app: Harness) => app.state().ui.dialogs.at(-1)
const asking = (what: AgentRow['asks']) => ({...shop.agents[0]!, asks: what})

describe('an answer', () => {
  it.each([
    ['something else', {...asks, id: asks.id + 1}],
    ['nothing', null],
  ])('is not given when the agent asks %s by now', async (_, now) => {
    const app = await started()
    await app.press('a')
    await app.tell({agents: [asking(now)]})
    await app.press('y', 'Y', 'N', '1', 'enter')
    expect(app.daemon.callsOf('answerAgent')).toEqual([])
    expect(dialog(app)).toMatchObject({kind: 'answer', word: null})
    await app.press('escape')
    expect(app.state().ui.dialogs).toEqual([])
  })

  it('is not given by Enter or Esc, and a word that is typed can be left again', async () => {
    const app = await started()
    await app.press('a', 'enter', 'N', ...'no', 'escape')
    expect(dialog(app)).toMatchObject({kind: 'answer', word: null})
    await app.press('escape')
    expect(app.state().ui.dialogs).toEqual([])
    await app.press('a', 'N', 'enter')
    expect(app.daemon.callsOf('answerAgent')).toEqual([
      {agent: 'agent001', meant: {ticket: 123, claim: 'claim of #123'}, id: asks.id, answer: {kind: 'deny'}},
    ])
  })

  it('that is refused leaves the word of a denial in its dialog', async () => {
    const app = await started()
    app.daemon.answers.answerAgent = () => {
      throw new ClambakeError({code: 'asks-other', message: 'agent001 now asks something else'})
    }
    await app.press('a', 'N', ...'use npm', 'enter')
    expect(dialog(app)).toMatchObject({kind: 'answer', word: 'use npm', asks: {id: asks.id}})
  })

  it.each([
    ['agent002', ['j', 'a'], {}, 'answer: a002 asks nothing'],
    ['no agent', ['G', 'a'], {}, 'answer: no agent works on this row'],
    ['a client of its own', ['a'], {agents: [asking(null)]}, 'answer: only its terminal can answer that: attach'],
    ['a read-only screen', ['a', 'y'], {header: {...header, readOnly: true}}, /this is a read-only screen/],
  ])('says why there is none: %s', async (_, keys, change, reason) => {
    const app = await started({state: {...shop, ...change}})
    await app.press(...keys)
    expect(app.toasts()).toEqual([typeof reason === 'string' ? reason : expect.stringMatching(reason)])
    expect(app.daemon.callsOf('answerAgent')).toEqual([])
  })
})

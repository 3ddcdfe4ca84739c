import {expect, it} from 'vitest'
import {detailAnswers} from './details.ts'
import {startClient} from './harness.ts'

it('messages and stops are for the agents of all marked issues', async () => {
  const app = startClient()
  Object.assign(app.daemon.answers, detailAnswers, {stopAgent: () => ({saved: 'refs/clambake/rescue/1'})})
  await app.connected()
  await app.press('v', 'v', 'n', ...'wait', 'enter')
  expect(app.daemon.callsOf('send').map(({to}) => to)).toEqual(['agent001', 'agent002'])
  // What was done takes the marks off.
  expect(app.state().ui.marks.issues).toEqual([])
  await app.press('g', 'v', 'v', 'D')
  expect(app.state().ui.dialogs.at(-1)).toMatchObject({kind: 'stop', agent: 'agent001', also: [{agent: 'agent002'}]})
  await app.press('enter')
  expect(app.daemon.callsOf('stopAgent')).toEqual([{agent: 'agent001'}, {agent: 'agent002'}])
})

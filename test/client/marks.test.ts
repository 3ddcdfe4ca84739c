import {expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import type {AgentId} from '../../src/model/data/ids.ts'
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
  expect(app.daemon.callsOf('stopAgent')).toEqual([
    {agent: 'agent001', meant: {ticket: 123, claim: 'claim of #123'}},
    {agent: 'agent002', meant: {ticket: 131, claim: 'claim of #131'}},
  ])
})

it('P starts agents on all marked issues after one question that names their number', async () => {
  const app = startClient()
  await app.connected()
  let free = 1
  app.daemon.answers.pop = ({issue}) => {
    if (free-- > 0) return {ticket: issue!, title: '', agent: 'agent001', branch: 'b'}
    throw new ClambakeError({code: 'no-free-agent', message: 'no agent is free', next: 'wait'})
  }
  await app.press('j', 'j', 'j', 'j', 'v', 'v', 'v', 'v', 'P')
  expect(app.daemon.callsOf('pop')).toEqual([])
  const dialog = app.state().ui.dialogs.at(-1)
  expect(dialog).toMatchObject({kind: 'claim', issues: [{number: 127}, {number: 133}, {number: 136}], left: 1})
  await app.press('enter')
  expect(app.daemon.callsOf('pop')).toEqual([{issue: 127}, {issue: 133}, {issue: 136}])
  expect(app.toasts()).toEqual([
    '1 of 3 claimed · #127 claimed by a001 · not claimed: #133: no agent is free; #136: no agent is free',
  ])
  expect(app.state().ui.marks.issues).toEqual([])
})

it('P claims the issue whose details are open', async () => {
  const app = startClient()
  Object.assign(app.daemon.answers, detailAnswers)
  await app.connected()
  app.daemon.answers.pop = ({issue}) => ({ticket: issue!, title: '', agent: 'agent001', branch: 'b'})
  await app.press('j', 'j', 'j', 'j', 'i', 'P')
  expect(app.daemon.callsOf('pop')).toEqual([{issue: 127}])
  await app.press('escape', 'g', 'i', 'P')
  expect(app.toasts().at(-1)).toContain('#123 is working')
})

it('a reset gives all marked issues back after one question, as one step for undo', async () => {
  const app = startClient()
  const saved = 'refs/clambake/rescue/1'
  const reset = ({agent, issue}: {agent: AgentId; issue?: number}) => ({
    ...{agent, ticket: issue!, steps: [], saved, isReady: true},
  })
  Object.assign(app.daemon.answers, detailAnswers, {reset})
  await app.connected()
  await app.press('v', 'v', 'x')
  expect(app.state().ui.dialogs.at(-1)).toMatchObject({kind: 'reset', ticket: 123, also: [{ticket: 131}]})
  await app.press('enter')
  const group = expect.any(String)
  expect(app.daemon.callsOf('reset')).toEqual([
    {agent: 'agent001', meant: {ticket: 123, claim: 'claim of #123'}, group},
    {agent: 'agent002', meant: {ticket: 131, claim: 'claim of #131'}, group},
  ])
  expect(app.toasts().at(-1)).toBe('2 issues released')
  await app.press('G', 'x')
  expect(app.toasts().at(-1)).toContain('no agent has or had this issue')
})

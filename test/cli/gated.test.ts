import {describe, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {runLine} from './command-line.ts'

const GATED = new ClambakeError({code: 'gated', message: '#7 is held back: labelled human-only', next: 'force it'})
const POPPED = {ticket: 7, title: 'Do it', agent: 'agent001', branch: 'b', passed: ['labelled human-only']}

/** Runs a command line with a daemon that answers `pop` and `route`, in a terminal where the person says `yes`. */
async function clambake(line: string, {interactive = false, yes = false, json = false, route = {}} = {}) {
  const calls: unknown[] = []
  const daemon = {
    async call(method: string, params: {force?: boolean; over?: string}) {
      calls.push(params)
      if (method === 'route') return route
      if (params.force !== true && params.over !== GATED.message) throw GATED
      return POPPED
    },
  }
  return {...(await runLine(line, {daemon, json, yes: interactive ? yes : null})), calls}
}

describe('pop of an issue that is held back', () => {
  it('asks in a terminal, and takes it after a yes', async () => {
    const {calls, said, out} = await clambake('pop 7', {interactive: true, yes: true})
    expect(calls).toEqual([{issue: 7}, {issue: 7, over: GATED.message}])
    expect(said).toEqual(['#7 is held back: labelled human-only'])
    expect(out).toContain('passed over: labelled human-only')
  })

  it.each([
    ['after a no', {interactive: true}],
    ['without a terminal', {yes: true}],
    ['for a script', {interactive: true, yes: true, json: true}],
  ])('claims nothing %s', async (_, how) => {
    const {calls, failure} = await clambake('pop 7', how)
    expect(calls).toEqual([{issue: 7}])
    expect(failure).toBe(GATED)
  })

  it('takes it by --force, which needs an issue', async () => {
    expect((await clambake('pop 7 --force')).calls).toEqual([{issue: 7, force: true}])
    const {calls, failure} = await clambake('pop --force')
    expect(calls).toEqual([])
    expect(failure).toMatchObject({exitCode: 2, message: expect.stringContaining('--force needs an issue')})
  })
})

describe('route of an issue that is held back', () => {
  const row = (change: object) => ({number: 7, title: '', reasons: [], held: null, passed: [], agent: null, ...change})
  const answer = (change: object) => ({refused: [], claimed: [], order: [row(change)], decided: {ms: 1, calls: 0}})

  it('names what holds it back, what helps, and ends with 1', async () => {
    const {out, exit} = await clambake('route --issue 7', {route: answer({held: 'labelled human-only'})})
    expect(out).toMatch(
      /^#7 was not claimed: labelled human-only\nnext: --force passes over a missing label and an unt/,
    )
    expect(exit).toBe(1)
  })

  it('sends nobody to pop what an agent works on', async () => {
    const {out, exit} = await clambake('route --issue 7 --force', {route: answer({held: 'with agent002'})})
    expect(out).toBe('#7 was not claimed: with agent002\nnext: clambake why 7; clambake attach agent002')
    expect(exit).toBe(1)
  })

  it('says what --force passed over', async () => {
    const passed = ['eve is not in routing.trusted_authors']
    const route = {...answer({passed, agent: 'agent001'}), claimed: [{ticket: 7, agent: 'agent001'}]}
    const {out, exit} = await clambake('route --issue 7 --force', {route})
    expect(out).toBe('#7 → agent001, passed over: eve is not in routing.trusted_authors')
    expect(exit).toBe(0)
  })
})

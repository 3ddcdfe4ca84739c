import {describe, expect, it} from 'vitest'
import {runLine} from './command-line.ts'

const CURES = [
  {do: 'safe one', safe: true},
  {do: 'removes a claim', safe: false},
]
const findings = CURES.map(({do: will, safe}) => ({
  pattern: will,
  subject: '#7',
  issue: 7,
  agent: null,
  what: 'contradicts itself',
  since: null,
  cure: {by: 'command', will, safe, next: 'clambake agents recover agent001', treatment: {}},
}))

/** Runs a command line; `yes` is the person's answer, null: there is no terminal. */
async function clambake(line: string, yes: boolean | null) {
  const calls: string[] = []
  const daemon = {
    async call(method: string, {pattern}: {pattern?: string}) {
      calls.push([method, pattern].filter(Boolean).join(' '))
      if (method === 'diagnose') return {findings, needs: [], unread: []}
      if (method === 'state') return {agents: []}
      return {agent: 'agent001', ticket: 7, fill: null, done: 'done'}
    },
  }
  return {...(await runLine(line, {daemon, yes})), calls}
}

describe('context clear', () => {
  it.each([
    ['a yes', true, ''],
    ['--yes without a terminal', null, ' --yes'],
  ])('forgets the conversation after %s', async (_, yes, option) => {
    expect((await clambake(`context a1 clear${option}`, yes)).calls).toEqual(['clear'])
  })

  it.each([
    ['after a no', false],
    ['without a terminal', null],
  ])('forgets nothing %s, and says how', async (_, yes) => {
    const {calls, failure} = await clambake('context a1 clear', yes)
    expect(calls).toEqual([])
    expect(failure).toMatchObject({code: 'not-confirmed', exitCode: 1, next: expect.stringContaining('clear --yes')})
  })

  it('compact asks nothing', async () => {
    expect((await clambake('context a1 compact', null)).calls).toEqual(['compact'])
  })
})

describe('agents recover', () => {
  const cured = (calls: readonly string[]) => calls.filter(call => call.startsWith('cure'))

  it('does what is safe without a terminal, and names the rest with what does it', async () => {
    const {calls, out, exit} = await clambake('agents recover a1', null)
    expect(cured(calls)).toEqual(['cure safe one'])
    expect(out).toContain('it was not confirmed: --yes does it without asking')
    expect(exit).toBe(1)
  })

  it('says what each cure does before it asks, and does all after a yes', async () => {
    const {calls, said} = await clambake('agents recover a1', true)
    expect(said.join('\n')).toContain('removes a claim')
    expect(cured(calls)).toEqual(['cure safe one', 'cure removes a claim'])
    expect(cured((await clambake('agents recover a1 --yes', null)).calls)).toHaveLength(2)
  })
})

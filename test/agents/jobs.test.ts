import {describe, expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {createJobs, type Job} from '../../src/agents/jobs/jobs.ts'
import {memoryHost} from '../daemon/memory-host.ts'
import {refusal} from '../git/setup.ts'
import {aConfig} from '../model/builders.ts'

const JOB: Job = {
  kind: 'verify',
  ticket: 7,
  branch: 'agent001/7-count',
  session: 'a-session',
  worktree: '/w',
  commands: ['lint', 'npm test'],
  timeoutMinutes: 2,
}
const OWN = {CLAMBAKE_PORT: '21000'}
const TOKEN = 'ghp_0123456789abcdefghij'

function setUp() {
  const clock = createFakeClock()
  const host = memoryHost(clock)
  const env = {PATH: '/bin', GITHUB_TOKEN: TOKEN, OTHER: TOKEN}
  const jobs = createJobs({
    host,
    clock,
    config: aConfig(),
    sandbox: null,
    env,
    variablesOf: async () => OWN,
    stopGraceMs: 1000,
  })
  return {clock, host, jobs}
}

describe('a job', () => {
  it('runs its commands in turn, in the worktree, without a token, in panes of no agent', async () => {
    const {host, jobs} = setUp()
    expect(await jobs.run(JOB)).toBe('passed')
    expect(host.ran.map(({command}) => command.at(-1))).toEqual([
      expect.stringMatching(/\nlint$/),
      expect.stringMatching(/\nnpm test$/),
    ])
    for (const {cwd, env, meta, title} of host.ran) {
      expect({cwd, title}).toEqual({cwd: '/w', title: 'verify'})
      expect(env).toMatchObject({PATH: '/bin', CI: 'true', CLAMBAKE_TICKET: '7', ...OWN})
      expect(JSON.stringify(env)).not.toContain(TOKEN)
      expect(meta).not.toHaveProperty('agent')
      expect(meta).not.toHaveProperty('ticket')
    }
    expect(host.all.size, 'no pane is left').toBe(0)
  })

  it('ends with the first command that fails, and keeps the end of its output, safe to show', async () => {
    const {host, jobs} = setUp()
    const lines = Array.from({length: 500}, (_, index) => `line ${index}`)
    host.run = () => ({code: 3, text: [...lines, `\u001b[31mtoken ${TOKEN}`].join('\n')})
    const outcome = await jobs.run(JOB)
    expect(outcome).toMatchObject({command: 'lint', exit: 'code 3'})
    const {output} = outcome as {output: string}
    expect(output).toMatch(/^line 301\n[\s\S]*line 499\ntoken ghp_\[redacted\]$/)
    expect(host.ran).toHaveLength(1)
    host.run = () => ({code: 1, text: 'x'.repeat(100_000)})
    expect(await jobs.run(JOB)).toMatchObject({output: 'x'.repeat(8192)})
  })

  it.each([
    [0, 9, 'SIGKILL'],
    [0, 15, 'SIGTERM'],
    [0, 1, 'SIGHUP'],
    [0, 2, 'SIGINT'],
    // A shell, and what waits like one, exits so when its child was ended by the signal.
    [137, null, 'SIGKILL'],
    [143, null, 'SIGTERM'],
    [129, null, 'SIGHUP'],
    [130, null, 'SIGINT'],
  ])('that is ended from outside (code %i, signal %s) says nothing about the work', async (code, signal, name) => {
    const {host, jobs} = setUp()
    host.run = () => ({code, text: 'half a line', ...(signal !== null && {signal})})
    const error = await refusal(jobs.run(JOB))
    expect(error).toMatchObject({code: 'run-interrupted', message: expect.stringContaining(name)})
    expect(host.all.size, 'no pane is left').toBe(0)
  })

  it.each([
    [0, 11, 'signal 11'],
    [0, 6, 'signal 6'],
    [139, undefined, 'code 139'],
    [128, undefined, 'code 128'],
  ])('that crashes by itself (code %i, signal %s) is failed work', async (code, signal, exit) => {
    const {host, jobs} = setUp()
    host.run = () => ({code, ...(signal !== undefined && {signal})})
    expect(await jobs.run(JOB)).toMatchObject({command: 'lint', exit})
  })

  it('that hangs is ended after its time limit', async () => {
    const {clock, host, jobs} = setUp()
    host.run = () => null
    const outcome = jobs.run(JOB)
    await clock.advance(119_000)
    expect(host.live()).toHaveLength(1)
    await clock.advance(1000)
    expect(await outcome).toMatchObject({command: 'lint', exit: 'timed out after 2 minutes'})
    expect(host.all.size).toBe(0)
  })

  it('can be ended for its ticket, and then begins no further command', async () => {
    const {clock, host, jobs} = setUp()
    host.run = () => null
    const outcome = jobs.run(JOB)
    await clock.advance(0)
    await jobs.end(8)
    expect(host.live()).toHaveLength(1)
    await jobs.end(7)
    expect(await outcome).toBe('ended')
    expect(host.ran).toHaveLength(1)
    expect(host.all.size).toBe(0)
  })

  it('ends what an earlier run left behind, and no agent', async () => {
    const {host, jobs} = setUp()
    await jobs.run(JOB)
    const [old] = host.ran
    host.run = () => null
    await host.spawn({...old!, pane: 'left'})
    await host.spawn({...old!, pane: 'a', meta: {agent: 'agent001', ticket: '7'}})
    await jobs.end()
    expect([...host.all.keys()]).toEqual(['a'])
    expect(host.live()).toHaveLength(1)
  })

  it('whose host is gone has no result', async () => {
    const {clock, host, jobs} = setUp()
    host.run = () => null
    const outcome = refusal(jobs.run(JOB))
    await clock.advance(0)
    const [pane] = host.all.keys()
    host.exit(pane!)
    host.all.clear()
    expect(await outcome).toMatchObject({code: 'disconnected'})
  })
})

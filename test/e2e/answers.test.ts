import {expect, it} from 'vitest'
import type {StepInput} from '../../fixtures/agent/script.ts'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import {openPlay} from './stage.ts'
import {stateWhen, traceInClaim} from './steps.ts'

const LONG_MS = 30_000

/** Asks before it works; what it says afterwards shows that it continued. */
function asks(...commands: string[]): DemoIssue {
  const steps = commands.flatMap((command): StepInput[] => [
    {do: 'ask', command},
    {do: 'say', text: `Went on after ${command}`},
  ])
  return {title: 'Asks first', body: 'As the title says.', labels: ['route:ready'], turns: [[...steps, {do: 'hang'}]]}
}

const agentOf = ({agents}: DaemonState, ticket: number) => agents.find(row => row.ticket === ticket)
const asked = (state: DaemonState, ticket: number) => agentOf(state, ticket)?.asks?.input ?? null

it('an answer is given by two keys, by a command, or by the configuration, and is not lost with the daemon', {
  timeout: 240_000,
}, async () => {
  const issues = [
    asks('npm install left-pad', 'npm install right-pad'),
    asks('npm ci', 'npm audit'),
    asks('npm run build', 'npm run build && ls'),
  ]
  await using play = await openPlay({issues, commands: {allow: ['Bash(npm run *)']}})

  // By two keys, after the whole request was shown.
  const app = play.open()
  await app.sees('Asks first')
  await app.press('p')
  await app.sees(/a001 #1 .*◆ asks Bash/, {timeoutMs: LONG_MS})
  await app.press('!', 'a')
  await app.sees('a001 asks to use Bash')
  await app.sees('command: npm install left-pad')
  await app.sees(/in .*worktrees\/issue-1/)
  await app.press('y')
  await app.sees('a001: allowed Bash: npm install left-pad')
  await app.sees('Went on after npm install left-pad')
  await app.sees(/◆ asks Bash npm install right-pad/, {timeoutMs: LONG_MS})
  await app.press('a')
  await app.sees('command: npm install right-pad')
  await app.press('N')
  await app.sees('to a001 >')
  await app.type('use left-pad')
  await app.press('enter')
  await app.sees('No: use left-pad')
  await app.sees('Went on after npm install right-pad')
  await app.press('q')
  await app.gone()

  // By a command, also to a question that was asked while the daemon was dead.
  expect((await play.command(['agents', 'answer', 'agent002', 'allow'])).exitCode).toBe(1)
  await play.popped(2)
  await stateWhen(play, state => asked(state, 2) === 'command: npm ci')
  const shown = await play.command(['agents', 'answer', 'a2'])
  expect(shown).toMatchObject({exitCode: 1, stdout: expect.stringMatching(/asks to use Bash[\s\S]*command: npm ci\n/)})
  expect((await play.command(['status'])).stdout).toContain('#2 asks Bash npm ci: clambake agents answer a002')
  expect((await play.command(['agents', 'answer', 'a2', 'perhaps'])).exitCode).toBe(2)
  expect((await play.command(['agents', 'answer', 'a2', 'allow', '--id', '1'])).exitCode).toBe(1)
  const allowed = await play.command(['agents', 'answer', 'a2', 'allow'])
  expect(allowed).toMatchObject({exitCode: 0, stdout: expect.stringContaining('allowed Bash: npm ci')})
  const before = await stateWhen(play, state => asked(state, 2) === 'command: npm audit')
  const first = play.pids().daemon!
  process.kill(first, 'SIGKILL')
  await stateWhen(play, state => play.pids().daemon !== first && asked(state, 2) === 'command: npm audit')
  const id = String(agentOf(before, 2)!.asks!.id)
  const denied = await play.json('agents', 'answer', 'a2', 'deny', '--message', 'not today', '--id', id)
  expect(denied).toEqual({agent: 'agent002', did: 'denied Bash: npm audit (not today)'})
  await stateWhen(play, state => agentOf(state, 2)?.state === 'working' && asked(state, 2) === null)

  // By the lists of the configuration, and only by them.
  await play.popped(3)
  const state = await stateWhen(play, now => asked(now, 3) === 'command: npm run build && ls')
  expect(state.events.map(({message}) => message)).toContain('agents.allow allowed Bash: npm run build')

  // No endpoint for traces is configured: nothing is traced.
  expect(await traceInClaim(play, 1)).toBeNull()
  expect(state.events.filter(event => event.traceId !== undefined)).toEqual([])
})

import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import type {StepInput} from '../../fixtures/agent/script.ts'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import {openPlay} from './stage.ts'
import {stateWhen} from './steps.ts'

const LONG_MS = 30_000

/** Asks before it works; what it says afterwards shows that it continued. */
function asks(...commands: string[]): DemoIssue {
  const steps = commands.flatMap((command): StepInput[] => [
    {do: 'ask', command},
    {do: 'say', text: `Went on after ${command}`},
  ])
  return {title: 'Asks first', body: 'As the title says.', labels: ['route:ready'], turns: [[...steps, {do: 'hang'}]]}
}

const asked = ({agents}: DaemonState) => agents[0]?.asks?.input ?? null

it('is given on the screen by two keys, after the whole request was shown', {timeout: 120_000}, async () => {
  await using play = await openPlay({issues: [asks('npm install left-pad', 'npm install right-pad')]})
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
})

it('is given by a command, also to a question that was asked while the daemon was dead', {
  timeout: 120_000,
}, async () => {
  await using play = await openPlay({issues: [asks('npm ci', 'npm audit')]})
  expect((await play.command(['agents', 'answer', 'agent001', 'allow'])).exitCode).toBe(1)
  await play.popped(1)
  await stateWhen(play, state => asked(state) === 'command: npm ci')
  const shown = await play.command(['agents', 'answer', 'a1'])
  expect(shown).toMatchObject({exitCode: 1, stdout: expect.stringMatching(/asks to use Bash[\s\S]*command: npm ci\n/)})
  expect((await play.command(['status'])).stdout).toContain('#1 asks Bash npm ci: clambake agents answer a001')
  expect((await play.command(['agents', 'answer', 'a1', 'perhaps'])).exitCode).toBe(2)
  expect((await play.command(['agents', 'answer', 'a1', 'allow', '--id', '1'])).exitCode).toBe(1)
  const allowed = await play.command(['agents', 'answer', 'a1', 'allow'])
  expect(allowed).toMatchObject({exitCode: 0, stdout: expect.stringContaining('allowed Bash: npm ci')})

  const {agents} = await stateWhen(play, state => asked(state) === 'command: npm audit')
  const first = play.pids().daemon!
  process.kill(first, 'SIGKILL')
  await stateWhen(play, state => play.pids().daemon !== first && asked(state) === 'command: npm audit')
  const denied = await play.json(
    'agents',
    'answer',
    'a1',
    'deny',
    '--message',
    'not today',
    '--id',
    String(agents[0]!.asks!.id),
  )
  expect(denied).toEqual({agent: 'agent001', did: 'denied Bash: npm audit (not today)'})
  await stateWhen(play, ({agents: [row]}) => row?.state === 'working' && row.asks === null)
})

it('is given by the lists of the configuration, and only by them', {timeout: 120_000}, async () => {
  await using play = await openPlay({issues: [asks('npm run build', 'npm run build && ls')]})
  const file = join(play.checkout, 'clambake.toml')
  const settings = await readFile(file, 'utf8')
  await writeFile(file, settings.replace('[agents]\n', '[agents]\nallow = ["Bash(npm run *)"]\n'))
  await play.popped(1)
  const state = await stateWhen(play, now => asked(now) === 'command: npm run build && ls')
  expect(state.events.map(({message}) => message)).toContain('agents.allow allowed Bash: npm run build')
})

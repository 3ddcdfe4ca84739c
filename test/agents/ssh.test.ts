import fc from 'fast-check'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {NOTHING_TRUSTED} from '../../src/agents/claude/trusted.ts'
import {sshRun} from '../../src/agents/isolation/ssh.ts'
import {launchPlan} from '../../src/agents/profile.ts'
import {run} from '../../src/base/run.ts'
import {type Config, configSchema} from '../../src/model/data/config.ts'

const SESSION = '6b3c1c5e-1f0b-4a55-9c0b-3a3c1f6a2b11'

function commandOf(profile: object, prompt: string): readonly string[] {
  const config: Config = configSchema.parse({agents: {profile: 'far'}, profiles: {far: profile}})
  return launchPlan({
    config,
    ticket: {issue: 7, title: 'Fix', branch: 'agent001/7-fix', session: SESSION, worktree: "/r/it's/7"},
    agent: 'agent001',
    resume: false,
    prompt,
    trusted: NOTHING_TRUSTED,
    hostEnv: {PATH: '/bin', ANTHROPIC_API_KEY: 'key-secret'},
    think: 'think',
  }).command
}

it('runs a profile on another machine, in its worktree there', () => {
  const far = {
    runner: 'ssh',
    host: 'builder',
    runner_args: ['-o', 'BatchMode=yes'],
    command: ['codex', 'exec', '{prompt}'],
    prompt: 'argument',
    state: 'exit',
    env: {API_KEY: 'profile-secret'},
  }
  const command = commandOf(far, "it's; rm -rf ~")
  expect(command.slice(0, -1)).toEqual(['ssh', '-t', '-o', 'BatchMode=yes', '--', 'builder'])
  expect(command.at(-1)).toBe(
    `cd '/r/it'\\''s/7' && exec env 'CLAMBAKE_AGENT=agent001' 'CLAMBAKE_TICKET=7' 'CLAMBAKE_BRANCH=agent001/7-fix' ` +
      `'codex' 'exec' 'it'\\''s; rm -rf ~'`,
  )
  expect(command.join(' ')).not.toContain('secret')
})

it('quotes every word for the remote shell', async () => {
  using folder = temporaryFolder()
  const word = fc.string({unit: fc.constantFrom(...'ab \'"$`\\;&|<>(){}*?!~#\n-='), minLength: 1, maxLength: 12})
  await fc.assert(
    fc.asyncProperty(fc.array(word, {minLength: 1, maxLength: 4}), async words => {
      const node = [process.execPath, '-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', '--']
      const options = {host: 'h', args: [], directory: folder.path, variables: {A: words[0]!}}
      const remote = sshRun({...options, command: [...node, ...words]}).at(-1)!
      const {stdout} = await run('/bin/sh', {args: ['-c', remote], env: {PATH: process.env.PATH}})
      expect(JSON.parse(stdout)).toEqual(words)
    }),
    {numRuns: 15},
  )
})

it('fills in the words of kubectl, which parses none of them again', () => {
  const script = 'cd "$1" && exec codex exec "$2"'
  const far = {
    command: ['kubectl', 'exec', '-it', 'agents-0', '--', 'sh', '-c', script, 'sh', '{worktree}', '{prompt}'],
    prompt: 'argument',
    state: 'exit',
  }
  const prompt = '$(reboot) {worktree}'
  expect(commandOf(far, prompt)).toEqual([...far.command.slice(0, -2), "/r/it's/7", prompt])
  const run = {
    command: [
      'kubectl',
      'run',
      '-it',
      '--rm',
      '--restart=Never',
      '--image=img',
      'clambake-{session}',
      '--',
      '{prompt}',
    ],
    prompt: 'argument',
    state: 'exit',
  }
  expect(commandOf(run, prompt).slice(6)).toEqual([`clambake-${SESSION}`, '--', prompt])
})

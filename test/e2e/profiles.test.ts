import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import {type FakeDocker, installDocker} from '../../fixtures/docker/install.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {poll} from '../../src/base/clock.ts'
import {isAlive} from '../../src/base/run.ts'
import {quickCi} from './checks.ts'
import {openPlay} from './stage.ts'
import {PATIENCE} from './steps.ts'

const PLAIN = join(import.meta.dirname, '../../fixtures/agent/plain.ts')

/** The text of the only file in a folder; empty while there is no file. */
function textOf(folder: string): string {
  const [file] = existsSync(folder) ? readdirSync(folder) : []
  return file === undefined ? '' : readFileSync(join(folder, file), 'utf8')
}

function kettle(...turns: DemoIssue['turns']): DemoIssue {
  return {title: 'Polish the kettle', body: 'Until it shines.', labels: ['route:ready'], turns}
}

describe.concurrent('an agent that posts no hooks', () => {
  it.each([
    ['falls silent', {state: 'quiet', quiet_seconds: 2}, ''],
    ['sends a notification', {state: 'notify'}, '\x1b]9;Turn complete\x07'],
    ['rings the bell', {state: 'notify'}, '\x07'],
  ] as const)('lands its work when it %s, once it was reminded of its commit', {timeout: 240_000}, async (...row) => {
    const [, how, done] = row
    const profile = {command: [process.execPath, PLAIN, done], ...how}
    await using play = await openPlay({issues: [kettle()], ci: quickCi, profile})
    await play.popped()
    await play.bottled(1)
    const {facts} = (await play.json('why', '1')) as {facts: {text: string}[]}
    expect(facts.map(({text}) => text)).toContain('1 start, 0 repairs, 1 reminder')
    await play.landed(1)
    expect(await play.repository.readFile('plain.txt')).toBe('work\n')
  })
})

describe('an agent in a container', () => {
  const running = (docker: FakeDocker) => poll(() => docker.containers().find(({pid}) => pid > 0), PATIENCE)

  it('is swept and resumed after the daemon and the terminal host were killed, and lands', {
    timeout: 240_000,
  }, async () => {
    await using folder = temporaryFolder()
    const docker = installDocker(folder.path)
    const issue = kettle(
      [
        {do: 'edit', file: 'docs/kettle.md', content: '# Kettle\n'},
        {do: 'say', text: 'polishing'},
        {do: 'hang'},
        {do: 'commit', message: 'Polish the kettle'},
      ],
      [{do: 'commit', message: 'Polish the kettle'}],
    )
    const profile = {runner: 'docker', image: 'any'}
    await using play = await openPlay({issues: [issue], ci: quickCi, profile, env: {PATH: docker.path}})
    await play.popped()
    const first = await running(docker)
    // It has noted that it hangs: killed a moment sooner, it would hang again.
    const hangs = () => JSON.parse(textOf(join(first!.env.HOME!, '.fixture-agent')) || '{}').step === 3 || undefined
    expect(await poll(hangs, PATIENCE)).toBe(true)
    const {daemon, host} = play.pids()
    for (const pid of [daemon!, host!]) process.kill(pid, 'SIGKILL')
    await poll(() => (isAlive(daemon!) || isAlive(host!) ? undefined : true), PATIENCE)
    expect(isAlive(first!.pid)).toBe(true)

    await play.command(['daemon', 'start'])
    await play.bottled(1)
    expect(isAlive(first!.pid)).toBe(false)
    // Its slot is freed first, then its container is ended.
    expect(await poll(() => docker.containers().length === 0 || undefined, PATIENCE)).toBe(true)
    const runs = docker.log().filter(([verb]) => verb === 'run')
    expect(runs.map(words => words.includes('--resume'))).toEqual([false, true])
    expect(JSON.stringify(runs)).not.toContain(play.env.GITHUB_TOKEN)
    await play.landed(1)
    expect(await play.repository.readFile('docs/kettle.md')).toBe('# Kettle\n')
  })
})

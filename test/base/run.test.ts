import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {describe, expect, it} from 'vitest'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {poll} from '../../src/base/clock.ts'
import {isAlive, run} from '../../src/base/run.ts'

const env = sealedEnv('/nonexistent')
const node = (code: string, ...args: string[]) => ({args: ['--eval', code, '--', ...args], env})

it('gives what was printed, without the last newline', async () => {
  expect(await run(process.execPath, node('console.log("out\\n"); console.error("err")'))).toEqual({
    exitCode: 0,
    stdout: 'out\n',
    stderr: 'err',
  })
})

it('passes arguments as they are, never through a shell', async () => {
  const args = ['$(touch x)', '; rm -rf /', '*', 'a b', '']
  const {stdout} = await run(process.execPath, node('console.log(JSON.stringify(process.argv.slice(1)))', ...args))
  expect(JSON.parse(stdout)).toEqual(args)
})

it('gives the child this environment and no other', async () => {
  const {stdout} = await run(process.execPath, {
    args: ['--eval', 'console.log(JSON.stringify(process.env))'],
    env: {ONLY: 'this'},
  })
  expect(JSON.parse(stdout)).toEqual({ONLY: 'this'})
})

it('writes its input and closes it; without one the child reads nothing', async () => {
  const echo = node('process.stdin.pipe(process.stdout)')
  expect((await run(process.execPath, {...echo, input: 'one\ntwo'})).stdout).toBe('one\ntwo')
  expect((await run(process.execPath, echo)).stdout).toBe('')
})

it('runs where it is told', async () => {
  using folder = temporaryFolder()
  const {stdout} = await run(process.execPath, {...node('console.log(process.cwd())'), cwd: folder.path})
  expect(stdout).toBe(folder.path)
})

it('takes exit codes that are answers', async () => {
  const three = node('process.exit(3)')
  expect(await run(process.execPath, {...three, accept: [0, 3]})).toMatchObject({exitCode: 3})
  await expect(run(process.execPath, three)).rejects.toMatchObject({
    code: 'run-failed',
    message: expect.stringContaining('exited with 3'),
  })
})

it('tells what the program complained of', async () => {
  await expect(run(process.execPath, node('console.error("no such branch"); process.exit(1)'))).rejects.toThrow(
    'exited with 1: no such branch',
  )
})

it('ends a program that takes too long', async () => {
  await expect(run(process.execPath, {...node('setInterval(() => {}, 1000)'), timeoutMs: 100})).rejects.toThrow(
    'took over 100 ms',
  )
})

it('ends a program when it is told to', async () => {
  const abort = new AbortController()
  const running = run(process.execPath, {...node('setInterval(() => {}, 1000)'), signal: abort.signal})
  abort.abort()
  await expect(running).rejects.toMatchObject({code: 'run-failed'})
})

it('says by which signal a program ended', async () => {
  await expect(run(process.execPath, node('process.kill(process.pid, "SIGKILL")'))).rejects.toThrow('ended by SIGKILL')
})

it('says when there is no such program', async () => {
  await expect(run('no-such-program-at-all', {args: [], env})).rejects.toMatchObject({
    code: 'run-failed',
    message: expect.stringMatching(/^no-such-program-at-all .*could not be started.*ENOENT/),
  })
})

describe('a process', () => {
  it('is alive until it ends, whether or not somebody collects it', async () => {
    // `exec` leaves the first one to a parent that never asks for it.
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 1000'], {stdio: ['ignore', 'pipe', 'ignore']})
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer]
      const child = Number(line.toString())
      const collected = await poll(() => (isAlive(child) ? undefined : true), {everyMs: 5, timeoutMs: 5000})
      expect(collected).toBe(true)
      expect(process.kill(child, 0)).toBe(true)
      expect(isAlive(parent.pid!)).toBe(true)
    } finally {
      parent.kill('SIGKILL')
      await once(parent, 'exit')
    }
    expect(isAlive(parent.pid!)).toBe(false)
  })
})

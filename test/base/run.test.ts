import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {setImmediate} from 'node:timers/promises'
import {afterAll, afterEach, describe, expect, it, vi} from 'vitest'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {poll} from '../../src/base/clock.ts'
import {execute} from '../../src/base/execute.ts'
import {ANY_EXIT_CODE, isAlive, run, runForBytes, runThrough} from '../../src/base/run.ts'
import {createStarter, type Starter} from '../../src/base/starter.ts'

const env = sealedEnv('/nonexistent')
const node = (code: string, ...args: string[]) => ({args: ['--eval', code, '--', ...args], env})

const entry = join(import.meta.dirname, '../../src/base/starter-main.ts')

describe.each(['by this process', 'by a starter'])('a program that is started %s', by => {
  const direct: Starter = {execute, async [Symbol.asyncDispose]() {}}
  const starter = by === 'by a starter' ? createStarter({entry, label: 'a test'}) : direct
  const through = runThrough(starter)
  afterAll(async () => {
    through[Symbol.dispose]()
    await starter[Symbol.asyncDispose]()
  })

  it('gives what was printed, without the last newline', async () => {
    expect(await run(process.execPath, node('console.log("out\\n"); console.error("err")'))).toEqual({
      exitCode: 0,
      stdout: 'out\n',
      stderr: 'err',
    })
  })

  it('gives its output byte by byte when asked to', async () => {
    const {stdout} = await runForBytes(process.execPath, node('process.stdout.write(Buffer.from([255, 0, 10]))'))
    expect([...stdout]).toEqual([255, 0, 10])
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
    await expect(running).rejects.toMatchObject({code: 'run-interrupted'})
  })

  it('says by which signal a program ended', async () => {
    await expect(run(process.execPath, node('process.kill(process.pid, "SIGKILL")'))).rejects.toThrow(
      'ended by SIGKILL',
    )
  })

  it('says when a program cannot be given an argument, and runs the next one', async () => {
    await expect(run(process.execPath, node('', 'a\0b'))).rejects.toMatchObject({
      code: 'run-failed',
      message: expect.stringMatching(/could not be started.*null bytes/s),
    })
    expect((await run(process.execPath, node('console.log(1)'))).stdout).toBe('1')
  })

  it('says when there is no such program', async () => {
    await expect(run('no-such-program-at-all', {args: [], env})).rejects.toMatchObject({
      code: 'run-failed',
      message: expect.stringMatching(/^no-such-program-at-all .*could not be started.*ENOENT/),
    })
  })

  it('says when it is the folder that is missing', async () => {
    await expect(run(process.execPath, {...node(''), cwd: '/no/such/folder'})).rejects.toMatchObject({
      code: 'run-failed',
      message: expect.stringMatching(/could not be started: there is no folder \/no\/such\/folder$/),
    })
  })

  it('ends a program that prints too much, and takes none of it for an answer', async () => {
    const prints = node('process.stdout.write("x".repeat(2000)); setInterval(() => {}, 1000)')
    const outcome = await run(process.execPath, {...prints, maxBytes: 1000, accept: ANY_EXIT_CODE}).catch(
      ({cause}) => cause,
    )
    expect(outcome).toMatchObject({exitCode: undefined, stdout: '', failure: 'it printed more than 1000 bytes'})
    const ends = node('process.stdout.write("x".repeat(2000))')
    await expect(run(process.execPath, {...ends, maxBytes: 1000, accept: ANY_EXIT_CODE})).rejects.toThrow()
    expect((await run(process.execPath, {...ends, maxBytes: 2000})).stdout).toHaveLength(2000)
  })

  it('leaves out the mark before a text, and a newline of Windows behind it', async () => {
    const {stdout} = await run(process.execPath, node('process.stdout.write("\\ufeffa\\r\\n\\r\\n")'))
    expect(stdout).toBe('a\r\n')
  })

  it('does not mind a program that reads only a part of its input', async () => {
    const input = 'x'.repeat(1_000_000)
    expect(await run(process.execPath, {...node('process.exit(0)'), input})).toMatchObject({exitCode: 0})
  })
})

describe('a program that does not end when it is asked to', () => {
  afterEach(() => vi.useRealTimers())

  it('is killed after a while', async () => {
    using folder = temporaryFolder()
    const deaf = join(folder.path, 'deaf')
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']})
    const args = ['-c', `trap "" TERM; echo > ${deaf}; while :; do sleep 0.05; done`]
    const running = execute({file: 'sh', args, env: {PATH: process.env.PATH}, timeoutMs: 1000})
    while (!existsSync(deaf)) await setImmediate()
    await vi.advanceTimersByTimeAsync(1000)
    expect(await Promise.race([running, setImmediate('runs')])).toBe('runs')
    await vi.advanceTimersByTimeAsync(5000)
    expect(await running).toMatchObject({timedOut: true, signal: 'SIGKILL', failure: 'it took over 1000 ms'})
  })

  it.each(['sleep 1000', 'trap "" TERM; while :; do sleep 0.05; done'])(
    'is ended with what it started and waits for, here %s, as git with its ssh',
    async started => {
      using folder = temporaryFolder()
      const pids = join(folder.path, 'pids')
      vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']})
      const args = ['-c', `sh -c '${started}' & echo $! > ${pids}; wait; echo`]
      const running = execute({file: 'sh', args, env: {PATH: process.env.PATH}, timeoutMs: 1000})
      const read = () => (existsSync(pids) ? Number(readFileSync(pids, 'utf8')) : 0)
      while (!read()) await setImmediate()
      await vi.advanceTimersByTimeAsync(1000)
      expect(await ofSteps(running)).toMatchObject({timedOut: true})
      expect(isAlive(read())).toBe(false)
    },
  )

  it('is not waited for once it has ended, though another program has its outputs open', async () => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']})
    const args = ['-c', 'sleep 1000 & echo $!']
    const outcome = await ofSteps(execute({file: 'sh', args, env: {PATH: process.env.PATH}, timeoutMs: 100_000}))
    const left = Number(outcome.stdout)
    try {
      expect(outcome).toMatchObject({exitCode: 0, timedOut: false, failure: null})
      expect(isAlive(left)).toBe(true)
    } finally {
      process.kill(left, 'SIGKILL')
    }
  })
})

/** What comes of it while time passes in steps that let programs run. */
async function ofSteps<T>(running: Promise<T>): Promise<T> {
  let isSettled = false
  void running.finally(() => {
    isSettled = true
  })
  while (!isSettled) {
    await vi.advanceTimersByTimeAsync(20)
    for (let turn = 0; turn < 20; turn++) await setImmediate()
  }
  return running
}

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

describe('a starter', () => {
  const parentOf = {file: 'sh', args: ['-c', 'echo $PPID'], env: {}}
  const pidOf = async (starter: Starter) => Number((await starter.execute(parentOf)).stdout)

  it('is started again after it was killed, and fails what it ran', async () => {
    await using starter = createStarter({entry, label: 'a test'})
    const first = await pidOf(starter)
    const running = starter.execute({file: 'sleep', args: ['1'], env: {PATH: process.env.PATH}})
    process.kill(first, 'SIGKILL')
    expect(await running).toMatchObject({exitCode: undefined, isUnknown: true, failure: 'its starter ended'})
    const second = await pidOf(starter)
    expect(second).not.toBe(first)
  })

  it('is done without where an upgrade has removed its file', async () => {
    await using starter = createStarter({entry: '/no/such/starter.js', label: 'a test'})
    expect(await starter.execute(parentOf)).toMatchObject({exitCode: 0, stdout: String(process.pid)})
  })

  it('says that nothing was started where the system gives no more open files', async () => {
    const code = `
      import {openSync, closeSync} from 'node:fs'
      import {run, runThrough} from ${JSON.stringify(new URL('../../src/base/run.ts', import.meta.url).href)}
      import {createStarter} from ${JSON.stringify(new URL('../../src/base/starter.ts', import.meta.url).href)}
      const starter = createStarter({entry: ${JSON.stringify(entry)}, label: 'a test'})
      runThrough(starter)
      const files = []
      try { for (;;) files.push(openSync('/dev/null')) } catch {}
      const first = await run('true', {args: [], env: process.env}).catch(error => error.code)
      for (const file of files) closeSync(file)
      const {exitCode} = await run('true', {args: [], env: process.env})
      console.log(first, exitCode)
      await starter[Symbol.asyncDispose]()`
    const {stdout} = await run('sh', {
      args: ['-c', 'ulimit -n 64; exec "$0" --input-type=module --eval "$1"', process.execPath, code],
      env: {PATH: process.env.PATH},
    })
    expect(stdout).toBe('machine-exhausted 0')
  })

  it('ends with the process that it belongs to, once what it runs has ended', async () => {
    using folder = temporaryFolder()
    const done = join(folder.path, 'done')
    const owner = `
      import {createStarter} from ${JSON.stringify(new URL('../../src/base/starter.ts', import.meta.url).href)}
      const starter = createStarter({entry: ${JSON.stringify(entry)}, label: 'a test'})
      const {stdout} = await starter.execute(${JSON.stringify(parentOf)})
      starter.execute({file: 'sh', args: ['-c', 'sleep 0.3; echo > ${done}'], env: {PATH: process.env.PATH}})
      setTimeout(() => { console.log(stdout); process.kill(process.pid, 'SIGKILL') }, 100)`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', owner], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const gone = await poll(() => (isAlive(Number(line.toString())) ? undefined : true), {everyMs: 20, timeoutMs: 5000})
    expect(gone).toBe(true)
    expect(existsSync(done)).toBe(true)
  })

  it('ends what it runs when it is closed', async () => {
    const starter = createStarter({entry, label: 'a test'})
    const pid = await pidOf(starter)
    const running = starter.execute({file: 'sleep', args: ['60'], env: {PATH: process.env.PATH}})
    await starter[Symbol.asyncDispose]()
    expect(await running).toMatchObject({exitCode: undefined})
    expect(isAlive(pid)).toBe(false)
  })
})

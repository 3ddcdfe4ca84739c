import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest'
import {openSampleRepository} from '../../fixtures/repos/sample.ts'
import {poll} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {runtimePaths} from '../../src/base/paths.ts'
import {VERSION} from '../../src/base/version.ts'
import type {Hello} from '../../src/protocol/hello.ts'
import {lockClone} from '../../src/rpc/clone-lock.ts'
import {acquireProcessLock} from '../../src/rpc/lock.ts'
import {serve} from '../../src/rpc/serve.ts'
import {refusal, refusalData} from './refusals.ts'
import {openPlay, type Play} from './stage.ts'

/** A daemon that cannot start is reported at once, not after a time-out. */
const AT_ONCE_MS = 8000
/** A host that was told to end does so within this time. */
const ENDS_MS = 10_000

let play: Play
beforeAll(async () => {
  play = await openPlay()
})
afterAll(() => play[Symbol.asyncDispose]())

/** Puts a text into `clambake.toml` while something runs. */
async function withConfig<T>(change: (toml: string) => string, run: () => Promise<T>): Promise<T> {
  const file = join(play.checkout, 'clambake.toml')
  const before = await readFile(file, 'utf8')
  await writeFile(file, change(before))
  try {
    return await run()
  } finally {
    await writeFile(file, before)
  }
}

describe('a place that is no repository to work in', () => {
  it('is named, with the way out', async () => {
    const folder = join(play.folder, 'places')
    const bare = join(folder, 'bare.git')
    const empty = join(folder, 'empty')
    const lonely = join(folder, 'lonely')
    await mkdir(lonely, {recursive: true})
    const git = openSampleRepository(folder, join(play.folder, 'home')).git
    await git('init', '--quiet', '--bare', bare)
    await git('init', '--quiet', '-b', 'main', empty)
    await git('-C', empty, 'remote', 'add', 'origin', play.repository.url)
    await git('init', '--quiet', '-b', 'main', lonely)

    for (const args of [['status'], ['peek'], ['--once'], ['daemon', 'stop'], ['logs', 'a1']]) {
      expect(await refusal(play, args, {cwd: folder})).toMatchObject({
        exitCode: 2,
        message: expect.stringContaining('not in a git repository'),
        next: expect.stringContaining('go to your repository'),
      })
    }
    expect(await refusal(play, ['peek'], {cwd: bare})).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('bare repository'),
    })
    expect(await refusal(play, ['peek'], {cwd: lonely})).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('no remote named origin'),
      next: 'git remote add origin ADDRESS',
    })
    expect(await refusal(play, ['peek'], {cwd: empty})).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('no commit yet'),
    })
    expect(play.pids()).toEqual({daemon: null, host: null})
  })
})

describe('GitHub without a key', () => {
  it('says at once that there is no token, or a wrong one, and leaves no process behind', async () => {
    const none = {GITHUB_TOKEN: '', GH_TOKEN: ''}
    const started = performance.now()
    expect(await refusal(play, ['peek'], {env: none})).toMatchObject({
      exitCode: 2,
      message: 'There is no token for GitHub',
      next: 'set GITHUB_TOKEN, or run gh auth login',
    })
    expect(performance.now() - started).toBeLessThan(AT_ONCE_MS)
    expect(await refusal(play, ['--once'], {env: none})).toMatchObject({message: 'There is no token for GitHub'})
    expect(await refusalData(play, ['pop'], {GITHUB_TOKEN: 'ghp_wrong'})).toMatchObject({
      code: 'github-bad-token',
      exitCode: 2,
      next: expect.stringContaining('GITHUB_TOKEN'),
    })
    // An unused host ends by itself much later; this one was ended, but may take a moment.
    const noneLeft = async () => ((await play.processes()).length === 0 ? true : undefined)
    expect(await poll(noneLeft, {everyMs: 50, timeoutMs: ENDS_MS})).toBe(true)
  })

  it('ends the screen with the reason, where it can be read', async () => {
    const app = play.open({env: {GITHUB_TOKEN: 'ghp_wrong'}})
    expect(await app.gone()).toMatchObject({exitCode: 2})
    await app.sees('clambake: GitHub does not accept the token')
    expect(app.isFullScreen).toBe(false)
  })

  it('works with the right token where the wrong one failed', async () => {
    const {exitCode, stdout} = await play.command(['peek'])
    expect({exitCode, stdout}).toMatchObject({exitCode: 0, stdout: expect.stringContaining('Fix login redirect')})
    await play.command(['daemon', 'stop'])
  })
})

describe('a wrong clambake.toml', () => {
  const typo = (toml: string) => toml.replace('max_agents', 'max_agent')

  it('is refused with file, line and the nearest known key', async () => {
    const told = await withConfig(typo, () => refusal(play, ['peek']))
    expect(told).toMatchObject({exitCode: 2, message: expect.stringContaining('did you mean routing.max_agents?')})
    expect(told.message).toMatch(/clambake\.toml.*line 5: unknown key routing\.max_agent/s)
    const value = await withConfig(
      toml => toml.replace('max_agents = 4', 'max_agents = "many"'),
      () => refusal(play, ['--once']),
    )
    expect(value).toMatchObject({exitCode: 2, message: expect.stringContaining('"many"')})
    const broken = await withConfig(
      toml => `${toml}\n[routing`,
      () => refusal(play, ['peek']),
    )
    expect(broken.message).toMatch(/clambake\.toml.*line \d+/s)
  })

  it('does not prevent status and stop', async () => {
    await play.command(['daemon', 'start'])
    const {pid} = (await play.json('daemon', 'reload')) as {pid: number}
    await withConfig(typo, async () => {
      for (const word of ['reload', 'restart']) {
        expect(await refusal(play, ['daemon', word])).toMatchObject({exitCode: 2})
      }
      expect(await play.json('daemon', 'status')).toMatchObject({running: true, pid})
      const status = async () => (await play.command(['status'])).stdout
      await vi.waitFor(
        async () => expect(await status()).toMatch(/clambake\.toml line 5: unknown key routing\.max_agent;/),
        {timeout: 20_000},
      )
      expect(await status()).toContain('acme/shop')
      // The daemon answers by the configuration that it has.
      expect((await play.command(['peek'])).exitCode).toBe(0)
      const agents = async () => ((await play.json('agents', 'list')) as {agents: unknown[]}).agents.length
      expect(await agents()).toBe(4)
      await withConfig(
        toml => toml.replace('max_agent = 4', 'max_agents = 2'),
        () => vi.waitFor(async () => expect(await agents()).toBe(2), {timeout: 20_000}),
      )
      expect((await play.command(['daemon', 'stop'])).stdout).toContain('stopped')
      expect((await play.command(['daemon', 'status'])).stdout).toBe('No daemon runs here')
      expect((await play.command(['daemon', 'logs', '--lines', '2'])).stdout.split('\n')).toHaveLength(2)
    })
  })
})

describe('words that mean nothing', () => {
  // Which words, and what is said to each: test/cli/run.test.ts.
  it('are one JSON object with --json', async () => {
    for (const args of [['staus'], ['pop', '--forse'], ['logs', 'bob'], ['--timeout', 'soon']]) {
      expect(await refusalData(play, args)).toMatchObject({exitCode: 2, next: expect.any(String)})
    }
  })
})

describe('a screen without a terminal to draw on', () => {
  it('points to what works without one', async () => {
    expect(await refusal(play, [])).toMatchObject({exitCode: 2, next: expect.stringContaining('clambake status')})
    expect(await refusal(play, ['attach', 'a1'])).toMatchObject({
      exitCode: 2,
      message: 'attach needs a terminal on its input and output',
      next: expect.stringContaining('clambake logs agent001'),
    })
  })

  it('says how large a terminal must be, and draws when it is', async () => {
    const app = play.open({cols: 30, rows: 8})
    await app.sees('terminal is 30x8')
    await app.sees('clambake needs')
    app.resize(80, 24)
    await app.sees('Fix login redirect')
    app.resize(20, 4)
    await app.sees('terminal is 20x4')
    await app.press('q')
    expect(await app.gone()).toMatchObject({exitCode: 0})
    await play.command(['daemon', 'stop'])
  })
})

describe('a process of another version', () => {
  const hello: Hello = {protocol: 99, version: '9.9.9', role: 'daemon', pid: 4242, instance: 'another'}

  it('is named with the way to end it, and left alone', async () => {
    const paths = runtimePaths({env: play.env, commonDir: join(play.checkout, '.git'), version: VERSION})
    const info = {pid: process.pid, version: '9.9.9', cwd: play.checkout, startedAt: Date.now()}
    const lock = acquireProcessLock({paths: paths.daemon, info})
    if ('heldBy' in lock) throw new Error('the daemon of the test before still runs')
    using _lock = lock
    await using _other = await serve({path: paths.daemon.socket, lock, hello, handlers: {}, log: silentLog})
    for (const args of [['status'], ['pop'], ['daemon', 'stop'], ['--once']]) {
      expect(await refusal(play, args)).toEqual({
        exitCode: 1,
        message: expect.stringMatching(
          /^The daemon \(pid 4242\) is version 9\.9\.9, protocol 99; this command is version/,
        ),
        kept: 'the other process was left alone',
        next: 'end it with kill 4242, then start again; agents keep running',
      })
    }
    const app = play.open({cols: 100, rows: 30})
    await app.sees('version 9.9.9')
    await app.sees('kill 4242')
    await app.press('q')
    expect(await app.gone()).toMatchObject({exitCode: 0})
  })
})

describe('a daemon with another state folder', () => {
  it('is named with its folder, and works alone in the clone', async () => {
    const info = {pid: process.pid, version: VERSION, cwd: play.checkout, startedAt: Date.now()}
    const state = join(play.folder, 'state-of-cron')
    using _clone = lockClone({commonDir: join(play.checkout, '.git'), state, info, log: silentLog})
    for (const args of [['pop'], ['--once']]) {
      expect(await refusal(play, args)).toEqual({
        exitCode: 1,
        message: `Another daemon (pid ${process.pid}) works in this clone, with its state in ${state}`,
        kept: 'it and its agents were left alone',
        next: expect.stringContaining(`CLAMBAKE_STATE_DIR=${state} clambake daemon stop`),
      })
    }
    expect((await play.command(['status'])).stdout).toContain(`has its state in ${state}`)
  })
})

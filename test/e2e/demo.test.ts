import {spawn} from 'node:child_process'
import {mkdirSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {DEMO_ISSUES} from '../../fixtures/demo/issues.ts'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {poll} from '../../src/base/clock.ts'
import {run} from '../../src/base/run.ts'
import type {PassReport} from '../../src/protocol/daemon.ts'
import {quickCi} from './checks.ts'
import {openApp} from './driver/app.ts'
import {processesOf, signalIfAlive} from './processes.ts'
import {openPlay, PROGRAM} from './stage.ts'
import {PATIENCE} from './steps.ts'

it('runs twice at once: a report of each issue, and a tour for a newcomer; nothing is left behind', {
  timeout: 240_000,
}, async () => {
  await using folder = temporaryFolder('clambake-twice-')
  // A screen that a failed test kills cannot end what it started.
  await using _left = {[Symbol.asyncDispose]: () => killAll(folder.path)}
  await Promise.all([report(folder.path), tour(folder.path)])
  expect(await processesOf(folder.path)).toEqual([])
  // The home of the person who ran it is empty too.
  expect(readdirSync(folder.path).toSorted()).toEqual(['report', 'tour'])
})

/** Without a terminal it says what became of each issue. */
async function report(folder: string): Promise<void> {
  const temporary = join(folder, 'report')
  mkdirSync(temporary)
  const {stdout, stderr} = await run(process.execPath, {
    args: [PROGRAM, 'demo', '--json'],
    cwd: folder,
    env: sealedEnv(join(folder, 'home'), {TMPDIR: temporary}),
    timeoutMs: 200_000,
  })
  expect(stderr).toBe('')
  expect(readdirSync(temporary)).toEqual([])
  const told = JSON.parse(stdout) as PassReport
  expect(told).toEqual({
    merged: [1, 2, 3, 4, 5, 6, 8, 9],
    skipped: [{number: 7, reason: 'labelled human-only'}],
    needsHuman: [],
    halted: null,
    agents: 4,
    lost: [],
    apiCalls: expect.any(Number),
    durationMs: expect.any(Number),
  })
  expect(told.apiCalls).toBeGreaterThan(0)
}

/** In a terminal: an agent at work, a question answered by its keys, a sum at the end. */
async function tour(folder: string): Promise<void> {
  const temporary = join(folder, 'tour')
  mkdirSync(temporary)
  await using app = openApp({
    command: process.execPath,
    args: [PROGRAM, 'demo'],
    cwd: folder,
    env: sealedEnv(join(folder, 'home'), {TMPDIR: temporary}),
    cols: 80,
    rows: 24,
  })
  // One place has room for one thing: an agent's terminal, which comes by itself.
  await app.sees(/━ a00\d #\d .*━/, PATIENCE)
  await app.sees('asks before it runs npm test: ! goes there, a answers', PATIENCE)
  await app.press('!')
  await app.press('a')
  await app.sees('y allow once', PATIENCE)
  await app.press('y')
  await app.seesNo('asks before it runs npm test', PATIENCE)
  await app.press('q')
  await app.sees(/\d of 8 tickets landed on the demo's main in \d+/, PATIENCE)
  await app.sees('In a clone of your own repository:', PATIENCE)
  expect(await app.gone(PATIENCE)).toMatchObject({exitCode: 0})
  expect(readdirSync(temporary)).toEqual([])
}

it("tells what it does and brings the agents' own commits to main", {timeout: 240_000}, async () => {
  // Two that conflict, one whose checks are red at first, one for a person.
  const issues = [2, 6, 4, 7].map(number => DEMO_ISSUES[number - 1]!)
  await using play = await openPlay({issues, ci: quickCi})
  const {exitCode, stdout} = await play.command(['--once'])
  expect(stdout).toMatch(/goes back to its agent: checks failed: test/)
  expect(stdout).toMatch(/goes back to its agent: conflict/)
  expect(stdout).toContain('✓ 3 tickets landed on main: #1, #2 and #3')
  expect(stdout).toContain('◇ #4 skipped: labelled human-only')
  expect(exitCode).toBe(0)
  const {repository} = play
  const wanted = issues.flatMap(({turns}) => turns.flat().flatMap(step => (step.do === 'commit' ? step.message : [])))
  const byAgents = (await repository.log()).filter(({author}) => author.name.startsWith('agent'))
  expect(byAgents.map(({message}) => message.trim())).toEqual(expect.arrayContaining(wanted))
  expect(await repository.readFile('src/routes.ts')).toContain("rateLimit(cached(search, '1m'), 60)")
})

it('ends and leaves nothing behind when its terminal is closed', {timeout: 120_000}, async () => {
  await using folder = temporaryFolder('clambake-closed-')
  const temporary = join(folder.path, 'tmp')
  mkdirSync(temporary)
  await using _left = {[Symbol.asyncDispose]: () => killAll(folder.path)}
  {
    await using app = openApp({
      command: process.execPath,
      args: [PROGRAM, 'demo'],
      cwd: folder.path,
      env: sealedEnv(join(folder.path, 'home'), {TMPDIR: temporary}),
      cols: 80,
      rows: 24,
    })
    await app.sees(/━ a00\d #\d .*━/, PATIENCE)
    app.hangUp()
    await app.gone(PATIENCE)
  }
  // Another process ends what the screen could not.
  const left = async () => ((await processesOf(folder.path)).length === 0 ? true : undefined)
  expect(await poll(left, PATIENCE)).toBe(true)
  expect(readdirSync(temporary)).toEqual([])
})

it('leaves nothing behind when it is killed', {timeout: 120_000}, async () => {
  await using folder = temporaryFolder('clambake-killed-')
  const temporary = join(folder.path, 'tmp')
  mkdirSync(temporary)
  await using _left = {[Symbol.asyncDispose]: () => killAll(folder.path)}
  const env = sealedEnv(join(folder.path, 'home'), {TMPDIR: temporary})
  const demo = spawn(process.execPath, [PROGRAM, 'demo', '--json'], {cwd: folder.path, env, stdio: 'ignore'})
  const running = () => processesOf(folder.path)
  const works = async () => (await running()).some(entry => entry.includes('demo-agent.js')) || undefined
  expect(await poll(works, PATIENCE)).toBe(true)
  demo.kill('SIGKILL')
  const left = async () => ((await running()).length === 0 ? true : undefined)
  expect(await poll(left, PATIENCE)).toBe(true)
  expect(readdirSync(temporary)).toEqual([])
})

async function killAll(folder: string): Promise<void> {
  for (const entry of await processesOf(folder)) signalIfAlive(Number.parseInt(entry, 10), 'SIGKILL')
}

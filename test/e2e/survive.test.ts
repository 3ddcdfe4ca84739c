import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import {poll} from '../../src/base/clock.ts'
import {isAlive} from '../../src/base/run.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import {quickCi} from './checks.ts'
import {openPlay, type Play} from './stage.ts'
import {PATIENCE, paneOf, stateWhen, type} from './steps.ts'

/** What the product promises: from a restart to a state that is true. */
const RECONCILED_MS = 5_000

const READY = ['route:ready']
/** Asks when it has counted, and writes what it was asked for once it may. */
const COUNTS: DemoIssue = {
  title: 'Count the cups',
  body: 'All of them.',
  labels: READY,
  turns: [
    [
      {do: 'flood', lines: 60},
      {do: 'ask', command: 'count --again'},
      {do: 'edit', file: 'docs/cups.md', content: '# Cups\n\n60\n'},
      {do: 'commit', message: 'Write down how many cups there are'},
    ],
  ],
}
/** Hangs in the middle of its work with children of all kinds; when it is started again, it continues after the hang. */
const HANGS: DemoIssue = {
  title: 'Polish the kettle',
  body: 'Until it shines.',
  labels: READY,
  turns: [
    [
      {do: 'edit', file: 'docs/kettle.md', content: '# Kettle\n\nIt shines.\n'},
      {do: 'grandchild'},
      {do: 'grandchild', setsid: true},
      {do: 'say', text: 'The kettle is being polished'},
      {do: 'hang'},
      {do: 'commit', message: 'Polish the kettle'},
    ],
    [{do: 'commit', message: 'Polish the kettle'}],
  ],
}

const agentOf = ({agents}: DaemonState, ticket: number) => agents.find(row => row.ticket === ticket)

const grandchildren = async (play: Play) => (await play.processes()).filter(line => / sleep \d+$/.test(line))

/** What the agents know of their conversations: one file for each claim. */
function conversations(play: Play): {issue: number; prompts: string[]; session: string; step: number}[] {
  const folder = join(play.env.HOME!, '.fixture-agent')
  return readdirSync(folder).map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}

/** Its children live and it has noted that it hangs: killed a moment sooner, it would hang again. */
async function untilItHangs(play: Play): Promise<void> {
  const behindHang = HANGS.turns[0]!.findIndex(step => step.do === 'hang') + 1
  const hangs = async () =>
    (await grandchildren(play)).length === 2 && conversations(play).some(({step}) => step === behindHang)
  expect(await poll(async () => ((await hangs()) ? true : undefined), PATIENCE)).toBe(true)
}

async function untilDead(...pids: number[]): Promise<void> {
  expect(await poll(() => (pids.some(isAlive) ? undefined : true), PATIENCE)).toBe(true)
}

it('shows everything again after the screen was killed, panes with their scrollback', {timeout: 240_000}, async () => {
  await using play = await openPlay({issues: [COUNTS]})
  const before = play.open()
  await before.sees('Count the cups')
  await before.press('p')
  await before.sees('Do you want to proceed?', {timeoutMs: 20_000})
  const pids = play.pids()
  const {pid} = await paneOf(play, 1)
  before.kill('SIGKILL')
  await before.gone()
  expect(play.pids()).toEqual(pids)
  expect(isAlive(pid)).toBe(true)

  const app = play.open()
  await app.sees(/a001 #1 Count the cups/)
  await app.sees('asks')
  await app.sees('Do you want to proceed?')
  for (let turn = 0; turn < 100; turn++) await app.wheel('up', {row: 10, col: 80})
  await app.sees('Scripted agent')
  expect(play.pids()).toEqual(pids)
  expect(isAlive(pid)).toBe(true)
})

it('continues after the daemon was killed, again and again', {timeout: 240_000}, async () => {
  await using play = await openPlay({issues: [COUNTS, HANGS], ci: quickCi})
  await play.command(['route'])
  await stateWhen(play, state => agentOf(state, 1)?.state === 'waiting' && agentOf(state, 2)?.state === 'working')
  const {host} = play.pids()
  const pids = [(await paneOf(play, 1)).pid, (await paneOf(play, 2)).pid]
  const times: number[] = []
  for (let kills = 0; kills < 3; kills++) {
    const killed = play.pids().daemon!
    process.kill(killed, 'SIGKILL')
    await untilDead(killed)
    const restarted = await poll(() => play.pids().daemon ?? undefined, PATIENCE)
    expect(restarted).toBeTypeOf('number')
    const at = performance.now()
    const state = await stateWhen(play, ({header}) => header.main !== null)
    times.push(performance.now() - at)
    // The first thing that it says is true.
    expect(agentOf(state, 1)).toMatchObject({state: 'waiting', activity: 'asks'})
    expect(agentOf(state, 2)).toMatchObject({state: 'working'})
  }
  console.log(`daemon restarted and reconciled in ${times.map(ms => `${Math.round(ms)} ms`).join(', ')}`)
  // The median: another process may slow one restart down.
  expect(times.toSorted((a, b) => a - b)[1]).toBeLessThan(RECONCILED_MS)
  expect([(await paneOf(play, 1)).pid, (await paneOf(play, 2)).pid]).toEqual(pids)
  expect(play.pids().host).toBe(host)
  // Its question is still answered, and its work goes all the way.
  await type(play, 1, 'y')
  await play.bottled(1)
  await play.landed(1)
  expect(await play.repository.readFile('docs/cups.md')).toBe('# Cups\n\n60\n')
  expect(play.repository.pulls()).toMatchObject([{merged: true}])
  const told = conversations(play).map(({issue, prompts}) => ({issue, prompts: prompts.length}))
  expect(told.toSorted((a, b) => a.issue - b.issue)).toEqual([
    {issue: 1, prompts: 1},
    {issue: 2, prompts: 1},
  ])
})

it("resumes an agent's conversation after its process was killed, its children gone", {timeout: 240_000}, async () => {
  await using play = await openPlay({issues: [HANGS], ci: quickCi})
  await play.popped()
  await untilItHangs(play)
  const before = await paneOf(play, 1)
  process.kill(before.pid, 'SIGKILL')
  await play.bottled(1)
  const after = await paneOf(play, 1)
  expect(after).toMatchObject({session: before.session, cwd: before.cwd})
  expect(after.pid).not.toBe(before.pid)
  expect(await grandchildren(play)).toEqual([])
  expect(conversations(play)).toMatchObject([{issue: 1, session: before.session, prompts: [/Polish/, /./]}])
  // What it had edited before it was killed was not lost.
  await play.landed(1)
  expect(await play.repository.readFile('docs/kettle.md')).toBe('# Kettle\n\nIt shines.\n')
})

it('brings everything back after the terminal host was killed', {timeout: 240_000}, async () => {
  await using play = await openPlay({issues: [HANGS], ci: quickCi})
  const app = play.open()
  await app.sees('Polish the kettle')
  await app.press('p')
  await app.sees('The kettle is being polished', {timeoutMs: 20_000})
  await untilItHangs(play)
  const before = await paneOf(play, 1)
  const {host, daemon} = play.pids()
  process.kill(host!, 'SIGKILL')
  await untilDead(host!, before.pid)
  // The daemon starts a new host, and the agent continues in it.
  await play.bottled(1)
  expect(play.pids().host).not.toBe(host)
  expect(play.pids().daemon).toBe(daemon)
  const after = await paneOf(play, 1)
  expect(after).toMatchObject({session: before.session, cwd: before.cwd})
  expect(await grandchildren(play)).toEqual([])
  await app.sees('bottled')
  await app.press('q')
  await app.gone()
  // The new host restarts the daemon as the old one did.
  process.kill(daemon!, 'SIGKILL')
  await untilDead(daemon!)
  await play.bottled(1)
  await play.landed(1)
  expect(conversations(play)).toHaveLength(1)
})

it('continues at the next start after host and daemon were killed', {timeout: 240_000}, async () => {
  await using play = await openPlay({issues: [HANGS], ci: quickCi})
  await play.popped()
  await untilItHangs(play)
  const {host, daemon} = play.pids()
  for (const pid of [daemon!, host!]) process.kill(pid, 'SIGKILL')
  await untilDead(daemon!, host!)
  expect(await play.json('--once')).toMatchObject({merged: [1], needsHuman: [], lost: []})
  expect(await grandchildren(play)).toEqual([])
  expect(conversations(play)).toHaveLength(1)
  expect(await play.processes()).toEqual([])
})

it('gives a running agent the size of its place, whatever the terminal becomes', {timeout: 240_000}, async () => {
  await using play = await openPlay({issues: [COUNTS]})
  const app = play.open({cols: 80, rows: 24})
  await app.sees('Count the cups')
  await app.press('p')
  await app.sees('a001◆', {timeoutMs: 20_000})
  await app.press('!')
  // The box in which it asks has the width of its terminal.
  const box = (width: number) => new RegExp(`[│┃]╭─{${width - 2}}╮ [│┃]`)
  await app.sees(box(77))
  app.resize(200, 50)
  await app.sees('2 Pull requests')
  await app.sees(box(137))
  expect(await paneOf(play, 1)).toMatchObject({cols: 138, rows: 46})
  app.resize(80, 24)
  await app.sees(box(77))
  expect(await paneOf(play, 1)).toMatchObject({cols: 78, rows: 19})
})

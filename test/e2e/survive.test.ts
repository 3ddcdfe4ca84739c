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
function hangs(thing: string): DemoIssue {
  const message = `Polish the ${thing}`
  return {
    title: message,
    body: 'Until it shines.',
    labels: READY,
    turns: [
      [
        {do: 'edit', file: `docs/${thing}.md`, content: 'It shines.\n'},
        {do: 'grandchild'},
        {do: 'grandchild', setsid: true},
        {do: 'say', text: `The ${thing} is being polished`},
        {do: 'hang'},
        {do: 'commit', message},
      ],
      [{do: 'commit', message}],
    ],
  }
}

const agentOf = ({agents}: DaemonState, ticket: number) => agents.find(row => row.ticket === ticket)

const grandchildren = async (play: Play) => (await play.processes()).filter(line => / sleep \d+$/.test(line))

/** What the agents know of their conversations: one file for each claim. */
function conversations(play: Play): {issue: number; prompts: string[]; session: string; step: number}[] {
  const folder = join(play.env.HOME!, '.fixture-agent')
  return readdirSync(folder).map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}

/** Its children live and it has noted that it hangs: killed a moment sooner, it would hang again. */
async function untilItHangs(play: Play, issue: number): Promise<void> {
  const behindHang = hangs('').turns[0]!.findIndex(step => step.do === 'hang') + 1
  const isHanging = async () =>
    (await grandchildren(play)).length === 2 &&
    conversations(play).some(talk => talk.issue === issue && talk.step === behindHang)
  expect(await poll(async () => ((await isHanging()) ? true : undefined), PATIENCE)).toBe(true)
}

async function untilDead(...pids: number[]): Promise<void> {
  expect(await poll(() => (pids.some(isAlive) ? undefined : true), PATIENCE)).toBe(true)
}

it('gives a running agent the size of its place, and shows everything again after the screen was killed', {
  timeout: 240_000,
}, async () => {
  await using play = await openPlay({issues: [COUNTS]})
  const before = play.open({cols: 80, rows: 24})
  await before.sees('Count the cups')
  await before.press('p')
  await before.sees('a001◆', {timeoutMs: 20_000})
  await before.press('!')
  // The box in which it asks has the width of its terminal.
  const box = (width: number) => new RegExp(`[│┃]╭─{${width - 2}}╮ [│┃]`)
  await before.sees(box(77))
  before.resize(200, 50)
  await before.sees('2 Pull requests')
  await before.sees(box(137))
  expect(await paneOf(play, 1)).toMatchObject({cols: 138, rows: 46})
  before.resize(80, 24)
  await before.sees(box(77))
  expect(await paneOf(play, 1)).toMatchObject({cols: 78, rows: 19})

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
  await using play = await openPlay({issues: [COUNTS, hangs('kettle')], ci: quickCi})
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

it('loses no conversation, work or child when an agent, the host, or host and daemon are killed', {
  timeout: 360_000,
}, async () => {
  await using play = await openPlay({issues: ['kettle', 'pot', 'pan'].map(hangs), ci: quickCi, agents: 1})

  // The agent's process: its conversation is resumed.
  await play.popped(1)
  await untilItHangs(play, 1)
  const killed = await paneOf(play, 1)
  process.kill(killed.pid, 'SIGKILL')
  await play.bottled(1)
  const resumed = await paneOf(play, 1)
  expect(resumed).toMatchObject({session: killed.session, cwd: killed.cwd})
  expect(resumed.pid).not.toBe(killed.pid)
  expect(await grandchildren(play)).toEqual([])
  expect(conversations(play)).toMatchObject([{issue: 1, session: killed.session, prompts: [/Polish/, /./]}])
  // What it had edited before it was killed was not lost.
  await play.landed(1)
  expect(await play.repository.readFile('docs/kettle.md')).toBe('It shines.\n')

  // The host: the daemon starts a new one, and the agent continues in it.
  const app = play.open()
  await app.sees('Polish the pot')
  await app.press('p')
  await app.sees('The pot is being polished', {timeoutMs: 20_000})
  await untilItHangs(play, 2)
  const before = await paneOf(play, 2)
  const {host, daemon} = play.pids()
  process.kill(host!, 'SIGKILL')
  await untilDead(host!, before.pid)
  await play.bottled(2)
  expect(play.pids().host).not.toBe(host)
  expect(play.pids().daemon).toBe(daemon)
  const after = await paneOf(play, 2)
  expect(after).toMatchObject({session: before.session, cwd: before.cwd})
  expect(await grandchildren(play)).toEqual([])
  await app.sees('bottled')
  await app.press('q')
  await app.gone()
  // The new host restarts the daemon as the old one did.
  process.kill(daemon!, 'SIGKILL')
  await untilDead(daemon!)
  await play.bottled(2)
  await play.landed(2)

  // Both: the next start continues.
  await play.popped(3)
  await untilItHangs(play, 3)
  const pids = play.pids()
  for (const pid of [pids.daemon!, pids.host!]) process.kill(pid, 'SIGKILL')
  await untilDead(pids.daemon!, pids.host!)
  expect(await play.json('--once')).toMatchObject({merged: [3], needsHuman: [], lost: []})
  expect(await grandchildren(play)).toEqual([])
  expect(conversations(play)).toHaveLength(3)
  expect(await play.processes()).toEqual([])
})

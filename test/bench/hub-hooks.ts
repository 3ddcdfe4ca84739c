import {randomUUID} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {resolve} from 'node:path'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {poll, sleep, systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import {placePaths} from '../../src/hub/hooks/folder.ts'
import {openHub} from '../../src/hub/hub.ts'
import type {HubPlace} from '../../src/hub/place.ts'
import {hookMachine} from '../hub/hooks/client.ts'
import {type BenchResult, judge, quantile, ratioAtMost, valueAtMost} from './result.ts'
import type {Say} from './say.ts'

const CALLS = 200
/** Each of them starts a program. */
const ASKING_CALLS = 15
const MESSAGES = 60
const ADA = {name: 'ada@laptop', instance: null, project: null}
const plain = {lifeMs: null, answers: null}

/** How long a tool call waits for the hub's hook, beside an empty shell. */
export async function benchHubHooks(say: Say): Promise<BenchResult[]> {
  await using folder = temporaryFolder('clambake-bench-hooks-')
  await using machine = hookMachine({
    folder: folder.path,
    program: {node: process.execPath, entry: resolve('dist/clambake.js')},
  })
  await using hub = openDirectHub({place: machine.place, clock: systemClock})
  await using client = await machine.client('shop')
  await client.hook('SessionStart', {source: 'startup'})
  const guard = placePaths(machine.paths, machine.place).guard
  const holds = (word: string) => async () =>
    (machine.watcher() && readFileSync(guard, 'utf8').includes(word)) || undefined
  await poll(holds(''), {everyMs: 20, timeoutMs: 20_000})
  // The first call notes what the session was given.
  await client.hook('PreToolUse', bash('ls'))

  async function measured(command: string, calls: number): Promise<{hook: number[]; shell: number[]}> {
    const times = {hook: [] as number[], shell: [] as number[]}
    for (let call = 0; call < calls; call++) {
      times.shell.push(await client.time(':', bash(command)))
      times.hook.push((await client.hook('PreToolUse', bash(command))).ms)
    }
    return times
  }

  const free = await measured('npm test', CALLS)
  await hub.send(ADA, {...plain, kind: 'blocker', to: '@all', text: 'wait', resource: 'docker'})
  await poll(holds('docker'), {everyMs: 20, timeoutMs: 5000})
  const passed = await measured('npm test', CALLS)
  const asked = await measured('docker compose up', ASKING_CALLS)
  return [
    ...figures(say, 'nothing is held', free),
    ...figures(say, 'something else is held', passed),
    judge(
      {
        name: 'hub: hook of a tool call that is held, median, beside sh -c :',
        value: quantile(asked.hook, 0.5),
        unit: 'ms',
        reference: quantile(asked.shell, 0.5),
      },
      valueAtMost(5000),
    ),
  ]
}

type Times = {hook: number[]; shell: number[]}

function figures(say: Say, what: string, times: Times): BenchResult[] {
  const name = (share: string) => `hub: hook of a tool call, ${what}, ${share}`
  const added = (share: number) => quantile(times.hook, share) - quantile(times.shell, share)
  say(`hub: a tool call where ${what} takes ${added(0.5).toFixed(1)} ms more than an empty shell (median)`)
  return [
    judge(
      {name: name('added to sh -c :, p99'), value: added(0.99), unit: 'ms', reference: quantile(times.shell, 0.99)},
      valueAtMost(30),
    ),
    judge(
      {
        name: name('median, beside sh -c :'),
        value: quantile(times.hook, 0.5),
        unit: 'ms',
        reference: quantile(times.shell, 0.5),
      },
      ratioAtMost(4),
    ),
  ]
}

function bash(command: string): object {
  return {tool_name: 'Bash', tool_input: {command}}
}

/** From the call that sends a message to the moment at which another program has taken it for its session. */
export async function benchDelivery(store: string, place: HubPlace, folder: string): Promise<BenchResult> {
  await using sender = openDirectHub({place, clock: systemClock})
  const peer = {id: `to-${randomUUID().slice(0, 8)}`, project: 'bench'}
  const arrived = new Map<number, number>()
  let looking = Promise.resolve()
  let isOver = false
  const receiver = await openHub({
    place,
    repository: 'bench/bench',
    clock: systemClock,
    log: silentLog,
    worker: new URL('../../dist/hub-worker.js', import.meta.url),
    onChange() {
      looking = looking.then(async () => {
        // Its own writes are changes too.
        if (isOver || (await receiver.sessions.unread(peer)) === 0) return
        const {given} = await receiver.sessions.handOver(peer)
        for (const {id} of given) arrived.set(id, performance.now())
      })
    },
  })
  await using _receiver = receiver
  const session = {
    directory: folder,
    task: '',
    model: '',
    status: 'active',
    host: null,
    process: null,
    session: null,
  } as const
  await receiver.sessions.join({...peer, ...session})
  await receiver.watch()
  const sent = new Map<number, number>()
  for (let message = 0; message < MESSAGES; message++) {
    await sleep(20 + Math.random() * 150, systemClock)
    const at = performance.now()
    const {id} = await sender.send(ADA, {...plain, kind: 'info', to: peer.id, text: 'hello', resource: null})
    sent.set(id, at)
  }
  await poll(async () => (arrived.size === sent.size ? true : undefined), {everyMs: 20, timeoutMs: 5000})
  isOver = true
  await looking
  const latencies = [...sent].map(([id, at]) => (arrived.get(id) ?? Number.POSITIVE_INFINITY) - at)
  return judge(
    {
      name: `hub on ${store}: sent to handed over, p99`,
      value: quantile(latencies, 0.99),
      unit: 'ms',
      reference: quantile(latencies, 0.5),
    },
    valueAtMost(place.kind === 'file' ? 1000 : 200),
  )
}

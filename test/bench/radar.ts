import {readFileSync} from 'node:fs'
import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {cloneOf, createSampleRepository, type SampleRepository} from '../../fixtures/repos/sample.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {run} from '../../src/base/run.ts'
import {openRepository} from '../../src/git/repository.ts'
import {forecast} from '../../src/landing/forecast.ts'
import {defaultConfig} from '../../src/model/data/config.ts'
import type {RadarGateway} from '../../src/model/gateways/radar.ts'
import {conflictsOf, type Forecast, type RadarSide} from '../../src/model/radar/forecast.ts'
import {intervalAfter} from '../../src/model/radar/look-interval.ts'
import {type BenchResult, judge, ratioAtMost, valueAtMost} from './result.ts'
import type {Say} from './say.ts'

const FILES = 2800
const FOLDERS = 70
const BRANCHES = 100
/** Files that a branch changes. */
const CHANGED = 6
/** Files that several branches change, one each. */
const SHARED = 40
/** Pairs that are merged one process each, of which the time of all is reckoned. */
const SAMPLE = 150
const AGENTS = 12
const EDIT_SECONDS = 60

/** The radar over many branches beside one `git merge-tree` a pair, and what twelve agents that edit cost it. */
export async function benchRadar(say: Say): Promise<BenchResult[]> {
  await using folder = temporaryFolder('clambake-bench-')
  say(`radar: making ${FILES} files and ${BRANCHES} branches`)
  const {clone, sides} = await makeClone(folder.path)
  const repository = await openRepository({
    ...{dir: clone.dir, env: clone.env, owner: 'bench', hostName: 'bench', clock: systemClock, log: silentLog},
    ...{config: defaultConfig, state: join(folder.path, 'state')},
  })
  using radar = repository.openRadar()

  say('radar: all pairs at once, and a sample of them one by one')
  const whole = await timed(() => forecast(radar, sides, null))
  const single = await mergeSingly(clone, sides)
  const moved = await moveOne(radar, {clone, sides, known: whole.result})

  say(`radar: ${AGENTS} agents edit for ${EDIT_SECONDS} s`)
  const share = await watchEdits(say, radar, clone)
  const conflicts = conflictsOf(whole.result, sides).length
  say(`radar: ${conflicts} conflicts among ${(BRANCHES * (BRANCHES - 1)) / 2} pairs`)
  if (conflicts === 0) throw new Error('a repository in which nothing conflicts measures nothing')
  return [
    judge({name: `${BRANCHES} branches, all pairs`, value: whole.ms, unit: 'ms', reference: single}, ratioAtMost(0.1)),
    judge({name: 'one branch moved', value: moved, unit: 'ms', reference: null}, valueAtMost(500)),
    judge({name: `${AGENTS} agents edit, of a core`, value: share * 100, unit: '%', reference: null}, valueAtMost(2)),
  ]
}

async function makeClone(folder: string): Promise<{clone: SampleRepository; sides: RadarSide[]}> {
  const path = (file: number) => `src/room${file % FOLDERS}/file${file}.ts`
  const text = (file: number) =>
    Array.from({length: 40}, (_, line) => `export const v${file}x${line} = ${line}`).join('\n')
  const files = Object.fromEntries(Array.from({length: FILES}, (_, file) => [path(file), `${text(file)}\n`]))
  const seed = await createSampleRepository({dir: join(folder, 'seed'), files})
  const bare = join(folder, 'remote.git')
  await run('git', {args: ['clone', '--quiet', '--bare', seed.dir, bare], env: seed.env})
  const clone = await cloneOf(`file://${bare}`, {dir: join(folder, 'clone')})
  const branches = Array.from({length: BRANCHES}, (_, branch) => {
    const changed = Array.from({length: CHANGED}, (_, index) =>
      index === 0 ? branch % SHARED : SHARED + branch * CHANGED + index,
    )
    return changed.map(file => {
      const data = `// branch ${branch}\n${text(file)}\n`
      return `M 100644 inline ${path(file)}\ndata ${data.length}\n${data}\n`
    })
  })
  const input = branches.map((changes, branch) => {
    const head = `commit refs/heads/b${branch}\ncommitter B <b@example.test> 1700000000 +0000\ndata 1\nb\nfrom refs/heads/main\n`
    return `${head}${changes.join('')}\n`
  })
  await run('git', {args: ['fast-import', '--quiet'], cwd: clone.dir, env: clone.env, input: input.join('')})
  const heads = (await clone.git('for-each-ref', '--format=%(refname:short) %(objectname)', 'refs/heads/b*')).split(
    '\n',
  )
  return {clone, sides: heads.map(line => sideOf(...(line.split(' ') as [string, string])))}
}

const sideOf = (key: string, commit: string): RadarSide => ({key, commit, head: commit})

/** Milliseconds that all pairs would take, one process each. */
async function mergeSingly(clone: SampleRepository, sides: readonly RadarSide[]): Promise<number> {
  const {ms} = await timed(async () => {
    for (let at = 0; at < SAMPLE; at++) {
      const [one, other] = [sides[at % BRANCHES]!, sides[(at * 7 + 1) % BRANCHES]!]
      await run('git', {
        args: ['merge-tree', '--write-tree', '--name-only', one.commit, other.commit],
        ...{cwd: clone.dir, env: clone.env, accept: [0, 1]},
      })
    }
  })
  return (ms / SAMPLE) * ((BRANCHES * (BRANCHES - 1)) / 2)
}

async function moveOne(
  radar: RadarGateway,
  {clone, sides, known}: {clone: SampleRepository; sides: readonly RadarSide[]; known: Forecast},
): Promise<number> {
  await clone.git('checkout', '--quiet', 'b7')
  const commit = await clone.commitFile('src/room0/file0.ts', 'moved\n')
  const next = sides.map(side => (side.key === 'b7' ? sideOf('b7', commit) : side))
  return (await timed(() => forecast(radar, next, known))).ms
}

/** The share of a core that looks take, this process's and git's, while every agent edits a file each second. */
async function watchEdits(say: Say, radar: RadarGateway, clone: SampleRepository): Promise<number> {
  const paths: string[] = []
  for (let agent = 0; agent < AGENTS; agent++) {
    const path = join(dirname(clone.dir), `agent${agent}`)
    await clone.git('worktree', 'add', '--quiet', '-b', `agent${agent}`, path, 'origin/main')
    paths.push(path)
  }
  const look = async (known: Forecast | null) => {
    const {held} = await radar.contents(paths)
    return forecast(
      radar,
      [...held].map(([key, {head, commit}]) => ({key, head, commit})),
      known,
    )
  }
  let known = await look(null)
  let looks = 0
  let notBefore = 0
  let lookedMs = 0
  const began = performance.now()
  for (let second = 1; second <= EDIT_SECONDS; second++) {
    await editAll(paths, second)
    await sleep(1000 - ((performance.now() - began) % 1000))
    if (performance.now() < notBefore) continue
    const before = cpuMs()
    const {ms, result} = await timed(() => look(known))
    lookedMs += cpuMs() - before
    known = result
    looks += 1
    notBefore = performance.now() + intervalAfter(ms)
  }
  say(`radar: ${looks} looks in that time, ${Math.round(lookedMs / looks)} ms of processor time each`)
  // The last pause belongs to the last look.
  return lookedMs / (Math.max(performance.now(), notBefore) - began)
}

async function editAll(paths: readonly string[], second: number): Promise<void> {
  for (const [agent, path] of paths.entries()) {
    const file = join(path, `src/room${agent}/edited.ts`)
    await mkdir(dirname(file), {recursive: true})
    await writeFile(file, `export const at = ${second}\n`)
  }
}

/** Processor time of this process and of the processes that it started and that have ended, in milliseconds. */
function cpuMs(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const [user, system, childUser, childSystem] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 16).map(Number)
  return (user! + system! + childUser! + childSystem!) * 10
}

async function timed<T>(task: () => Promise<T>): Promise<{ms: number; result: T}> {
  const began = performance.now()
  const result = await task()
  return {ms: performance.now() - began, result}
}

import {type ChildProcess, spawn} from 'node:child_process'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import type {SampleRepository} from '../../fixtures/repos/sample.ts'
import {sleep, systemClock} from '../../src/base/clock.ts'
import {createLeaseWatch} from '../../src/daemon/loops/leases.ts'
import type {Act} from '../git/actor.ts'
import {createSandbox, type Sandbox, startTicket} from '../git/setup.ts'
import {type BenchResult, judge, ratioAtMost, valueAtMost} from './result.ts'
import type {Say} from './say.ts'

const ACTOR = join(import.meta.dirname, '../git/actor.ts')
const PROCESSES = [2, 4, 8, 16]
const ISSUES = 500
/** Short, so that a stopped process is past it soon. */
const LEASE_MS = 1500
const STALE_ROUNDS = 5
const PLAIN_PUSHES = 10
/** A claim is looked for, written and pushed; and of many who want the same one all but one may push in vain. */
const CLAIM_RATIO = 4

/** Many claim the same issues; and what a process writes that slept past its lease. */
export async function benchRace(say: Say): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const processes of PROCESSES) {
    say(`race: ${processes} processes, ${ISSUES} issues`)
    results.push(...(await race(processes)))
  }
  let landed = 0
  for (let round = 1; round <= STALE_ROUNDS; round++) {
    say(`race: a process that slept past its lease, ${round} of ${STALE_ROUNDS}`)
    if (await staleWriteLands()) landed++
  }
  const name = `race: stale writes that landed, of ${STALE_ROUNDS} after SIGSTOP past the lease and SIGCONT`
  return [...results, judge({name, value: landed, unit: 'writes', reference: null}, valueAtMost(0))]
}

async function race(processes: number): Promise<BenchResult[]> {
  await using sandbox = await createSandbox()
  const clones = await Promise.all(Array.from({length: processes}, () => sandbox.clone()))
  const base = await clones[0]!.resolve('HEAD')
  const reference = await plainPushMs(clones[0]!)
  const start = performance.now()
  const answers = await Promise.all(
    clones.map(
      ({dir}, index) => play(sandbox, dir, {act: 'claim-all', owner: `owner${index}`, issues: ISSUES, base}).ended,
    ),
  )
  const seconds = (performance.now() - start) / 1000
  const outcomes = answers.map(answer => (answer as {ok: {won: number[]; lost: number}}).ok)
  const winners = Map.groupBy(
    outcomes.flatMap(({won}) => won),
    issue => issue,
  )
  const wrong = Array.from({length: ISSUES}, (_, index) => winners.get(index + 1)?.length ?? 0).filter(
    count => count !== 1,
  )
  // The remote has what the winners believe.
  const observer = await sandbox.open(clones[0]!)
  const owners = new Map((await observer.claims()).map(({record}) => [record.issue, record.owner]))
  const strange = outcomes.flatMap(({won}, index) => won.filter(issue => owners.get(issue) !== `owner${index}`))
  const name = `race: ${processes} processes, ${ISSUES} issues`
  return [
    judge(
      {
        name: `${name}: issues without exactly one winner`,
        value: wrong.length + strange.length,
        unit: 'issues',
        reference: null,
      },
      valueAtMost(0),
    ),
    judge(
      {
        name: `${name}: time for an issue, beside a plain push`,
        value: (seconds / ISSUES) * 1000,
        unit: 'ms',
        reference,
      },
      ratioAtMost(Math.max(CLAIM_RATIO, processes)),
    ),
  ]
}

/** The time that git alone takes to push one ref without competition. */
async function plainPushMs(clone: SampleRepository): Promise<number> {
  const start = performance.now()
  for (let index = 0; index < PLAIN_PUSHES; index++) {
    await clone.git('push', '--quiet', 'origin', `HEAD:refs/plain/${index}`)
  }
  return (performance.now() - start) / PLAIN_PUSHES
}

/** Whether a push landed whose process was stopped until its claim had been taken over. */
async function staleWriteLands(): Promise<boolean> {
  await using sandbox = await createSandbox()
  const clone = await sandbox.clone()
  const theirs = await sandbox.open(clone, {owner: 'sleeper'})
  const {path: worktree, claim, work, branch} = await startTicket(theirs, 7, clone)
  const head = await work.commitFile('late.md', 'late\n')
  const act: Act = {act: 'live-and-push', owner: claim.record.owner, leaseMs: LEASE_MS, worktree, claim, head}
  const sleeper = play(sandbox, clone.dir, act)
  await sleeper.spoke
  sleeper.process.kill('SIGSTOP')
  const ours = await sandbox.open(await sandbox.clone(), {owner: 'observer'})
  const leases = createLeaseWatch({git: ours, clock: systemClock, longestGapMs: () => 30_000})
  while (!leases.dead().has(claim.record.owner)) {
    await leases.look()
    await sleep(LEASE_MS / 5)
  }
  await ours.bumpClaim(claim, {owner: 'observer'})
  sleeper.process.kill('SIGCONT')
  sleeper.process.stdin?.write('go\n')
  const answer = await sleeper.ended
  const refused = (answer as {error?: {code: string}}).error?.code === 'claim-lost'
  return !refused || (await ours.remoteHead(branch)) !== null
}

/** The actor in a process of its own: `spoke` with its first line, `ended` with its last one, which is its answer. */
function play(
  sandbox: Sandbox,
  dir: string,
  act: Act,
): {process: ChildProcess; spoke: Promise<void>; ended: Promise<unknown>} {
  const child = spawn(process.execPath, [ACTOR, dir, JSON.stringify(act)], {
    env: sandbox.env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const spoke = Promise.withResolvers<void>()
  let last = ''
  const lines = createInterface({input: child.stdout!})
  lines.on('line', line => {
    last = line
    spoke.resolve()
  })
  const ended = new Promise<unknown>((resolve, reject) => {
    lines.on('close', () => (last.startsWith('{') ? resolve(JSON.parse(last)) : reject(new Error(`it said ${last}`))))
  })
  return {process: child, spoke: spoke.promise, ended}
}

import {availableParallelism} from 'node:os'
import {parseArgs} from 'node:util'
import {Worker} from 'node:worker_threads'
import {KILLED_REQUESTS} from '../../src/daemon/api/index.ts'
import {KILLED} from '../e2e/points.ts'
import {openOwnFolder} from '../own-folder.ts'
import {crashPointFiles} from './crash-point-files.ts'
import {keep} from './kept-seeds.ts'
import {killAtRandom} from './kills.ts'
import {NOTHING, replayOf, sumOf, type Tally, wrongIn} from './seeds.ts'
import {type Outcome, simulate} from './simulation.ts'

const USE = `npm run test:chaos -- [--seeds N] [--from SEED] [--kills N] [--no-points]   all of it
npm run test:chaos -- --seed SEED                                           one simulated seed again, step by step
npm run test:chaos -- --keep SEED                                           shrink a seed that fails, and keep it
npm run test:chaos -- --no-points --kills 0 --first                         end at the first seed that fails
npm run test:chaos -- --seeds 0 --no-points --kills N --from SEED           random kills alone`

const {values} = parseArgs({
  options: {
    seeds: {type: 'string', default: '3000'},
    from: {type: 'string', default: String(Date.now() % 1_000_000_000)},
    kills: {type: 'string', default: '200'},
    'no-points': {type: 'boolean', default: false},
    first: {type: 'boolean', default: false},
    seed: {type: 'string'},
    keep: {type: 'string'},
    help: {type: 'boolean', default: false},
  },
})

/** Every named effect and request, before and after it. */
const ALL_POINTS = [
  ...Object.entries(KILLED).flatMap(([name, where]) => (where === 'nowhere' ? [] : [name])),
  ...KILLED_REQUESTS,
].flatMap(name => [`${name}:before`, `${name}:after`])

/** So many of the seeds that fail are shrunk and kept: they mostly have one cause. */
const MOST_KEPT = 5
const failed: number[] = []

/** Plays one seed and prints what happened in it. */
async function replay(seed: number): Promise<number> {
  const outcome = await simulate(seed)
  const wrong = wrongIn(outcome)
  console.log([...outcome.diary, ...(wrong.length === 0 ? [`seed ${seed}: all is well`] : wrong)].join('\n'))
  return wrong.length === 0 ? 0 : 1
}

/** Shrinks a seed that fails to the mishaps that are enough, and keeps it for `npm test`. */
async function shrinkAndKeep(seed: number): Promise<number> {
  const kept = await keep(seed)
  console.log(kept ? `kept: seed ${seed} with ${kept.only.join(', ')}: ${kept.found}` : `seed ${seed}: all is well`)
  return kept ? 1 : 0
}

/** Plays seeds in one thread for each processor. */
async function simulations(from: number, seeds: number): Promise<Tally> {
  const threads = availableParallelism()
  const each = Math.ceil(seeds / threads)
  const shares = Array.from({length: threads}, (_, index) => ({from: from + index * each, count: each}))
  const began = performance.now()
  const tally = (await Promise.all(shares.map(inThread))).reduce(sumOf, NOTHING)
  const perMinute = Math.round((tally.seeds * 60_000) / (performance.now() - began))
  if (!values.first) for (const seed of failed.slice(0, MOST_KEPT)) await shrinkAndKeep(seed)
  console.log(`simulation: ${tally.seeds} seeds from ${from}, ${perMinute} a minute, ${tally.merges} merges`)
  return tally
}

function inThread(workerData: {from: number; count: number}): Promise<Tally> {
  const {promise, resolve, reject} = Promise.withResolvers<Tally>()
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {workerData})
  worker.on('error', reject)
  worker.on('message', ({outcome, tally}: {outcome?: Outcome; tally?: Tally}) => {
    if (outcome) {
      failed.push(outcome.seed)
      console.log(`seed ${outcome.seed}: ${wrongIn(outcome).join('; ')}\n  ${replayOf(outcome.seed)}`)
    }
    if (tally) resolve(tally)
    if (outcome && values.first) process.exit(1)
  })
  return promise
}

async function all(): Promise<number> {
  await using _own = await openOwnFolder(line => console.log(line))
  const [from, seeds, kills] = [Number(values.from), Number(values.seeds), Number(values.kills)]
  let tally = seeds > 0 ? await simulations(from, seeds) : NOTHING
  if (!values['no-points']) tally = sumOf(tally, await crashPointFiles())
  let killed = 0
  if (kills > 0) {
    console.log(
      `random kills from seed ${from}; again: npm run test:chaos -- --seeds 0 --no-points --kills ${kills} --from ${from}`,
    )
    const found = await killAtRandom({kills, seed: from, say: line => console.log(line)})
    killed = Object.values(found.kills).reduce((sum, count) => sum + count, 0)
    const {lost, stuck, doubleClaims, untestedMerges} = found
    for (const what of [...lost, ...stuck, ...doubleClaims, ...untestedMerges]) console.log(`after kills: ${what}`)
    tally = sumOf(tally, {
      ...NOTHING,
      ...{lost: lost.length, stuck: stuck.length, doubleClaims: doubleClaims.length, untested: untestedMerges.length},
    })
  }
  const missed = values['no-points'] ? [] : ALL_POINTS.filter(point => !tally.points.includes(point))
  if (missed.length > 0) console.log(`crash points that no run came by: ${missed.join(', ')}`)
  const {lost, stuck, doubleClaims, untested} = tally
  console.log(
    `crash points: ${tally.points.length}, random kills: ${killed}, seeds: ${tally.seeds}, lost: ${lost}, stuck: ${stuck}, double claims: ${doubleClaims}, untested merges: ${untested}`,
  )
  return missed.length + lost + stuck + doubleClaims + untested === 0 ? 0 : 1
}

if (values.help) console.log(USE)
else if (values.keep !== undefined) process.exitCode = await shrinkAndKeep(Number(values.keep))
else process.exitCode = values.seed === undefined ? await all() : await replay(Number(values.seed))

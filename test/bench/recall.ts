import {join} from 'node:path'
import {findPostgres, startPostgres} from '../../fixtures/postgres/server.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {openHub} from '../../src/hub/hub.ts'
import type {Recall} from '../../src/hub/memories.ts'
import type {HubPlace} from '../../src/hub/place.ts'
import {WORKER} from '../hub/open.ts'
import {postgresPlace} from '../hub/stores.ts'
import {fillMemories, PROJECT, WORDS} from './memories.ts'
import {type BenchResult, judge, quantile, valueAtMost} from './result.ts'
import type {Say} from './say.ts'

const MEMORIES = 20_000
const ROUNDS = 60
const AT_MOST_MS = 50

/** Finds memories among twenty thousand, by every way of looking, on both stores. */
export async function benchRecall(say: Say): Promise<BenchResult[]> {
  await using folder = temporaryFolder('clambake-bench-recall-')
  const results = await measured('SQLite', {kind: 'file', file: join(folder.path, 'hub.db')}, say)
  const bin = findPostgres()
  if (bin === null) {
    say('hub: Postgres is left out, since no server is installed (Debian: apt-get install postgresql)')
    return results
  }
  await using server = await startPostgres(bin)
  return [...results, ...(await measured('Postgres', postgresPlace(server.database('recall')), say))]
}

async function measured(store: string, place: HubPlace, say: Say): Promise<BenchResult[]> {
  say(`hub: ${MEMORIES} memories are stored on ${store}`)
  await fillMemories(place, MEMORIES)
  await using hub = await openHub({
    place,
    repository: PROJECT,
    clock: systemClock,
    log: silentLog,
    worker: WORKER,
  })
  const {memory} = hub.sessions
  const word = (n: number) => WORDS[n % WORDS.length]!
  const ways: Record<string, (n: number) => Partial<Recall>> = {
    'rare words': n => ({query: `${word(1000 + n * 7)} ${word(1500 + n * 11)}`}),
    'a word of every third memory': n => ({query: word(n % 3)}),
    'words of a sentence': n => ({query: `${word(n)} ${word(20 + n)} ${word(300 + n * 3)} ${word(900 + n)}`}),
    'a word that is nowhere': n => ({query: `nowhere${n}`}),
    'a part of a sentence without spaces': n => ({query: `切り捨て${n}`}),
    'a file': n => ({files: [`src/part${n % 200}/file${n % 40}.ts`]}),
    'a tag and a word': n => ({tags: [`tag${n % 50}`], query: word(n % 40)}),
    'the newest of a type': () => ({types: ['decision']}),
  }
  const waits: number[] = []
  const all = Object.entries(ways)
  await memory.recall({query: word(1), project: PROJECT, limit: 10})
  for (const [name, way] of all) {
    const own: number[] = []
    for (let n = 0; n < ROUNDS; n++) {
      const at = performance.now()
      await memory.recall({query: '', project: PROJECT, limit: 10, ...way(n)})
      own.push(performance.now() - at)
    }
    say(
      `hub: recall on ${store} by ${name}: median ${quantile(own, 0.5).toFixed(1)} ms, slowest ${Math.max(...own).toFixed(1)} ms`,
    )
    waits.push(...own)
  }
  const given: number[] = []
  for (let n = 0; n < ROUNDS; n++) {
    const text = Array.from({length: 40}, (_, i) => word(n * 13 + i * 29)).join(' ')
    const at = performance.now()
    await memory.relevantTo({project: PROJECT, text, files: [`src/part${n}/file${n}.ts`], labels: [`tag${n % 50}`]})
    given.push(performance.now() - at)
  }
  const figure = (name: string, value: number) => ({
    name: `hub on ${store}: ${name}`,
    value,
    unit: 'ms',
    reference: null,
  })
  return [
    judge(figure(`recall over ${MEMORIES} memories, p99`, quantile(waits, 0.99)), valueAtMost(AT_MOST_MS)),
    judge(figure('what a session is given at its start, p99', quantile(given, 0.99)), valueAtMost(4 * AT_MOST_MS)),
  ]
}

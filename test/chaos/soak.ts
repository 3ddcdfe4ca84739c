import {existsSync, readdirSync, statSync, unlinkSync} from 'node:fs'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {sleep} from '../../src/base/clock.ts'
import {ANY_EXIT_CODE, run} from '../../src/base/run.ts'
import {residentMegabytes} from '../bench/processes.ts'
import {quickCi} from '../e2e/checks.ts'
import type {App} from '../e2e/driver/app.ts'
import {openPlay, type Play} from '../e2e/stage.ts'
import {openOwnFolder} from '../own-folder.ts'
import {actAsPerson, issueOf, judge, type KillTally, killOne} from './kills.ts'
import {type Chance, chanceOf} from './random.ts'

const AGENTS = 12
/** So many issues are open at a time. */
const OPEN = 14
/** Scripts are written once, for more issues than can land. */
const SCRIPTS = 20_000
const SAMPLE_MS = 15_000
/** At the end all that is open lands; it may take so long from one to the next. */
const CALM_MS = 240_000
const FULL_MS = 6000
const DISK_MB = 256
/** Growth of memory from the third quarter of the run to the last that still counts as level. */
const LEVEL = 0.15

type Sample = {
  minute: number
  opened: number
  landed: number
  asked: number
  host: number
  daemon: number
  hostFds: number
  daemonFds: number
  hubKb: number
  logsKb: number
}

/** `soak --minutes N [--seed N]`: work without an end under kills, storms and full disks, and what it costs over time. */
async function main(): Promise<number> {
  const {values} = parseArgs({
    options: {minutes: {type: 'string', default: '60'}, seed: {type: 'string', default: String(Date.now() % 1e9)}},
  })
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
  console.log(`soak: ${minutes} minutes, seed ${seed}`)
  await using own = await openOwnFolder(line => console.log(line))
  const disk = join(own.path, 'disk')
  await mkdir(disk)
  const isSmall = (await run('mount', mounting(disk))).exitCode === 0
  if (!isSmall) console.log('full disks are left out: no small disk can be mounted here')
  return await soak({minutes, chance: chanceOf(seed), disk: isSmall ? disk : null})
}

function mounting(path: string) {
  const args = ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', path]
  return {args, env: {PATH: process.env.PATH ?? ''}, accept: ANY_EXIT_CODE}
}

async function soak({minutes, chance, disk}: {minutes: number; chance: Chance; disk: string | null}): Promise<number> {
  const first = Array.from({length: OPEN}, (_, index) => issueOf(index + 1))
  // State, hub and logs are on the small disk.
  const env = disk === null ? {} : {CLAMBAKE_STATE_DIR: join(disk, 'state')}
  if (disk !== null) await mkdir(join(disk, 'state'))
  await using play = await openPlay({
    ...{issues: first, ci: quickCi, pace: 150, agents: AGENTS, routing: 'auto', trainMinutes: 0.05, lookSeconds: 2},
    ...{commands: {setup: ['true'], verify: ['sleep 1.5']}, env},
  })
  const scripts = Array.from({length: SCRIPTS}, (_, index) => [index + 1, issueOf(index + 1).turns])
  await writeFile(join(play.folder, 'scripts.json'), JSON.stringify(Object.fromEntries(scripts)))
  let opened = OPEN
  let client: App = play.open()
  const asked = new Set<number>()
  const samples: Sample[] = []
  const began = Date.now()
  const end = began + minutes * 60_000
  let seenAt = 0
  let sampledAt = 0
  let landed = 0
  let landedAt = end
  while (Date.now() < end || (landed < opened && Date.now() < landedAt + CALM_MS)) {
    if (countOf(play) > landed) landedAt = Math.max(end, Date.now())
    landed = countOf(play)
    const isCalm = Date.now() >= end
    await sleep(1000 + chance.int(3000))
    if (!isCalm) await disturb({play, chance, disk})
    while (!isCalm && opened - countOf(play) < OPEN) {
      // Pull requests take numbers, too; what the issue's agent does is by its number.
      const number = play.repository.issues().length + play.repository.pulls().length + 1
      const {title, body, labels} = issueOf(number)
      play.repository.openIssue({number, title, body, labels, association: 'OWNER'})
      opened += 1
    }
    if (Date.now() - seenAt > 5000) {
      seenAt = Date.now()
      client = await actAsPerson(play, client, asked)
    }
    if (Date.now() - sampledAt < SAMPLE_MS) continue
    sampledAt = Date.now()
    const sample = sampleOf(play, {minute: (Date.now() - began) / 60_000, opened, asked: asked.size})
    if (!sample) continue
    samples.push(sample)
    console.log(line(sample))
  }
  const tally: Omit<KillTally, 'kills'> = {lost: [], stuck: [], doubleClaims: [], untestedMerges: []}
  const issues = new Map(play.repository.issues().map(({number}) => [number, issueOf(number)]))
  await judge(play, issues, tally)
  return report({samples, tally, opened, landed: countOf(play), asked: asked.size})
}

/** Issues that are closed. */
function countOf({repository}: Play): number {
  return repository.issues().filter(({state}) => state === 'closed').length
}

/** A kill, a storm of GitHub's, or a full disk for a moment; mostly nothing. */
async function disturb({play, chance, disk}: {play: Play; chance: Chance; disk: string | null}): Promise<void> {
  if (chance.happens(0.35)) await killOne(play, chance, ['agent', 'git', 'verify', 'client'])
  if (chance.happens(0.01)) await killOne(play, chance, ['daemon'])
  if (chance.happens(0.08)) {
    play.github.fault({
      kind: 'status',
      status: chance.of([500, 502, 503]),
      message: 'a storm',
      times: 5 + chance.int(30),
    })
  }
  if (chance.happens(0.03)) play.github.fault({kind: 'status', status: 429, retryAfter: 2, times: 3})
  if (disk !== null && chance.happens(0.03)) await fill(disk)
}

/** Takes all room of a small disk for some seconds. */
async function fill(disk: string): Promise<void> {
  const file = join(disk, 'filler')
  await run('dd', {
    args: ['if=/dev/zero', `of=${file}`, 'bs=1M', 'status=none'],
    env: {PATH: process.env.PATH ?? ''},
    accept: ANY_EXIT_CODE,
  })
  await sleep(FULL_MS)
  if (existsSync(file)) unlinkSync(file)
}

function sampleOf(play: Play, known: Pick<Sample, 'minute' | 'opened' | 'asked'>): Sample | null {
  const {daemon, host} = play.pids()
  if (daemon === null || host === null) return null
  const state = play.env.CLAMBAKE_STATE_DIR!
  const sizes = readdirSync(state, {recursive: true, withFileTypes: true}).flatMap(entry =>
    entry.isFile() ? [{name: entry.name, bytes: sizeIn(join(entry.parentPath, entry.name))}] : [],
  )
  const kilobytes = (of: RegExp) =>
    Math.round(sizes.filter(({name}) => of.test(name)).reduce((sum, {bytes}) => sum + bytes, 0) / 1024)
  try {
    return {
      ...known,
      landed: countOf(play),
      host: Math.round(residentMegabytes([host])),
      daemon: Math.round(residentMegabytes([daemon])),
      hostFds: readdirSync(`/proc/${host}/fd`).length,
      daemonFds: readdirSync(`/proc/${daemon}/fd`).length,
      hubKb: kilobytes(/\.(sqlite|db)(-wal|-shm)?$/),
      logsKb: kilobytes(/\.(log|jsonl)(\.1)?$/),
    }
  } catch {
    return null // One of them has just ended.
  }
}

function sizeIn(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

function line({minute, opened, landed, asked, host, daemon, hostFds, daemonFds, hubKb, logsKb}: Sample): string {
  return `${minute.toFixed(1)} min: ${landed} of ${opened} landed, ${asked} asked a person; memory host ${host} MB, daemon ${daemon} MB; descriptors ${hostFds}, ${daemonFds}; hub ${hubKb} KB, logs ${logsKb} KB`
}

function report(found: {
  samples: readonly Sample[]
  tally: Omit<KillTally, 'kills'>
  opened: number
  landed: number
  asked: number
}): number {
  const {samples, tally, opened, landed, asked} = found
  const wrong = Object.entries(tally).flatMap(([kind, all]) => all.map(what => `${kind}: ${what}`))
  for (const what of wrong) console.log(what)
  const percent = (part: number) => (opened === 0 ? 0 : Math.round((1000 * part) / opened) / 10)
  const level = (of: 'host' | 'daemon') => {
    const quarter = (from: number) =>
      samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * (from + 0.25)))
    const mean = (of2: readonly Sample[]) => of2.reduce((sum, sample) => sum + sample[of], 0) / of2.length
    const grown = mean(quarter(0.75)) / mean(quarter(0.5)) - 1
    return {
      text: `${of} ${Math.round(mean(quarter(0.75)))} MB (${grown >= 0 ? '+' : ''}${Math.round(grown * 100)} %)`,
      ok: grown <= LEVEL,
    }
  }
  const levels = [level('host'), level('daemon')]
  const healed = percent(opened - asked)
  console.log(
    `landed: ${landed}, merged: ${percent(landed)} %, healed alone: ${healed} %, memory in the last quarter: ${levels.map(({text}) => text).join(', ')}, lost: ${tally.lost.length}, stuck: ${tally.stuck.length}, double claims: ${tally.doubleClaims.length}, untested merges: ${tally.untestedMerges.length}`,
  )
  return wrong.length === 0 && healed >= 90 && levels.every(({ok}) => ok) ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  // What went wrong in the end hides what went wrong before.
  for (let at: unknown = error; at instanceof Error; at = (at as {suppressed?: unknown}).suppressed)
    console.log(at.message, at.stack)
  throw error
}

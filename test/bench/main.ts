import {parseArgs} from 'node:util'
import {benchBundle} from './bundle.ts'
import {benchClaude} from './claude.ts'
import {benchGithub} from './github.ts'
import {benchHooks} from './hooks.ts'
import {benchHub} from './hub.ts'
import {benchLanding} from './landing.ts'
import {benchLandingCalls, benchSearch} from './landing-calls.ts'
import {benchPanes} from './panes/panes.ts'
import {benchPrograms} from './programs.ts'
import {benchRace} from './race.ts'
import {benchRadar} from './radar.ts'
import {benchRecall} from './recall.ts'
import {benchRestart} from './restart.ts'
import type {BenchResult} from './result.ts'
import {benchRouting} from './routing.ts'
import type {Say} from './say.ts'
import {benchSnapshot} from './snapshot.ts'
import {benchStart} from './start.ts'
import {table} from './table.ts'
import {benchTrain} from './train.ts'

/** `tickets`: how many the train carries; undefined: as many as it is held to. */
type Asked = {tickets: number | undefined}

const GROUPS: Readonly<Record<string, (say: Say, asked: Asked) => Promise<BenchResult[]>>> = {
  start: benchStart,
  panes: benchPanes,
  claude: benchClaude,
  hooks: benchHooks,
  github: benchGithub,
  snapshot: benchSnapshot,
  landing: async say => [
    ...(await benchLanding(say)),
    ...(await benchLandingCalls(say)),
    ...(await benchSearch(say)),
    ...(await benchBundle(say)),
  ],
  train: (say, {tickets}) => benchTrain(say, tickets),
  routing: benchRouting,
  race: benchRace,
  hub: async say => [...(await benchHub(say)), ...(await benchRecall(say))],
  radar: benchRadar,
  programs: benchPrograms,
  restart: benchRestart,
}

/** `main.ts [--json] [--tickets N] [group…]`: measures, prints, and ends with 1 when a target was missed, 2 on wrong usage. */
async function main(): Promise<number> {
  const {values, positionals} = parseArgs({
    options: {json: {type: 'boolean', default: false}, tickets: {type: 'string'}},
    allowPositionals: true,
  })
  const tickets = values.tickets === undefined ? undefined : Number(values.tickets)
  if (tickets !== undefined && !(Number.isInteger(tickets) && tickets > 0)) {
    process.stderr.write(`--tickets takes a number of tickets, found ${JSON.stringify(values.tickets)}\n`)
    return 2
  }
  const unknown = positionals.filter(name => !Object.hasOwn(GROUPS, name))
  if (unknown.length > 0) {
    process.stderr.write(`There is no group ${unknown.join(', ')}; there are ${Object.keys(GROUPS).join(', ')}\n`)
    return 2
  }
  const say: Say = line => process.stderr.write(`${line}\n`)
  const results: BenchResult[] = []
  for (const name of positionals.length > 0 ? positionals : Object.keys(GROUPS)) {
    const found = await GROUPS[name]!(say, {tickets})
    if (found.length === 0) say(`${name}: no figures`)
    results.push(...found)
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`)
  else if (results.length > 0) process.stdout.write(`${table(results)}\n`)
  return results.every(({ok}) => ok) ? 0 : 1
}

process.exitCode = await main()

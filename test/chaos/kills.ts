import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import {sleep} from '../../src/base/clock.ts'
import {run} from '../../src/base/run.ts'
import {quickCi} from '../e2e/checks.ts'
import type {App} from '../e2e/driver/app.ts'
import {signalIfAlive} from '../e2e/processes.ts'
import {openPlay, type Play} from '../e2e/stage.ts'
import {type Chance, chanceOf} from './random.ts'

/** So many kills hit one run of the demo; then it is left alone, and must come to its end. */
const KILLS_A_RUN = 40
const ISSUES = 6
const CALM_MS = 240_000
const PERSON_MS = 3000

export type Victim = 'host' | 'daemon' | 'client' | 'agent' | 'git' | 'verify'

/** What is killed, by its command line, and how often of those that run: the end of a host ends all agents. */
const VICTIMS: Readonly<Record<Victim, {command: RegExp; weight: number}>> = {
  host: {command: /host\.js/, weight: 1},
  daemon: {command: /daemon\.js/, weight: 2},
  client: {command: /clambake\.js$/, weight: 2},
  agent: {command: /demo-agent\.js/, weight: 4},
  git: {command: /^(?:\S*\/)?git /, weight: 4},
  verify: {command: /sleep \d\.\d/, weight: 8},
}

export type KillTally = {
  kills: Record<Victim, number>
  lost: string[]
  stuck: string[]
  doubleClaims: string[]
  untestedMerges: string[]
}

/** Kills random processes at random times over whole runs, and restarts what a person would. */
export async function killAtRandom(options: {
  kills: number
  seed: number
  say: (line: string) => void
}): Promise<KillTally> {
  const chance = chanceOf(options.seed)
  const tally: KillTally = {
    kills: {host: 0, daemon: 0, client: 0, agent: 0, git: 0, verify: 0},
    ...{lost: [], stuck: [], doubleClaims: [], untestedMerges: []},
  }
  const done = () => Object.values(tally.kills).reduce((sum, count) => sum + count, 0)
  for (let runs = 1; done() < options.kills; runs++) {
    const before = done()
    await oneRun({chance, tally, most: Math.min(KILLS_A_RUN, options.kills - before)})
    options.say(`run ${runs}: ${done() - before} kills (${JSON.stringify(tally.kills)} in all)`)
  }
  return tally
}

/** An issue whose agent makes two commits, each of a file of its own. */
export function issueOf(index: number): DemoIssue {
  const write = (part: string) => [
    {do: 'edit' as const, file: `work/${index}-${part}.md`, content: `${part} of ${index}\n`},
    {do: 'commit' as const, message: `Write the ${part} of ${index}`},
  ]
  return {
    title: `Write chapter ${index}`,
    body: 'In two parts.',
    labels: ['route:ready'],
    turns: [[...write('start'), ...write('end')]],
  }
}

async function oneRun({chance, tally, most}: {chance: Chance; tally: KillTally; most: number}): Promise<void> {
  const issues = Array.from({length: ISSUES}, (_, index) => issueOf(index + 1))
  await using play = await openPlay({
    ...{issues, ci: quickCi, pace: 60, agents: 3, routing: 'auto', trainMinutes: 0.05, lookSeconds: 1},
    commands: {setup: ['true'], verify: ['sleep 2.5']},
  })
  let client: App = play.open()
  let kills = 0
  let seenAt = Date.now()
  const end = () => Date.now() + CALM_MS
  let deadline = end()
  while (Date.now() < deadline && !isOver(play)) {
    await sleep(chance.int(900))
    if (kills < most) {
      const victim = await killOne(play, chance, Object.keys(tally.kills) as Victim[], tally.kills)
      if (victim) {
        tally.kills[victim] += 1
        kills += 1
        deadline = end()
      }
    }
    if (Date.now() - seenAt < PERSON_MS) continue
    seenAt = Date.now()
    client = await actAsPerson(play, client)
  }
  await judge(play, new Map(issues.map((issue, index) => [index + 1, issue])), tally)
}

function isOver({repository}: Play): boolean {
  return repository.issues().every(({state}) => state === 'closed')
}

/** Kills one of the processes of these kinds; null: none runs. What was killed often already is killed less. */
export async function killOne(
  play: Play,
  chance: Chance,
  among: readonly Victim[],
  killed: Readonly<Partial<Record<Victim, number>>> = {},
): Promise<Victim | null> {
  const processes = await play.processes()
  const kinds = among.filter(kind => processes.some(line => matches(line, kind)))
  if (kinds.length === 0) return null
  const lots = kinds.flatMap(found => {
    const weight = Math.ceil((100 * VICTIMS[found].weight) / (1 + (killed[found] ?? 0)))
    return Array.from({length: weight}, () => found)
  })
  const kind = chance.of(lots)
  const line = chance.of(processes.filter(entry => matches(entry, kind)))
  signalIfAlive(Number.parseInt(line, 10), 'SIGKILL')
  return kind
}

function matches(line: string, kind: Victim): boolean {
  return VICTIMS[kind].command.test(line.replace(/^\d+ /, ''))
}

/** What `status --json` prints. */
type Said = {
  state?: {tickets: {number: number; phase: string; attention: string | null}[]} | null
  error?: {message: string}
}

/** Opens the screen again when it is gone, which starts what does not run, and has blocked tickets tried again. */
export async function actAsPerson(play: Play, client: App, asked?: Set<number>): Promise<App> {
  const isOpen = (await play.processes()).some(line => matches(line, 'client'))
  const {stdout, stderr} = await play.command(['status', '--json'])
  const said = stdout.startsWith('{') ? (JSON.parse(stdout) as Said) : {}
  if ('error' in said || stderr !== '') console.log(`clambake status: ${said.error?.message ?? stderr}`)
  const {state} = said
  // A command that failed is tried again later, as by a person.
  if (state === undefined) return isOpen ? client : play.open()
  for (const {number, phase, attention} of state?.tickets ?? []) {
    if (phase !== 'blocked') continue
    console.log(`#${number} asks a person: ${attention}`)
    asked?.add(number)
    await play.command(['pop', String(number)])
  }
  if (state === null) await play.command(['daemon', 'start'])
  return isOpen ? client : play.open()
}

/** Looks at what a run came to. */
export async function judge(
  play: Play,
  issues: ReadonlyMap<number, DemoIssue>,
  tally: Omit<KillTally, 'kills'>,
): Promise<void> {
  const {repository, checkout, env} = play
  if (!isOver(play)) {
    const {stdout} = await play.command(['agents', 'diagnose'])
    tally.stuck.push(`not all has landed in the calm at the end: ${stdout}`)
  }
  // What has not landed is stuck, and its work is in its branch or worktree.
  const landed = [...issues].flatMap(([number, issue]) => (repository.issue(number).state === 'closed' ? [issue] : []))
  // Without its tracking refs, which a daemon may be moving.
  await run('git', {args: ['fetch', '-q', '--refmap=', 'origin', 'main'], cwd: checkout, env})
  // By the files: a bundle makes one commit of all commits of a ticket.
  for (const step of landed.flatMap(({turns}) => turns.flat())) {
    if (step.do !== 'edit' || step.content === undefined) continue
    const args = ['cat-file', 'blob', `FETCH_HEAD:${step.file}`]
    const {exitCode, stdout} = await run('git', {args, cwd: checkout, env, accept: [0, 128]})
    if (exitCode !== 0 || stdout !== step.content.trimEnd()) tally.lost.push(`${step.file} is not on main`)
  }
  const pulls = repository.pulls()
  // A bundle's pull request is of no single ticket.
  const closing = pulls.flatMap(({body}) => /^Closes #(\d+)/.exec(body)?.[1] ?? [])
  for (const number of new Set(closing)) {
    if (closing.filter(other => other === number).length > 1)
      tally.doubleClaims.push(`#${number} has two pull requests`)
  }
  const conversations = readdirSync(join(env.HOME!, '.fixture-agent')).length
  if (conversations > issues.size) tally.doubleClaims.push(`${conversations} conversations for ${issues.size} issues`)
  for (const {number, head, mergeCommit} of pulls.filter(({merged}) => merged)) {
    const checks = repository.checks(head.sha)
    const isGreen = checks.length > 0 && checks.every(({conclusion}) => conclusion === 'success')
    if (!isGreen) tally.untestedMerges.push(`#${number} was not green`)
    const args = ['merge-base', '--is-ancestor', `${mergeCommit}^1`, head.sha]
    const {exitCode} = await run('git', {args, cwd: checkout, env, accept: [0, 1, 128]})
    if (exitCode !== 0) tally.untestedMerges.push(`#${number} lacked main`)
  }
}

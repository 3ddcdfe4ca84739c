import {type Github, startGithub} from '../../fixtures/github/github.ts'
import type {FakeRepository} from '../../fixtures/github/repository.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {createGithub} from '../../src/github/gateway.ts'
import {type BenchResult, judge, valueAtMost} from './result.ts'
import type {Say} from './say.ts'

const OPEN = 1100
const CLOSED = 10_000
const PULLS = 100
const BRANCHES = 112
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

type Cost = {calls: number; points: number; seconds: number}

const FIRST: Cost = {calls: 20, points: 50, seconds: 10}
const LATER: Cost = {calls: 6, points: 10, seconds: 2}

/** What all of a big repository costs at first, and then what changed in it, with the board and ten changes in between. */
export async function benchSnapshot(say: Say): Promise<BenchResult[]> {
  say(`snapshot: ${OPEN} open issues, ${CLOSED} closed ones, ${PULLS} pull requests, ${BRANCHES} branches`)
  let ago = DAY_MS
  await using server = await startGithub({clock: {...systemClock, now: () => Date.now() - ago}})
  const repository = await server.createRepository({unknownMergeabilityReads: 0})
  // One a minute, and none since yesterday.
  await seed(repository, number => {
    ago = DAY_MS + (CLOSED + OPEN - number) * MINUTE_MS
  })
  ago = 0
  await tryMerges(server, repository)
  const github = createGithub({
    baseUrl: server.apiUrl,
    owner: repository.owner,
    repo: repository.name,
    token: async () => server.token,
    clock: systemClock,
    log: silentLog,
    snapshot: {
      board: '1',
      gate: {label: 'route:ready', trusted: [], trusts: ({association}) => association === 'OWNER'},
    },
  })
  const look = () => measure(server, async () => void (await github.snapshot()))
  const first = await look()
  const quiet = await look()
  change(repository)
  const busy = await look()
  return [
    ...judged('the first pass', first, FIRST),
    ...judged('a later pass, nothing changed', quiet, LATER),
    ...judged('a later pass, ten changes', busy, LATER),
  ]
}

function judged(what: string, cost: Cost, limits: Cost): BenchResult[] {
  const figure = (unit: string, value: number, limit: number) =>
    judge({name: `snapshot: ${what}`, value, unit, reference: null}, valueAtMost(limit))
  return [
    figure('calls', cost.calls, limits.calls),
    figure('points', cost.points, limits.points),
    figure('s', cost.seconds, limits.seconds),
  ]
}

async function measure(server: Github, work: () => Promise<void>): Promise<Cost> {
  const [calls, points, startedAt] = [server.calls.length, await pointsUsed(server), performance.now()]
  await work()
  const seconds = (performance.now() - startedAt) / 1000
  return {calls: server.calls.length - calls - 1, points: (await pointsUsed(server)) - points, seconds}
}

/** Asked by REST, where the answer is free. */
async function pointsUsed({apiUrl, token}: Github): Promise<number> {
  const response = await fetch(`${apiUrl}/rate_limit`, {headers: {authorization: `Bearer ${token}`}})
  return ((await response.json()) as {resources: {graphql: {used: number}}}).resources.graphql.used
}

async function seed(repository: FakeRepository, timeOf: (number: number) => void): Promise<void> {
  const board = repository.addProject('Board')
  for (let number = 1; number <= CLOSED + OPEN; number++) {
    timeOf(number)
    const isStranger = number % 20 === 0
    repository.openIssue({
      number,
      title: `Issue ${number}`,
      body: 'Somebody has to look at this.',
      labels: ['route:ready', 'route:priority-low'],
      assignees: number % 3 === 0 ? ['ann'] : [],
      ...(isStranger ? {author: 'eve', association: 'NONE' as const} : {}),
    })
    if (number <= CLOSED) repository.closeIssue(number)
    else if (number % 2 === 0) {
      board.add(number)
      board.set(number, 'Status', 'Todo')
    }
  }
  for (let number = CLOSED + 2; number <= CLOSED + 200; number += 2) repository.block(number, number - 1)
  for (let number = CLOSED + 301; number <= CLOSED + 500; number++) repository.addSubIssue(CLOSED + 300, number)
  const sha = await repository.pushCommit({branch: 'work-0', files: {'a.txt': 'a\n'}})
  repository.addCheck({sha, name: 'unit', conclusion: 'success'})
  const copies = Array.from({length: BRANCHES - 2}, (_, index) => `refs/heads/work-0:refs/heads/work-${index + 1}`)
  await repository.git('fetch', '--quiet', repository.gitDir, ...copies)
  await repository.refsChanged()
  for (let count = 0; count < PULLS; count++) {
    await repository.openPull({head: `work-${count}`, body: `Closes #${CLOSED + 1 + count}`})
  }
}

/** GitHub has tried its merges long before anybody asks for all of them at once. */
async function tryMerges({apiUrl, token}: Github, repository: FakeRepository): Promise<void> {
  for (const {number} of repository.pulls()) {
    const url = `${apiUrl}/repos/${repository.fullName}/pulls/${number}`
    await (await fetch(url, {headers: {authorization: `Bearer ${token}`}})).text()
  }
}

function change(repository: FakeRepository): void {
  for (let number = CLOSED + 600; number < CLOSED + 603; number++) repository.closeIssue(number)
  for (let number = CLOSED + 610; number < CLOSED + 613; number++) repository.addLabels(number, 'bug')
  repository.addLabels(CLOSED + 620, 'bug')
  repository.block(CLOSED + 620, CLOSED + 621)
  repository.editIssue(CLOSED + 640, {title: 'Another title'})
  for (let count = 0; count < 2; count++) repository.openIssue({title: 'New', number: 20_000 + count})
}

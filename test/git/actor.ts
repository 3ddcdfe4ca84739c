import {once} from 'node:events'
import {join} from 'node:path'
import {sleep, systemClock} from '../../src/base/clock.ts'
import {toErrorData} from '../../src/base/errors.ts'
import {silentLog} from '../../src/base/log.ts'
import {openRepository} from '../../src/git/repository.ts'
import type {Claim} from '../../src/model/data/claim.ts'
import {defaultConfig} from '../../src/model/data/config.ts'
import {claimOf} from './claim-of.ts'

/** What another process does to a repository; it prints the result as JSON. */
export type Act =
  | {act: 'claim'; owner: string; issue: number; base: string}
  | {act: 'remove'; path: string; branch: string; landed: string | null; killAt: string}
  | {act: 'push'; worktree: string; claim: Claim; head: string}
  /** Claims what it can of the issues, in an order of its own. */
  | {act: 'claim-all'; owner: string; issues: number; base: string}
  /** Lives with its lease until something is written to its input, then pushes. */
  | {act: 'live-and-push'; owner: string; leaseMs: number; worktree: string; claim: Claim; head: string}

/** Issues that are tried between two looks at all claims. */
const LOOK_EVERY = 10

const [dir = '', given = ''] = process.argv.slice(2)
const act = JSON.parse(given) as Act
const repository = await openRepository({
  dir,
  state: join(dir, '..', `state-${process.pid}`),
  env: process.env,
  owner: 'actor',
  hostName: 'testhost',
  clock: systemClock,
  log: silentLog,
  config: defaultConfig,
  checkpoint: name => {
    if (act.act === 'remove' && act.killAt === name) process.kill(process.pid, 'SIGKILL')
  },
})
try {
  console.log(JSON.stringify({ok: await perform(act)}))
} catch (error) {
  console.log(JSON.stringify({error: toErrorData(error)}))
}

async function perform(act: Act): Promise<unknown> {
  switch (act.act) {
    case 'claim':
      return repository.claim(claimOf(act.issue, act.base, {owner: act.owner}))
    case 'remove':
      return repository.removeWorktree(act)
    case 'push':
      return push(act)
    case 'claim-all':
      return claimAll(act)
    case 'live-and-push':
      return liveAndPush(act)
  }
}

function push({worktree, claim, head}: {worktree: string; claim: Claim; head: string}): Promise<Claim> {
  return repository.pushWork({worktree, claim, head, patch: {phase: 'review'}})
}

async function claimAll({
  owner,
  issues,
  base,
}: Extract<Act, {act: 'claim-all'}>): Promise<{won: number[]; lost: number}> {
  const won: number[] = []
  let lost = 0
  let taken = new Set<number>()
  const order = Array.from({length: issues}, (_, index) => ({issue: index + 1, at: Math.random()}))
  for (const [index, {issue}] of order.sort((a, b) => a.at - b.at).entries()) {
    // As a daemon, which sees the others' claims now and then.
    if (index % LOOK_EVERY === 0) taken = new Set((await repository.claims()).map(({record}) => record.issue))
    if (taken.has(issue)) continue
    if ((await repository.claim(claimOf(issue, base, {owner}))).won) won.push(issue)
    else lost++
  }
  return {won, lost}
}

async function liveAndPush(act: Extract<Act, {act: 'live-and-push'}>): Promise<Claim> {
  const {owner, leaseMs} = act
  const asked = once(process.stdin, 'data')
  let isAsked = false
  asked.then(() => {
    isAsked = true
  })
  for (let beat = 0; !isAsked; beat++) {
    await repository.renewOwner({owner, host: 'testhost', pid: process.pid, beat, startedAt: '', leaseMs})
    process.stdout.write('.\n')
    await Promise.race([asked, sleep(leaseMs / 3, systemClock)])
  }
  process.stdin.destroy()
  return push(act)
}

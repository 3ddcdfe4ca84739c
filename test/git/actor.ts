import {systemClock} from '../../src/base/clock.ts'
import {toErrorData} from '../../src/base/errors.ts'
import {silentLog} from '../../src/base/log.ts'
import {openRepository} from '../../src/git/repository.ts'
import type {Claim} from '../../src/model/claim.ts'
import {defaultConfig} from '../../src/model/config.ts'
import {claimOf} from './claim-of.ts'

/** What another process does to a repository; it prints the result as JSON. */
export type Act =
  | {act: 'claim'; owner: string; issue: number; base: string}
  | {act: 'remove'; path: string; branch: string; landed: string | null; killAt: string}
  | {act: 'push'; worktree: string; claim: Claim; head: string}

const [dir = '', given = ''] = process.argv.slice(2)
const act = JSON.parse(given) as Act
const repository = await openRepository({
  dir,
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
      return repository.pushWork({worktree: act.worktree, claim: act.claim, head: act.head, patch: {phase: 'review'}})
  }
}

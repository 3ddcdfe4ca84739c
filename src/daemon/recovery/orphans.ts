import {ClambakeError} from '../../base/errors.ts'
import {freeAgents} from '../../model/core/slots.ts'
import type {Claim} from '../../model/data/claim.ts'
import {parseClaimName} from '../../model/data/names.ts'
import type {Orphan} from '../../model/gateways/git.ts'
import {planRecovery} from '../../model/recovery/plan.ts'
import {heldByBudget} from '../../model/spending/budget.ts'
import type {DaemonApi} from '../../protocol/daemon.ts'
import {openPullForHuman} from '../../recovery/recover.ts'
import {worktreePath} from '../../tickets/handlers.ts'
import {type ApiParts, claimWon, type Handlers, noFreeAgent, refuseSpending} from '../api/parts.ts'
import {takeOver} from './adopt.ts'

type Recovered = DaemonApi['recover']['result']

/** The methods for work without an owner. */
export function recoveryApi(parts: ApiParts): Handlers<'orphans' | 'recover' | 'cleanupPlan'> {
  return {
    orphans: () => findOrphans(parts),
    recover: params => recover(parts, params),
    cleanupPlan: () => cleanupPlan(parts),
  }
}

async function findOrphans({engine, git, reconciler}: ApiParts): Promise<Orphan[]> {
  const held = engine.state().tickets
  const found = await git.orphans(reconciler.deadOwners())
  return found.filter(({issue}) => issue === null || !held[issue] || held[issue].value === 'lost')
}

/** Carries out what a person chose for an orphan; deletes nothing. */
export async function recover(
  parts: ApiParts,
  {kind, name, action}: DaemonApi['recover']['params'],
): Promise<Recovered> {
  const {engine, reconciler, git, config} = parts
  await reconciler.look()
  const orphan = (await findOrphans(parts)).find(found => found.kind === kind && found.name === name)
  if (!orphan) throw noOrphan(kind, name)
  const claim = kind === 'claim' ? await claimAt(parts, orphan) : null
  const plan = planRecovery({
    orphan,
    action,
    claim,
    branch: await branchOf(parts, orphan, claim),
    place: orphan.issue === null ? null : worktreePath({root: git.root, config, issue: orphan.issue}),
    state: engine.state(),
  })
  switch (plan.do) {
    case 'refuse':
      throw new ClambakeError({code: plan.code, message: plan.message, next: plan.next, kept: 'nothing was changed'})
    case 'nothing':
      return {done: `${name} is left as it is`, pull: null, ticket: orphan.issue}
    case 'claim': {
      refuseSpending(parts)
      if (freeAgents(engine.state()).length === 0) throw noFreeAgent(engine.state())
      const {base} = await git.branchStart(plan.branch)
      engine.dispatch({type: 'popAsked', issue: plan.issue, branch: plan.branch, base})
      const {agent} = await claimWon(engine, plan.issue)
      return {done: `${agent} continues ${plan.branch}`, pull: null, ticket: plan.issue}
    }
    case 'take-over':
      return takeOverByHand(parts, plan.claim)
    case 'open-pull': {
      const {pull, opened, saved} = await openPullForHuman(parts, plan)
      const what = opened ? `#${pull.number} is open for a person` : `#${pull.number} was open already`
      return {
        done: saved ? `${what}; uncommitted files are in ${saved.ref}` : what,
        pull: pull.number,
        ticket: plan.issue,
      }
    }
  }
}

/** Takes the claim over, and continues its ticket as after a restart of this daemon. */
async function takeOverByHand(parts: ApiParts, claim: Claim): Promise<Recovered> {
  const {engine, clock} = parts
  const {issue, pull} = claim.record
  engine.dispatch(await takeOver(parts, claim, 'a person took it over'))
  const ticket = engine.state().tickets[issue]
  const waitsFor =
    heldByBudget(engine.state(), clock.now()) ??
    (ticket?.context.paused ? 'its agent starts in a moment' : 'it waits for a free agent')
  const done = ticket?.value === 'queued' ? `#${issue} is ours; ${waitsFor}` : `#${issue} is ours (${ticket?.value})`
  return {done, pull, ticket: issue}
}

async function claimAt({git}: ApiParts, orphan: Orphan): Promise<Claim | null> {
  const issue = orphan.issue ?? parseClaimName(orphan.name.slice(orphan.name.indexOf('claims/')))
  return (await git.claims()).find(({record}) => record.issue === issue) ?? null
}

async function branchOf({git}: ApiParts, orphan: Orphan, claim: Claim | null): Promise<string | null> {
  if (orphan.kind === 'branch') return orphan.name
  if (orphan.kind === 'claim') return claim?.record.branch ?? null
  return (await git.worktrees()).find(({path}) => path === orphan.name)?.branch ?? null
}

function noOrphan(kind: string, name: string): ClambakeError {
  return new ClambakeError({
    code: 'no-orphan',
    message: `The ${kind} ${name} does not exist or already has an owner`,
    kept: 'it was not touched',
    next: 'clambake recover --scan lists the orphans',
  })
}

/** Lists orphans whose work is on main, as commits or by a squash merge. Changes nothing. */
async function cleanupPlan(parts: ApiParts): Promise<DaemonApi['cleanupPlan']['result']> {
  const {git} = parts
  const plan: DaemonApi['cleanupPlan']['result'] = []
  for (const {kind, name, commits, dirty, head} of await findOrphans(parts)) {
    if (kind === 'claim' || dirty > 0 || head === null) continue
    if (commits === 0) plan.push({what: kind, name, reason: 'main has all its commits'})
    else if (await git.changesNothing(head)) {
      plan.push({what: kind, name, reason: `main has what its ${commits} commits change`})
    }
  }
  return plan
}

import {ClambakeError} from '../../base/errors.ts'
import {shellWord} from '../../base/text.ts'
import {freeAgents} from '../../model/core/slots.ts'
import type {Claim} from '../../model/data/claim.ts'
import {parseClaimName} from '../../model/data/names.ts'
import type {Orphan} from '../../model/data/recovery/orphan.ts'
import {choiceKey, inOrder, isProposed} from '../../model/recovery/judge.ts'
import {planRecovery} from '../../model/recovery/plan.ts'
import {heldByBudget} from '../../model/spending/budget.ts'
import type {DaemonApi} from '../../protocol/daemon.ts'
import {openPullForHuman} from '../../recovery/recover.ts'
import {worktreePath} from '../../tickets/handlers.ts'
import {type ApiParts, claimWon, type Handlers, noFreeAgent, refuseSpending} from '../api/parts.ts'
import {readPastSpending} from '../start/past-spending.ts'
import {takeOver} from './adopt.ts'
import {endLeftIn} from './left.ts'
import {scanOfGroup, scanOrphans} from './scan.ts'
import {noteStep} from './undo.ts'

type Recovered = DaemonApi['recover']['result']

/** The methods for orphaned work. */
export function recoveryApi(parts: ApiParts): Handlers<'orphans' | 'scanStep' | 'recover' | 'rescues' | 'restore'> {
  const {git} = parts
  return {
    async orphans({all = false}) {
      const orphans = await scanOrphans(parts, {all})
      return inOrder(all ? orphans : orphans.filter(isProposed))
    },
    scanStep: async () => parts.scans.running,
    recover: params => recover(parts, params),
    rescues: async () => [...(await git.rescues())],
    async restore(asked) {
      const {into, files} = await git.restoreFiles(asked)
      return {into, files: [...files]}
    },
  }
}

/** Carries out what a person chose for an orphan. What is put away is in a rescue ref first. */
export async function recover(
  parts: ApiParts,
  {kind, name, action, force = false, group}: DaemonApi['recover']['params'],
): Promise<Recovered> {
  const orphan = (await scanOfGroup(parts, group)).find(found => found.kind === kind && found.name === name)
  if (!orphan) throw noOrphan(kind, name)
  if (action === 'leave') return leave(parts, orphan, group)
  if (orphan.unsure !== null && orphan.kind !== 'claim' && !force) throw uncertain(orphan)
  if (action === 'archive') return archive(parts, orphan, group)
  return carryOn(parts, {orphan, action})
}

/** Remembers the choice, so that the orphan is not proposed again before it changes. */
async function leave(parts: ApiParts, orphan: Orphan, group?: string): Promise<Recovered> {
  const {git, hub, caller} = parts
  const key = choiceKey(orphan)
  await noteStep(parts, {what: `left ${orphan.name}`, group, parts: [{do: 'choice', key}]})
  await git.leave(key)
  const message = `${orphan.name} is left as it is, by ${caller}`
  hub.append({type: 'status_update', message, ...(orphan.issue === null ? {} : {ticket: orphan.issue})})
  return {done: `${orphan.name} is left as it is`, pull: null, ticket: orphan.issue, kept: []}
}

async function archive(parts: ApiParts, orphan: Orphan, group?: string): Promise<Recovered> {
  const {engine, git, hub, caller} = parts
  const {name, issue} = orphan
  refuseHeld(parts, orphan)
  const known = orphan.kind === 'pull' ? {...orphan, head: await headOfPull(parts, orphan)} : orphan
  await endLeftIn(parts, orphan)
  const {kept} = await git.archive(known, found =>
    found.length === 0 ? Promise.resolve() : noteStep(parts, {what: `archived ${name}`, group, parts: found}),
  )
  // A closed pull request stays on GitHub, so only the choice keeps it from being proposed again.
  if (orphan.kind === 'pull') await git.leave(choiceKey(orphan))
  const message = `${name} is archived by ${caller}: ${kept.join(', ')}`
  hub.append({type: 'status_update', message, ...(issue === null ? {} : {ticket: issue})})
  if (issue !== null && engine.state().tickets[issue]?.value === 'lost')
    engine.dispatch({type: 'claimReleased', ticket: issue})
  return {done: `${name} is archived`, pull: null, ticket: issue, kept: [...kept]}
}

/** Another daemon may have claimed it since the scan. */
function refuseHeld({engine}: ApiParts, {issue, name}: Orphan): void {
  const {tickets, foreign} = engine.state()
  const ticket = issue === null ? undefined : tickets[issue]
  const other = issue === null ? undefined : foreign[issue]
  if ((!ticket || ticket.value === 'lost') && !other) return
  throw new ClambakeError({
    code: 'already-claimed',
    message: `#${issue} is held by ${ticket ? ticket.context.agent : other?.record.host}, so ${name} stays as it is`,
    kept: 'nothing was changed',
    next: `clambake why ${issue}`,
  })
}

async function headOfPull({git}: ApiParts, orphan: Orphan): Promise<string | null> {
  return (await git.branchStart(await git.branchFrom(orphan))).head
}

/** Gives the work to an agent, or to a person in a pull request. */
async function carryOn(
  parts: ApiParts,
  {orphan, action}: {orphan: Orphan; action: 'resume' | 'open-pull'},
): Promise<Recovered> {
  const {engine, git, config} = parts
  const claim = orphan.kind === 'claim' ? await claimAt(parts, orphan) : null
  const isOnBranch = orphan.kind === 'branch' || orphan.kind === 'worktree' || orphan.kind === 'claim'
  if (!isOnBranch) refuseHeld(parts, orphan)
  // A stash, a commit or a rescue gets a branch, and is then as any other.
  const branch = isOnBranch ? await branchOf(parts, orphan, claim) : await git.branchFrom(orphan)
  const plan = planRecovery({
    orphan: isOnBranch ? orphan : {...orphan, kind: 'branch', name: branch ?? orphan.name},
    action,
    claim,
    branch,
    place: orphan.issue === null ? null : worktreePath({root: git.root, config, issue: orphan.issue}),
    state: engine.state(),
  })
  switch (plan.do) {
    case 'refuse':
      throw new ClambakeError({code: plan.code, message: plan.message, next: plan.next, kept: 'nothing was changed'})
    case 'claim': {
      refuseSpending(parts)
      if (freeAgents(engine.state()).length === 0) throw noFreeAgent(engine.state())
      const {base} = await git.branchStart(plan.branch)
      engine.dispatch({type: 'popAsked', issue: plan.issue, branch: plan.branch, base})
      const {agent} = await claimWon(engine, plan.issue)
      return {done: `${agent} continues ${plan.branch}`, pull: null, ticket: plan.issue, kept: []}
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
        kept: saved ? [saved.ref] : [],
      }
    }
  }
}

/** Takes the claim over, and continues its ticket as after a restart of this daemon. */
async function takeOverByHand(parts: ApiParts, claim: Claim): Promise<Recovered> {
  const {engine, clock} = parts
  const {issue, pull} = claim.record
  const pastSpending = await readPastSpending(parts)
  engine.dispatch(await takeOver(parts, claim, 'a person took it over', {pastSpending}))
  const ticket = engine.state().tickets[issue]
  const waitsFor =
    heldByBudget(engine.state(), clock.now()) ??
    (ticket?.context.paused ? 'its agent starts in a moment' : 'it waits for a free agent')
  const done =
    ticket?.value === 'queued'
      ? `#${issue} is claimed here; ${waitsFor}`
      : `#${issue} is claimed here (${ticket?.value})`
  return {done, pull, ticket: issue, kept: []}
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

function uncertain({name, unsure}: Orphan): ClambakeError {
  return new ClambakeError({
    code: 'uncertain-orphan',
    message: `What ${name} is worth is not certain: ${unsure}`,
    kept: 'it was not touched',
    next: `look at it, then: clambake recover ${shellWord(name)} --force`,
  })
}

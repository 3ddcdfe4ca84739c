import {ClambakeError} from '../../base/errors.ts'
import type {Config} from '../../model/data/config.ts'
import {agentBranches} from '../../model/data/recovery/agent-branches.ts'
import type {CleanupItem} from '../../model/data/recovery/leftover.ts'
import {planCleanup} from '../../model/recovery/cleanup.ts'
import type {DaemonApi} from '../../protocol/daemon.ts'
import type {ApiParts, Handlers} from '../api/parts.ts'
import {endLeftIn} from './left.ts'
import {scanOfGroup, scanOrphans} from './scan.ts'
import {noteStep} from './undo.ts'

/** The methods that remove what is landed, empty or saved elsewhere. */
export function cleanupApi(parts: ApiParts): Handlers<'cleanupPlan' | 'cleanUp'> {
  return {
    async cleanupPlan() {
      const items = await plan(parts, await scanOrphans(parts, {all: true}))
      const rescues = items.filter(({what}) => what === 'rescue').map(({name}) => name)
      return {plan: items, objectBytes: await parts.git.objectBytes(rescues)}
    },
    cleanUp: params => cleanUp(parts, params),
  }
}

async function plan(parts: ApiParts, orphans: Parameters<typeof planCleanup>[0]['orphans']): Promise<CleanupItem[]> {
  const {engine, git, config, clock} = parts
  const {tickets, foreign} = engine.state()
  const items = planCleanup({
    orphans,
    rescues: await git.rescues(),
    leftovers: await git.leftovers(),
    held: issue =>
      issue !== null &&
      (foreign[issue] !== undefined || (tickets[issue] !== undefined && tickets[issue].value !== 'lost')),
    isAgents: agentBranchesOf(config),
    keepDays: config.recovery.keep_rescues_days,
    at: clock.now(),
  })
  const sized: CleanupItem[] = []
  for (const item of items) sized.push(item.what === 'worktree' ? {...item, bytes: await git.diskUse(item.name)} : item)
  return sized
}

function agentBranchesOf({agents, recovery}: Config): (branch: string) => boolean {
  return agentBranches({template: agents.branch, patterns: recovery.scan_patterns})
}

/** Removes one thing of the plan, if it is still one. Safe to repeat after a kill: what is gone is left out. */
async function cleanUp(
  parts: ApiParts,
  {what, name, group}: DaemonApi['cleanUp']['params'],
): Promise<DaemonApi['cleanUp']['result']> {
  const {git, hub, caller, config} = parts
  const note = (found: Parameters<typeof noteStep>[1]['parts']) =>
    noteStep(parts, {what: 'cleaned up', group, parts: found})
  const kept = await remove()
  hub.append({type: 'status_update', message: `${what} ${name} is removed by ${caller}`})
  return {done: `${what} ${name} is removed`, kept: [...kept]}

  async function remove(): Promise<readonly string[]> {
    if (what === 'branch' || what === 'worktree') {
      const orphans = await scanOfGroup(parts, group)
      const orphan = orphans.find(found => found.kind === what && found.name === name)
      if (!orphan) return []
      const [item] = planCleanup({
        orphans: [orphan],
        rescues: [],
        leftovers: [],
        held: heldNow,
        isAgents: agentBranchesOf(config),
        keepDays: 0,
        at: 0,
      })
      if (!item) throw notInPlan(what, name)
      await endLeftIn(parts, orphan)
      return (await git.archive(orphan, note)).kept
    }
    const items = await plan(parts, what === 'rescue' ? await scanOfGroup(parts, group) : [])
    if (!items.some(item => item.what === what && item.name === name)) return []
    const rescue = what === 'rescue' ? (await git.rescues()).find(({ref}) => ref === name) : undefined
    const oid = rescue?.oid ?? (await git.leftovers()).find(({ref}) => ref === name)?.oid
    if (oid === undefined) return []
    await git.removeRefs([{ref: name, oid, remote: rescue?.isShared ?? false}], note)
    return []
  }

  function heldNow(issue: number | null): boolean {
    const {tickets, foreign} = parts.engine.state()
    if (issue === null) return false
    return foreign[issue] !== undefined || (tickets[issue] !== undefined && tickets[issue].value !== 'lost')
  }
}

function notInPlan(what: string, name: string): ClambakeError {
  return new ClambakeError({
    code: 'no-orphan',
    message: `The ${what} ${name} is not to be cleaned up: it has work that main has not, or a ticket holds it`,
    kept: 'it was not touched',
    next: 'clambake cleanup --dry-run shows what may go',
  })
}

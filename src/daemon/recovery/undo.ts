import {randomUUID} from 'node:crypto'
import {ClambakeError, hasCode} from '../../base/errors.ts'
import {freeAgents} from '../../model/core/slots.ts'
import {joinSteps, type UndoPart, type UndoStep} from '../../model/data/recovery/undo.ts'
import type {DaemonApi} from '../../protocol/daemon.ts'
import {type ApiParts, claimWon, type Handlers, noFreeAgent, refuseProfile, refuseSpending} from '../api/parts.ts'

/** The method that takes a person's last step back. */
export function undoApi(parts: ApiParts): Handlers<'undo'> {
  return {undo: params => undo(parts, params)}
}

/** Notes a step before it is done. Steps of one command are one; without `group` each is one by itself. */
export async function noteStep(
  {git, clock, caller}: Pick<ApiParts, 'git' | 'clock' | 'caller'>,
  {what, group, parts}: {what: string; group: string | undefined; parts: readonly UndoPart[]},
): Promise<void> {
  const at = new Date(clock.now()).toISOString()
  const step: UndoStep = {
    version: 1,
    at,
    by: caller,
    what,
    steps: [what],
    group: group ?? randomUUID(),
    parts: [...parts],
  }
  await git.noteStep(joinSteps(await knownStep(git), step))
}

/** The last step that a new one may belong to; one that cannot be read is none. */
async function knownStep(git: Pick<ApiParts['git'], 'lastStep'>): Promise<UndoStep | null> {
  try {
    return await git.lastStep()
  } catch (error) {
    if (hasCode(error, 'newer-record')) return null
    throw error
  }
}

/** The order in which parts come back: a ticket continues on a branch that is there. */
const ORDER: readonly UndoPart['do'][] = ['ref', 'branch', 'worktree', 'stash', 'choice', 'pull', 'ticket']

/** Takes the last step back, part by part. After a failure or a kill it may be repeated; nothing is overwritten. */
async function undo(
  parts: ApiParts,
  {dryRun = false, at: shown}: DaemonApi['undo']['params'],
): Promise<DaemonApi['undo']['result']> {
  const {git, hub, caller} = parts
  const step = await git.lastStep()
  if (step === null) return null
  const {what, at, by} = step
  if (shown !== undefined && shown !== at) throw stepMoved(what)
  if (dryRun) return {what, at, by, done: []}
  const {tickets, foreign, issues} = parts.engine.state()
  const isUnclaimed = (issue: number) =>
    !tickets[issue] && !foreign[issue] && issues.some(({number}) => number === issue)
  // Better before anything is brought back.
  if (step.parts.some(part => part.do === 'ticket' && isUnclaimed(part.issue))) refuseClaim(parts)
  const done: string[] = []
  for (const part of step.parts.toSorted((one, other) => ORDER.indexOf(one.do) - ORDER.indexOf(other.do))) {
    done.push(await bringBack(parts, part))
  }
  // Another step that was noted meanwhile can still be taken back.
  if ((await knownStep(git))?.at === at) await git.forgetStep()
  hub.append({type: 'status_update', message: `${caller} undid: ${what}`})
  return {what, at, by, done}
}

function stepMoved(what: string): ClambakeError {
  return new ClambakeError({
    code: 'step-moved',
    message: `The last step is another one by now: ${what}`,
    kept: 'nothing was taken back',
    next: 'clambake undo shows it and asks',
  })
}

/** Throws when no ticket can be claimed now. */
function refuseClaim(parts: ApiParts): void {
  const state = parts.engine.state()
  if (freeAgents(state).length === 0) throw noFreeAgent(state)
  refuseSpending(parts)
  refuseProfile(parts)
}

async function bringBack(parts: ApiParts, part: UndoPart): Promise<string> {
  const {git, github, engine, reconciler} = parts
  switch (part.do) {
    case 'pull': {
      const {state} = await github.ensurePullOpen(part.number)
      return state === 'open' ? `#${part.number} is open again` : `#${part.number} is ${state} and stays so`
    }
    case 'ticket': {
      const {issue, branch} = part
      await reconciler.look()
      const holder = engine.state().tickets[issue]?.context.agent ?? engine.state().foreign[issue]?.record.host
      if (holder !== undefined) return `#${issue} is held by ${holder} by now and is not claimed again`
      if (!engine.state().issues.some(({number}) => number === issue)) return `#${issue} is not open any more`
      const {base} = await git.branchStart(branch)
      refuseClaim(parts)
      engine.dispatch({type: 'popAsked', issue, branch, base})
      const {agent} = await claimWon(engine, issue)
      return `${agent} continues #${issue} on ${branch}`
    }
    case 'worktree': {
      // An earlier undo may have been killed while it made it, and an agent may work there by now.
      const user = Object.values(engine.state().tickets).find(({context}) => context.worktree === part.path)
      if (user) return `${part.path} is used for #${user.context.issue} and stays as it is`
      return git.bringBack(part)
    }
    default:
      return git.bringBack(part)
  }
}

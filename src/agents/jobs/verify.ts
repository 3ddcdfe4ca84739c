import {ClambakeError, machineError} from '../../base/errors.ts'
import {faultIn, hasNoRoom} from '../../base/machine/faults.ts'
import {safeLine, truncate} from '../../base/text.ts'
import {shortSha} from '../../base/words.ts'
import type {Fact} from '../../model/core/facts.ts'
import {describeFailure, type Failure} from '../../model/data/assignment.ts'
import type {Config} from '../../model/data/config.ts'
import type {EffectOf} from '../../model/data/effects.ts'
import type {GitGateway} from '../../model/gateways/git.ts'
import type {HubGateway} from '../../model/gateways/hub.ts'
import {copyFiles} from '../runtime/copy.ts'
import type {Jobs} from './jobs.ts'

type Gateways = {
  git: GitGateway
  hub: Pick<HubGateway, 'append'>
  jobs: Jobs
  config: Config
  /** Whether the disk of a folder has hardly any room. */
  isFull?: (folder: string) => boolean
}

/** With less, a command that says so has failed for the disk; it may have taken back what it had written. */
const LEAST_BYTES = 256 * 1024 * 1024

/** Columns of a failed set-up's output in the message; running the command in the worktree shows all of it. */
const OUTPUT_WIDTH = 300
const OUTPUT_LINES = 5

/** Brings files to a worktree, and runs the set-up commands in it until they passed once. Throws `setup-failed`. */
export async function setUpWorktree(
  {git, hub, jobs, config, isFull}: Gateways,
  {ticket, branch, session, worktree}: EffectOf<'setUpWorktree'>,
): Promise<Fact[]> {
  if (await git.isSetUp(worktree)) return [{type: 'worktreeSetUp', ticket}]
  await bringFiles({git, hub, config}, {ticket, worktree})
  const {setup: commands, setup_timeout: timeoutMinutes} = config.agents
  const outcome = await jobs.run({kind: 'setup', ticket, branch, session, worktree, commands, timeoutMinutes})
  if (outcome === 'ended') return []
  if (outcome === 'passed') {
    await git.markSetUp(worktree)
    return [{type: 'worktreeSetUp', ticket}]
  }
  refuseFullDisk(outcome, {worktree, isFull})
  const said = safeLine(outcome.output.split('\n').slice(-OUTPUT_LINES).join(' '))
  throw new ClambakeError({
    code: 'setup-failed',
    message: `The worktree could not be set up: ${describeFailure(outcome)}${said ? `: ${truncate(said, OUTPUT_WIDTH)}` : ''}`,
    kept: `everything in ${worktree}`,
    next: `run it there to see why, then: clambake pop ${ticket}`,
  })
}

/**
 * Throws `disk-full` where a command failed of the disk, so that it runs again once there is room: neither a person nor the
 * agent can do anything about it in the work.
 */
function refuseFullDisk(
  outcome: Failure,
  {worktree, isFull = folder => hasNoRoom(folder, LEAST_BYTES)}: {worktree: string; isFull?: Gateways['isFull']},
): void {
  if (faultIn(outcome.output) !== 'disk-full' || !isFull(worktree)) return
  throw machineError('disk-full', `${describeFailure(outcome)} in ${worktree}`)
}

/** Copies what `worktree.copy` names, and tells what could not be copied: commands may need it. */
async function bringFiles(
  {git, hub, config}: Pick<Gateways, 'git' | 'hub' | 'config'>,
  {ticket, worktree}: {ticket: number; worktree: string},
): Promise<void> {
  const left = await copyFiles({
    root: git.root,
    worktree,
    paths: config.worktree.copy,
    ignored: paths => git.ignored(worktree, paths),
  })
  for (const {path, why} of left) {
    const message = `#${ticket} works without ${path}: ${why}`
    hub.append({type: 'status_update', ticket, severity: 'warning', message})
  }
}

/** Runs the verify commands on the commit `head`. Throws `head-moved` when the agent committed meanwhile. */
export async function verifyWork(
  {git, hub, jobs, config, isFull}: Gateways,
  {ticket, branch, session, worktree, head}: EffectOf<'verifyWork'>,
): Promise<Fact[]> {
  const {verify: commands, verify_timeout: timeoutMinutes} = config.agents
  const outcome = await jobs.run({kind: 'verify', ticket, branch, session, worktree, commands, timeoutMinutes})
  if (outcome === 'ended') return []
  const now = (await git.inspect(worktree)).head
  if (now !== head) {
    throw new ClambakeError({
      code: 'head-moved',
      message: `#${ticket} moved from ${shortSha(head)} to ${shortSha(now)} while it was verified`,
      kept: 'all its commits',
      next: 'nothing to do: Clambake verifies the new commit',
    })
  }
  if (outcome === 'passed') return [{type: 'workVerified', ticket, head, failure: null}]
  refuseFullDisk(outcome, {worktree, isFull})
  hub.append({
    type: 'status_update',
    ticket,
    commit: head,
    severity: 'warning',
    message: `#${ticket} is not bottled: ${describeFailure(outcome)}`,
  })
  return [{type: 'workVerified', ticket, head, failure: outcome}]
}

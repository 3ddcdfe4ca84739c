import type {Clock} from '../../base/clock.ts'
import {ClambakeError, hasCode} from '../../base/errors.ts'
import type {EffectHandlers} from '../../model/core/effect-handler.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {Claim} from '../../model/data/claim.ts'
import {type RecoveryGateways, takeOverClaim} from '../../recovery/recover.ts'
import {worktreePath} from '../../tickets/handlers.ts'
import {restoredTickets} from '../start/restore.ts'

type Parts = RecoveryGateways & {clock: Clock}
/** `deadNow`: owners whose lease was seen to run out; looks at the leases now. */
type AdoptParts = Parts & {deadNow: () => Promise<ReadonlySet<string>>}

/** Claims of owners that are gone: taken over with their work, or given back to everybody. */
export function adoptHandlers(parts: AdoptParts): EffectHandlers<'adoptClaim'> {
  const {git, hub} = parts
  return {
    async adoptClaim({ticket, claim, how}) {
      const {owner, host} = claim.record
      if (!(await parts.deadNow()).has(owner)) {
        throw new ClambakeError({
          code: 'owner-back',
          message: `${owner} on ${host} renewed its lease a moment ago`,
          kept: `its claim of #${ticket}`,
        })
      }
      const why = `${owner} on ${host} did not renew its lease`
      try {
        if (how === 'take-over') return [await takeOver(parts, claim, why)]
        await git.releaseClaim(claim)
      } catch (error) {
        // Its owner is back, or another was quicker: the next look tells whose it is.
        if (hasCode(error, 'claim-lost')) return []
        throw error
      }
      hub.append({type: 'status_update', ticket, severity: 'warning', message: `#${ticket} is free again: ${why}`})
      return [{type: 'claimReleased', ticket}]
    },
  }
}

/**
 * Makes a claim ours, with its pushed branch in a worktree here; gives its ticket as after a restart of our own. Throws
 * `claim-lost` when somebody else moved the claim.
 */
export async function takeOver(parts: Parts, claim: Claim, why: string): Promise<Extract<Fact, {type: 'restored'}>> {
  const {git, config, owner, clock} = parts
  const worktreeOf = (issue: number) => worktreePath({root: git.root, config, issue})
  const {issue, branch, base, head} = claim.record
  // First, so that a claim of ours has its work here whenever this process ends.
  if (head !== null) {
    await git.fetch()
    await git.ensureWorktree({path: worktreeOf(issue), branch, base})
  }
  const taken = await takeOverClaim(parts, claim, why)
  return {
    type: 'restored',
    tickets: restoredTickets({claims: [taken], owner, panes: [], mail: [], config, worktreeOf, at: clock.now()}),
  }
}

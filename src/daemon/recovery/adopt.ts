import type {Clock} from '../../base/clock.ts'
import {ClambakeError, hasCode} from '../../base/errors.ts'
import type {EffectHandlers} from '../../model/core/effect-handler.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {Claim} from '../../model/data/claim.ts'
import {type RecoveryGateways, takeOverClaim} from '../../recovery/recover.ts'
import {worktreePath} from '../../tickets/handlers.ts'
import type {PastMailTurns} from '../start/past-mail-turns.ts'
import type {PastSpending} from '../start/past-spending.ts'
import {restoredTickets} from '../start/restore.ts'

type Parts = RecoveryGateways & {clock: Clock}
/**
 * `deadNow` looks at the leases and gives the owners whose lease ran out; `pastMailTurns` and `pastSpending` read what other
 * daemons of the same hub counted.
 */
type AdoptParts = Parts & {
  deadNow: () => Promise<ReadonlySet<string>>
  pastMailTurns: () => Promise<PastMailTurns>
  pastSpending: () => Promise<PastSpending>
}

/** The handler for claims of dead owners: it takes one over with its work, or releases it. */
export function adoptHandlers(parts: AdoptParts): EffectHandlers<'adoptClaim'> {
  const {git, hub} = parts
  return {
    async adoptClaim({ticket, claim, how}) {
      const {owner, host} = claim.record
      const isOurs = owner === parts.owner
      // It is known by now: the claim was tried again.
      if (isOurs && parts.book.get(ticket)) return []
      if (!isOurs && !(await parts.deadNow()).has(owner)) {
        throw new ClambakeError({
          code: 'owner-back',
          message: `${owner} on ${host} renewed its lease a moment ago`,
          kept: `its claim of #${ticket}`,
          next: 'nothing to do: that daemon is alive and continues',
        })
      }
      const why = isOurs ? 'the answer to its claim got lost' : `${owner} on ${host} did not renew its lease`
      try {
        if (how === 'take-over') {
          const past = {pastSpending: await parts.pastSpending(), pastMailTurns: await parts.pastMailTurns()}
          return [await takeOver(parts, claim, why, past)]
        }
        await git.releaseClaim(claim)
      } catch (error) {
        // Its owner is back, or another daemon was faster; the next look shows who has it.
        if (hasCode(error, 'claim-lost')) return []
        throw error
      }
      hub.append({type: 'status_update', ticket, severity: 'warning', message: `#${ticket} is free again: ${why}`})
      return [{type: 'claimReleased', ticket}]
    },
  }
}

/**
 * Takes a claim over, with its pushed branch in a worktree here, and gives its ticket as after a restart of this
 * daemon. Throws `claim-lost` when another daemon moved the claim. `pastSpending`: what its agents have cost, so that its budget
 * holds here too. `pastMailTurns`: none where a person takes it over, who
 * lets other sessions begin turns again by that.
 */
export async function takeOver(
  parts: Parts,
  claim: Claim,
  why: string,
  past: {pastSpending: PastSpending; pastMailTurns?: PastMailTurns},
): Promise<Extract<Fact, {type: 'restored'}>> {
  const {git, config, owner, clock} = parts
  const worktreeOf = (issue: number) => worktreePath({root: git.root, config, issue})
  const {issue, branch, base, head} = claim.record
  // The worktree comes first, so that a claim of this daemon always has its work here.
  if (head !== null) {
    await git.fetch()
    await git.ensureWorktree({path: worktreeOf(issue), branch, base})
  }
  const taken = await takeOverClaim(parts, claim, why)
  return {
    type: 'restored',
    tickets: restoredTickets({
      ...{claims: [taken], owner, panes: [], mail: [], config, worktreeOf, at: clock.now()},
      ...past,
    }),
  }
}

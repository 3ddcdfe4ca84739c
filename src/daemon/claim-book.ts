import {ClambakeError} from '../base/errors.ts'
import {createKeyedMutex} from '../base/mutex.ts'
import type {Claim} from '../model/data/claim.ts'
import type {ClaimBook, GitGateway} from '../model/gateways/git.ts'

/** Keeps this daemon's claims in memory and changes each one by git's compare-and-swap. */
export function createClaimBook(git: Pick<GitGateway, 'bumpClaim' | 'releaseClaim'>): ClaimBook & {all(): Claim[]} {
  const claims = new Map<number, Claim>()
  const mutex = createKeyedMutex()

  function held(issue: number): Claim {
    const claim = claims.get(issue)
    if (claim) return claim
    throw new ClambakeError({
      code: 'no-claim',
      message: `#${issue} is not claimed by this daemon`,
      next: 'clambake status shows who holds each ticket',
    })
  }

  function move(issue: number, change: (claim: Claim) => Promise<Claim>): Promise<Claim> {
    return mutex.run(String(issue), async () => {
      const moved = await change(held(issue))
      claims.set(issue, moved)
      return moved
    })
  }

  return {
    get: issue => claims.get(issue),
    all: () => [...claims.values()],
    put: claim => void claims.set(claim.record.issue, claim),
    move,
    bump: (issue, patch) => move(issue, claim => git.bumpClaim(claim, patch)),
    release: issue =>
      mutex.run(String(issue), async () => {
        const claim = claims.get(issue)
        if (!claim) return
        await git.releaseClaim(claim)
        claims.delete(issue)
      }),
  }
}

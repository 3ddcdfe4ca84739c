/** What we ask of GitHub with a token, and the scopes of classic tokens that allow it; one of them is enough. */
export type Need = {scopes: readonly [string, ...string[]]; for: string; urgent: boolean}

/**
 * What a classic token has to be allowed to do here (GitHub's "Scopes for OAuth apps"): `public_repo` is enough where
 * everybody may read, a board is written with `project` alone, and a push that touches workflows needs `workflow`.
 */
export function needsOf({isPrivate, hasBoard}: {isPrivate: boolean; hasBoard: boolean}): readonly Need[] {
  return [
    {scopes: isPrivate ? ['repo'] : ['repo', 'public_repo'], for: 'push, issues and pull requests', urgent: true},
    {scopes: ['project'], for: hasBoard ? 'the board' : 'a board, made by clambake init', urgent: hasBoard},
    {scopes: ['workflow'], for: 'work that changes files in .github/workflows', urgent: false},
  ]
}

/** The needs that none of a token's scopes meets. */
export function unmetNeeds(scopes: readonly string[], needs: readonly Need[]): readonly Need[] {
  return needs.filter(need => !need.scopes.some(scope => scopes.includes(scope)))
}

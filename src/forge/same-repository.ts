import {usageError} from '../base/errors.ts'
import {sameName} from '../model/data/names.ts'

type Slug = {owner: string; repo: string}

/**
 * Makes sure that branches are pushed to the repository whose issues are read and whose pull requests are opened.
 * `pushesTo`: by the git remote's address, null for a path; `asks`: whom the API is asked for; `found`: GitHub's own
 * name for that. Throws `repository-moved` and `other-repository`.
 */
export function assertSameRepository({
  pushesTo,
  asks,
  found,
}: {
  pushesTo: Slug | null
  asks: Slug
  found: string
}): void {
  const asked = `${asks.owner}/${asks.repo}`
  const pushed = pushesTo === null ? null : `${pushesTo.owner}/${pushesTo.repo}`
  if (pushed !== null && !sameName(pushed, asked)) {
    throw usageError({
      code: 'other-repository',
      message: `Branches would be pushed to ${pushed}, but issues and pull requests are those of ${asked}`,
      next: `let origin be ${asked} (git remote set-url origin …), or take github.owner and github.repo out of clambake.toml`,
    })
  }
  if (sameName(found, asked)) return
  throw usageError({
    code: 'repository-moved',
    message: `${asked} has moved: GitHub calls it ${found} now`,
    next: `point origin there: git remote set-url origin …/${found}.git`,
  })
}

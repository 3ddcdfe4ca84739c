import {ClambakeError} from '../../base/errors.ts'
import type {BundleBranch} from '../../model/gateways/bundle.ts'
import type {Context} from '../context.ts'
import type {RefUpdate} from '../refs/remote-refs.ts'

/** Times that branches may move between a look at them and a push. */
const TRIES = 3

/** What the remote has of branches now, in one request; null: no such branch. */
export async function remoteHeads(
  {refs}: Context,
  branches: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  if (branches.length === 0) return new Map()
  const found = await refs.list(branches.map(refOf), 'look for branches')
  return new Map(branches.map(branch => [branch, found.get(refOf(branch)) ?? null]))
}

/** Brings branches of bundles to their commits on the remote, in one push. Throws `branch-moved`, `bad-branch`. */
export function pushBundle(context: Context, branches: readonly BundleBranch[]): Promise<void> {
  return update(context, {
    branches,
    doing: 'push a bundle',
    updateOf: ({commit}, found) => (found === commit ? null : {from: found, to: commit}),
  })
}

/** Deletes branches of bundles that are still at their commits. Throws `branch-moved`, `bad-branch`. */
export function deleteBundle(context: Context, branches: readonly BundleBranch[]): Promise<void> {
  return update(context, {
    branches,
    doing: 'delete the branch of a bundle',
    updateOf: ({commit}, found) => (found === commit ? {from: found, to: null} : null),
  })
}

async function update(
  context: Context,
  options: {
    branches: readonly BundleBranch[]
    doing: string
    /** What is to be changed of a branch that is at `found`; null: nothing. */
    updateOf: (branch: BundleBranch, found: string | null) => Omit<RefUpdate, 'ref'> | null
  },
): Promise<void> {
  const {refs, mainBranch} = context
  const {branches, doing, updateOf} = options
  if (branches.some(({branch}) => branch === mainBranch)) {
    throw new ClambakeError({
      code: 'bad-branch',
      message: `${mainBranch} is not a branch of a bundle`,
      kept: 'nothing was pushed',
    })
  }
  for (let attempt = 1; ; attempt++) {
    const found = await remoteHeads(
      context,
      branches.map(({branch}) => branch),
    )
    const updates = branches.flatMap(branch => {
      const wanted = updateOf(branch, found.get(branch.branch) ?? null)
      return wanted === null ? [] : [{ref: refOf(branch.branch), ...wanted}]
    })
    if (updates.length === 0) return
    const outcome = await refs.push(updates, doing)
    if (outcome.state === 'done') return
    if (attempt < TRIES) continue
    throw new ClambakeError({
      code: 'branch-moved',
      message: `could not ${doing}: ${updates.map(({ref}) => ref).join(', ')} moved on the remote at each of ${TRIES} tries`,
      kept: 'the branches, as others moved them',
      next: 'nothing to do: Clambake retries',
    })
  }
}

function refOf(branch: string): string {
  return `refs/heads/${branch}`
}

import {ClambakeError} from '../../base/errors.ts'
import type {BundleBranch} from '../../model/gateways/bundle.ts'
import {CLAMBAKE} from '../command/author.ts'
import {type Context, presentCommits} from '../context.ts'
import type {RefUpdate} from '../refs/remote-refs.ts'
import {headsIn} from './message.ts'

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

/**
 * Brings branches of bundles to their commits on the remote, in one push. One that a person pushed to is not moved, and
 * none of the others then. Throws `branch-moved`, `bad-branch`.
 */
export function pushBundle(context: Context, branches: readonly BundleBranch[]): Promise<void> {
  return update(context, {
    branches,
    doing: 'push a bundle',
    updateOf: ({commit}, found) => (found === commit ? null : {from: found, to: commit}),
    async keep(foreign) {
      throw new ClambakeError({
        code: 'branch-moved',
        message: `somebody pushed to the bundle's ${foreign.join(', ')}`,
        kept: 'what was pushed there',
        next: 'look at what was pushed there',
      })
    },
  })
}

/**
 * Deletes branches of bundles that are still at their commits, but for those that a person pushed to. Gives the branches
 * on which a bundle was built again. Throws `branch-moved`, `bad-branch`.
 */
export async function deleteBundle(context: Context, branches: readonly BundleBranch[]): Promise<string[]> {
  const moved = new Map<string, string>()
  await update(context, {
    branches,
    doing: 'delete the branch of a bundle',
    updateOf({branch, commit}, found) {
      if (found === commit) return {from: found, to: null}
      if (found !== null) moved.set(branch, found)
      return null
    },
    async keep() {},
  })
  if (moved.size === 0) return []
  const made = await madeByBundles(context, [...moved.values()])
  return [...moved].flatMap(([branch, tip]) => (made.has(tip) ? [branch] : []))
}

async function update(
  context: Context,
  options: {
    branches: readonly BundleBranch[]
    doing: string
    /** What is to be changed of a branch that is at `found`; null: nothing. */
    updateOf: (branch: BundleBranch, found: string | null) => Omit<RefUpdate, 'ref'> | null
    /** Called with branches that hold commits which no bundle made; they are left as they are. */
    keep: (refs: readonly string[]) => Promise<void>
  },
): Promise<void> {
  const {refs, mainBranch} = context
  const {branches, doing, updateOf, keep} = options
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
    const wanted = branches.flatMap(branch => {
      const update = updateOf(branch, found.get(branch.branch) ?? null)
      return update === null ? [] : [{ref: refOf(branch.branch), ...update}]
    })
    const made = await madeByBundles(
      context,
      wanted.flatMap(({from}) => from ?? []),
    )
    const isForeign = ({from}: RefUpdate) => from !== null && !made.has(from)
    const foreign = wanted.filter(isForeign)
    if (foreign.length > 0) await keep(foreign.map(({ref}) => ref))
    const updates = wanted.filter(one => !isForeign(one))
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

/**
 * The commits among these that a bundle made. One that is not here was pushed by others since the last fetch; one that a
 * person made, or made again, names that person as its committer.
 */
async function madeByBundles(context: Context, oids: readonly string[]): Promise<ReadonlySet<string>> {
  const here = await presentCommits(context, oids)
  if (here.length === 0) return new Set()
  const text = await context.runner.text(['log', '--no-walk', '-z', '--format=%H %ce%n%B', '--stdin'], {
    input: here.join('\n'),
  })
  return new Set(
    text.split('\0').flatMap(record => {
      const [oid = '', committer] = record.slice(0, record.indexOf('\n')).split(' ')
      return committer === CLAMBAKE.email && headsIn(record).length > 0 ? [oid] : []
    }),
  )
}

function refOf(branch: string): string {
  return `refs/heads/${branch}`
}

import type {BundleGit} from '../../model/gateways/bundle.ts'
import type {SharedFetch} from '../commits/shared-fetch.ts'
import type {Context} from '../context.ts'
import {deleteBundle, pushBundle, remoteHeads} from './branches.ts'
import {buildBundle} from './build.ts'
import {forgetBundles, keepBundle} from './kept.ts'
import {landedWork} from './landed.ts'
import {isMadeBy} from './made-files.ts'
import {createWorkChanges} from './work-changes.ts'

/** Opens what builds bundles of tickets' work and finds them again on main. */
export function createBundles(
  context: Context,
  {fetch, shared}: {fetch: () => Promise<{main: string}>; shared: SharedFetch},
): BundleGit {
  const workChanges = createWorkChanges(context)

  return {
    async buildBundle({works, attempt, made = []}) {
      const heads = await remoteHeads(
        context,
        works.map(({branch}) => branch),
      )
      const {main} = await fetch()
      const built = await buildBundle(context, {main, works, attempt, heads, made})
      await keepBundle(context, built.state === 'built' ? (built.commits.at(-1)?.commit ?? null) : null)
      return built
    },

    pushBundle: branches => pushBundle(context, branches),

    async dropBundle(branches) {
      const built = await deleteBundle(context, branches)
      await forgetBundles(
        context,
        branches.map(({commit}) => commit),
      )
      return built
    },

    async landedWork({heads, since, made = []}) {
      const {main} = await fetch()
      return landedWork(context, {main, heads, since, isMade: isMadeBy(made)})
    },

    remoteHeads: branches => remoteHeads(context, branches),

    async workChanges(heads) {
      const changes = await workChanges((await shared({fresh: false})).main, heads)
      if (![...changes.values()].includes(null)) return changes
      // It may have been pushed after that fetch.
      return workChanges((await shared({fresh: true})).main, heads)
    },
  }
}

import {toErrorData} from '../../base/errors.ts'
import type {RadarGateway, WorktreeContent} from '../../model/gateways/radar.ts'
import {type Context, mainRef, presentCommits} from '../context.ts'
import {changesOf} from './changes.ts'
import {createContents, type Holding} from './contents.ts'
import {markedFiles} from './marked-files.ts'
import {tryMerges} from './merge-trees.ts'
import {createPatientReads} from './patient-reads.ts'
import {createScratchObjects} from './scratch-objects.ts'
import {writeCommits} from './write-commits.ts'

/** Opens what tries merges in bulk. All that it writes is in a folder of its own, which goes with it. */
export function openRadar(context: Context): RadarGateway {
  const scratch = createScratchObjects(context)
  const openContents = () => createPatientReads(context.clock, createContents(context, scratch))
  let holdings = openContents()

  return {
    main: async () =>
      // What a fetch brought is an id already.
      context.fetched.main ?? (await context.runner.text(['rev-parse', '--verify', `${mainRef(context)}^{commit}`])),

    async contents(worktrees) {
      const found: {path: string; holding: Holding}[] = []
      for (const path of worktrees) {
        try {
          const holding = await holdings.read(path)
          if (holding !== null) found.push({path, holding})
        } catch (error) {
          context.log.debug('cannot read what a worktree holds', {path, error: toErrorData(error)})
        }
      }
      const silent = holdings.silent(worktrees)
      const dirty = found.flatMap(({holding: {head, tree}}) => (tree === null ? [] : [{tree, parent: head}]))
      const commits = (await writeCommits(context, scratch, dirty)).values()
      const held = new Map(
        found.map(({path, holding: {head, tree}}): [string, WorktreeContent] => [
          path,
          {head, commit: tree === null ? head : commits.next().value!},
        ]),
      )
      return {held, silent}
    },

    present: commits => presentCommits(context, commits),

    async ontoMain(main, commits) {
      const tried = await tryMerges(
        context,
        scratch,
        commits.map(commit => [main, commit]),
      )
      const landed = await writeCommits(
        context,
        scratch,
        tried.map(({tree}) => ({tree, parent: main})),
      )
      const changes = await changesOf(context, scratch, landed)
      return tried.map((merge, index) => ({
        ...merge,
        commit: landed[index]!,
        changes: changes.get(landed[index]!) ?? [],
      }))
    },

    merge: pairs => tryMerges(context, scratch, pairs),

    marked: (tree, paths) => markedFiles(context, scratch, {tree, paths}),

    forget() {
      scratch.clear()
      holdings = openContents()
    },

    [Symbol.dispose]: () => scratch[Symbol.dispose](),
  }
}

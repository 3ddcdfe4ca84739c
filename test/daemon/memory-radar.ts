import type {RadarGateway, WorktreeContent} from '../../src/model/gateways/radar.ts'
import {pairKey, type TriedMerge} from '../../src/model/radar/forecast.ts'

/**
 * A radar without git. `conflictsOf`: paths in which a commit conflicts with main; `clashes`: paths in which a pair of
 * commits conflicts (by `pairKey`); `heads`: what worktrees hold, by their paths.
 */
export function memoryRadar(world: {
  tip: () => string
  heads: (worktree: string) => WorktreeContent | undefined
  conflictsOf: (commit: string) => readonly string[]
  clashes: ReadonlyMap<string, readonly string[]>
}): RadarGateway {
  const merged = (paths: readonly string[] = []): TriedMerge => ({
    tree: 'tree',
    files: paths.map(path => ({path, kind: 'contents'})),
  })
  return {
    main: async () => world.tip(),
    async contents(worktrees) {
      const held = worktrees.flatMap(path => {
        const content = world.heads(path)
        return content ? [[path, content] as const] : []
      })
      return new Map(held)
    },
    present: async commits => commits,
    ontoMain: async (_main, commits) =>
      // All change the same path, so every pair is tried.
      commits.map(commit => ({
        ...merged(world.conflictsOf(commit)),
        commit,
        changes: [{path: 'a.ts', from: null}],
      })),
    merge: async pairs => pairs.map(pair => merged(world.clashes.get(pairKey(pair)))),
    marked: async () => null,
    forget() {},
    [Symbol.dispose]() {},
  }
}

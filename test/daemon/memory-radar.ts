import type {RadarGateway, WorktreeContent} from '../../src/model/gateways/radar.ts'
import {pairKey, type TriedMerge} from '../../src/model/radar/forecast.ts'

/**
 * A radar without git. `conflictsOf`: paths in which a commit conflicts with main; `clashes`: paths in which a pair of
 * commits conflicts (by `pairKey`); `heads`: what worktrees hold, by their paths; `changes`: the paths that they change.
 */
export function memoryRadar(world: {
  tip: () => string
  heads: (worktree: string) => WorktreeContent | undefined
  conflictsOf: (commit: string) => readonly string[]
  clashes: ReadonlyMap<string, readonly string[]>
  changes: ReadonlyMap<string, readonly string[]>
}): RadarGateway {
  // By default all change the same path, so every pair is tried.
  const pathsOf = (commit: string): readonly string[] =>
    [...world.changes].find(([worktree]) => world.heads(worktree)?.commit === commit)?.[1] ?? ['a.ts']
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
      return {held: new Map(held), silent: []}
    },
    present: async commits => commits,
    ontoMain: async (_main, commits) =>
      commits.map(commit => ({
        ...merged(world.conflictsOf(commit)),
        commit,
        changes: pathsOf(commit).map(path => ({path, from: null})),
      })),
    merge: async pairs => pairs.map(pair => merged(world.clashes.get(pairKey(pair)))),
    marked: async () => new Map(),
    forget() {},
    [Symbol.dispose]() {},
  }
}

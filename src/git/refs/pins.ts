import {basename} from 'node:path'
import {parseBranch, parseWorktreeFolder, safePart} from '../../model/data/names.ts'
import type {Context} from '../context.ts'

/** Tips of branches that landed as another commit (squash, rebase); kept here so that no agent's commit is lost. */
export const LANDED_REFS = 'refs/clambake/landed/'
export const RESCUE_REFS = 'refs/clambake/rescue/'
/** The local ref that keeps what a person's last step took away from git's gc until the next step; never pushed. */
export const UNDO_REF = 'refs/clambake/undo'

/** Keeps commits reachable by rescue refs. */
export type Pins = {
  /** Name of a new rescue ref; `name` is a worktree's path or a branch. */
  refFor(options: {commit: string; name: string}): string
  /** Gives a commit a rescue ref here; unless `always`, only if no ref names or reaches it already. */
  keep(options: {commit: string; name: string; always?: boolean}): Promise<void>
}

/** Keeps commits in rescue refs named after a branch or ticket and the time. */
export function createPins(context: Context): Pins {
  const {runner} = context

  function refFor({commit, name}: {commit: string; name: string}): string {
    const time = new Date(context.clock.now()).toISOString().replace(/[-:]|\.\d+/g, '')
    return `${RESCUE_REFS}${rescueName(name, context.branchTemplate)}/${time}-${commit.slice(0, 12)}`
  }

  return {
    refFor,

    async keep({commit, name, always = false}) {
      const within = always ? `${RESCUE_REFS}${rescueName(name, context.branchTemplate)}/*` : undefined
      const reached = await runner.git(unreached(commit, within), {accept: [0, 128, 129]})
      if (reached.exitCode !== 0 || reached.stdout === '') return
      await runner.git(['update-ref', refFor({commit, name}), commit, ''])
      context.log.warn('commit kept in a rescue ref', {commit, name})
    },
  }
}

/**
 * Arguments of a git that prints the commit unless a ref that lasts has it; the next step takes that of undo away. It ends at
 * commits that are older than this one: `for-each-ref --contains` walks all of history for each of thousands of refs.
 */
export function unreached(commit: string, within = 'refs/*'): string[] {
  return ['rev-list', '--max-count=1', commit, '--not', `--exclude=${UNDO_REF}`, `--glob=${within}`]
}

/** `issue-7` for anything that belongs to issue 7, else a safe form of the name. */
export function rescueName(name: string, template?: string): string {
  const folder = basename(name)
  const issue = parseWorktreeFolder(folder) ?? parseBranch(name, template)?.issue
  return issue === undefined ? safePart(folder) || 'unnamed' : `issue-${issue}`
}

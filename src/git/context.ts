import type {Clock} from '../base/clock.ts'
import type {Log} from '../base/log.ts'
import type {GitRunner, Place} from './command/run-git.ts'
import type {OwnFolder} from './own-folder.ts'
import type {Records} from './refs/records.ts'
import type {RemoteRefs} from './refs/remote-refs.ts'

/** What the parts of an opened repository share. */
export type Context = {
  readonly root: string
  readonly commonDir: string
  /** Folder of all worktrees; need not exist yet. */
  readonly workspaceRoot: string
  readonly remoteName: string
  readonly mainBranch: string
  readonly runner: GitRunner
  /** How content of git-lfs gets to its server; null: it is not set up. */
  readonly lfs: OwnFolder['lfs']
  readonly refs: RemoteRefs
  readonly records: Records
  /** What our own last fetch brought, by its id; null: there was none yet. */
  readonly fetched: {main: string | null}
  readonly clock: Clock
  readonly log: Log
  /** A rescue is refused when the files that are in no commit are larger than this. */
  readonly sizeLimitBytes: number
  /** Ignored folders of these names can be built again and are not rescued. */
  readonly buildFolders: ReadonlySet<string>
  /** Paths of files of the checkout that new worktrees get a copy of. */
  readonly copied: readonly string[]
  /** What a ticket's branch is named by, and globs of more names that agents' branches may have. */
  readonly branchTemplate: string
  readonly scanPatterns: readonly string[]
  /** Called between the steps of a deletion, so that a test can kill the process there. */
  readonly checkpoint: (name: string) => void | Promise<void>
}

/**
 * Main as our own last fetch brought it. Before the first one, the ref that tracks it: an agent can write that, so
 * nothing that decides what an agent may do is read from it.
 */
export function mainRef(context: Context): string {
  if (context.fetched.main !== null) return context.fetched.main
  return `refs/remotes/${context.remoteName}/${context.mainBranch}`
}

/** Full id of the commit that a name resolves to; null: there is none. */
export async function resolveCommit(context: Context, name: string): Promise<string | null> {
  const answer = await context.runner.git(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`],
    {
      accept: [0, 1, 128],
    },
  )
  return answer.exitCode === 0 ? answer.stdout : null
}

/** As `resolveCommit`, of several names by one process, in their order. */
export async function resolveCommits(context: Context, names: readonly string[]): Promise<(string | null)[]> {
  const input = names.map(name => `${name}^{commit}\n`).join('')
  const text = await context.runner.text(['cat-file', '--batch-check=%(objectname)'], {input})
  // What is not there is answered by its name and a reason.
  return text.split('\n').map(line => (/^[0-9a-f]+$/.test(line) ? line : null))
}

/** Whether `ancestor` is reachable from `of`; false too when one of them is not here. */
export async function isAncestor(context: Context, ancestor: string, of: string): Promise<boolean> {
  return (await ancestry(context, ancestor, of)) === true
}

/** Whether `ancestor` is reachable from `of`; null: git cannot tell, as one of them is not here. */
export async function ancestry(context: Context, ancestor: string, of: string): Promise<boolean | null> {
  const answer = await context.runner.git(['merge-base', '--is-ancestor', ancestor, of], {accept: [0, 1, 128]})
  return answer.exitCode === 128 ? null : answer.exitCode === 0
}

/** Those of the objects that are commits (or tags of them) and are in this repository, or in the one at `at`. */
export async function presentCommits(
  context: Context,
  oids: Iterable<string>,
  at: Place = context.root,
): Promise<string[]> {
  const input = [...oids].join('\n')
  if (input === '') return []
  const answer = await context.runner.text(['cat-file', '--batch-check=%(objectname) %(objecttype)'], {at, input})
  return answer
    .split('\n')
    .filter(line => line.endsWith(' commit') || line.endsWith(' tag'))
    .map(line => line.slice(0, line.indexOf(' ')))
}

/** Writes a commit by Clambake, without a ref, into this repository or the one at `at`. Gives its id. */
export async function commitTree(
  context: Context,
  options: {tree: string; parents: readonly string[]; message: string},
  at: Place = context.root,
): Promise<string> {
  const {tree, parents, message} = options
  return context.runner.text(
    ['commit-tree', '--no-gpg-sign', '-F', '-', ...parents.flatMap(parent => ['-p', parent]), tree],
    {at, input: `${message}\n`},
  )
}

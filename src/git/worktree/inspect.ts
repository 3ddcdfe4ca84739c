import type {WorkState} from '../../model/gateways/git.ts'
import {type Context, mainRef} from '../context.ts'
import {type VerifiedWorktree, verifyWorktree} from './list.ts'
import {loosePointers, type Pointer} from './pointers.ts'

/** A worktree's work compared with main as of the last fetch. Ignored files do not count. */
export async function inspect(context: Context, path: string): Promise<WorkState> {
  const at = await verifyWorktree(context, path)
  const head = await headOf(context, at)
  const main = mainRef(context)
  const [branch, log, dirty, changes] = await Promise.all([
    branchOf(context, at),
    context.runner.read(['log', '--format=%H%x00%s', `${main}..${head}`, '--']),
    dirtyPaths(context, at),
    context.runner.read(['diff', ...PLAIN_DIFF, '--raw', '--no-abbrev', '--numstat', '-z', `${main}...${head}`, '--']),
  ])
  const {pointers, numbers} = parseChanges(changes)
  return {
    head,
    branch,
    commits: log
      .split('\n')
      .filter(Boolean)
      .map(line => ({sha: line.slice(0, line.indexOf('\0')), subject: line.slice(line.indexOf('\0') + 1)})),
    dirty,
    changed: parseNumbers(numbers),
    loosePointers: await loosePointers(context, at, {head, pointers}),
  }
}

/** What `git diff --raw --numstat -z` prints: the pointers to commits of other repositories, and the numbers. */
function parseChanges(text: string): {pointers: Pointer[]; numbers: string} {
  const fields = text.split('\0')
  const pointers: Pointer[] = []
  let at = 0
  for (; fields[at]?.startsWith(':'); at += 2) {
    const [, mode, , commit] = fields[at]!.split(' ')
    if (mode === '160000') pointers.push({path: fields[at + 1]!, commit: commit!})
  }
  return {pointers, numbers: fields.slice(at).join('\0')}
}

/** What `git diff --numstat -z` prints. */
export function parseNumbers(text: string): WorkState['changed'] {
  return text
    .split('\0')
    .filter(line => line.trim() !== '')
    .map(line => {
      const [added, removed, ...path] = line.split('\t')
      // Binary files have dashes for numbers.
      return {path: path.join('\t'), added: Number(added) || 0, removed: Number(removed) || 0}
    })
}

/** No program of the repository's configuration, and every path as it is. */
export const PLAIN_DIFF = ['--no-ext-diff', '--no-textconv', '--no-renames', '--no-color'] as const

export async function headOf(context: Context, at: VerifiedWorktree): Promise<string> {
  return context.runner.text(['rev-parse', '--verify', 'HEAD^{commit}'], {at})
}

/** null: HEAD is detached. */
export async function branchOf(context: Context, at: VerifiedWorktree): Promise<string | null> {
  const answer = await context.runner.git(['symbolic-ref', '--quiet', 'HEAD'], {at, accept: [0, 1]})
  return answer.exitCode === 0 ? answer.stdout.replace(/^refs\/heads\//, '') : null
}

/** Changed, staged and untracked paths, each file of an untracked folder by itself. */
export async function dirtyPaths(context: Context, at: VerifiedWorktree): Promise<string[]> {
  const text = await context.runner.text(
    ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=dirty'],
    {at},
  )
  return text
    .split('\0')
    .filter(Boolean)
    .map(line => line.slice(3))
}

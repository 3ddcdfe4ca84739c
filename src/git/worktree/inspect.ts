import type {WorkState} from '../../model/gateways/git.ts'
import {type Context, mainRef} from '../context.ts'
import {type VerifiedWorktree, verifyWorktree} from './list.ts'
import {loosePointers, type Pointer} from './pointers.ts'

/** A worktree's work compared with main as of the last fetch. Ignored files do not count. */
export async function inspect(context: Context, path: string): Promise<WorkState> {
  const at = await verifyWorktree(context, path)
  const {head, branch, dirty} = await statusOf(context, at)
  const main = mainRef(context)
  const [log, changes] = await Promise.all([
    context.runner.read(['log', '--format=%H%x00%s', `${main}..${head}`, '--']),
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
  return answer.exitCode === 0 ? shortName(answer.stdout) : null
}

/** A worktree's commit and branch from one process. A branch of null: HEAD is detached. */
export async function standOf(context: Context, at: VerifiedWorktree): Promise<{head: string; branch: string | null}> {
  const args = ['rev-parse', 'HEAD^{commit}', '--symbolic-full-name', 'HEAD']
  const {stdout} = await context.runner.git(args, {at, accept: [0, 128]})
  const [, head, name] = /^([0-9a-f]{40,64})\n(HEAD|refs\/.+)$/.exec(stdout) ?? []
  if (head !== undefined && name !== undefined) return {head, branch: name === 'HEAD' ? null : shortName(name)}
  // A ref that is called HEAD makes git's answer ambiguous; without a commit, this says what is wrong.
  return {branch: await branchOf(context, at), head: await headOf(context, at)}
}

function shortName(ref: string): string {
  return ref.replace(/^refs\/heads\//, '')
}

/** What a worktree is at, from one process. */
export type WorktreeStatus = {
  head: string
  /** null: HEAD is detached. */
  branch: string | null
  /** Changed, staged and untracked paths, each file of an untracked folder by itself; ignored files do not count. */
  dirty: string[]
}

/** Reads a worktree's commit and branch, then what is in neither its commit nor ignored. */
export async function statusOf(context: Context, at: VerifiedWorktree): Promise<WorktreeStatus> {
  const text = await context.runner.text(
    [
      'status',
      '--porcelain=v2',
      '--branch',
      '-z',
      '--untracked-files=all',
      '--no-renames',
      '--ignore-submodules=dirty',
    ],
    {at},
  )
  const headers = new Map<string, string>()
  const dirty: string[] = []
  for (const line of text.split('\0')) {
    const words = line.split(' ')
    if (words[0] === '#') headers.set(words[1] ?? '', words.slice(2).join(' '))
    // A changed entry has its path after eight fields, one in conflict after ten, an unknown one after one.
    const fields = {'1': 8, u: 10, '?': 1}[words[0] ?? '']
    if (fields !== undefined) dirty.push(words.slice(fields).join(' '))
  }
  const oid = headers.get('branch.oid') ?? ''
  const name = headers.get('branch.head') ?? '('
  return {
    // Without a commit, this says what is wrong.
    head: /^[0-9a-f]{40,64}$/.test(oid) ? oid : await headOf(context, at),
    // Git's words in brackets, as for a detached HEAD or one outside of the branches, could be a branch's name too.
    branch: name.startsWith('(') ? await branchOf(context, at) : name,
    dirty,
  }
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

import {ClambakeError} from '../../base/errors.ts'
import {visibleLine} from '../../base/text.ts'
import {shortSha} from '../../base/words.ts'
import type {Work} from '../../model/gateways/git.ts'
import {type ChangedFile, type Changes, type FileDiff, parseChangedFiles, parseHunks} from '../../model/review/diff.ts'
import {commitOf, commonCommit, mergeBase} from '../commits/diff.ts'
import {type Context, resolveCommit} from '../context.ts'
import {createContents} from '../radar/contents.ts'
import {createScratchObjects} from '../radar/scratch-objects.ts'
import {parseNumbers} from '../worktree/inspect.ts'

/** More files are counted, not listed. */
const MAX_FILES = 2_000
/** A larger file is not shown line by line. */
const MAX_BYTES = 1_000_000
/** Unchanged lines around a change. */
const AROUND = 3

const DIFF = ['diff', '--no-ext-diff', '--no-textconv', '--no-color', '--find-renames', '--submodule=short'] as const

/** Both ends of the comparison: commits or trees, and where their objects are. */
type Ends = {base: string; head: string; now: string; env: Readonly<Record<string, string>>}

/** What work changes since it left main: the files, without their lines. Throws `no-branch`. */
export async function readChanges(context: Context, work: Work): Promise<Changes> {
  return withEnds(context, work, async ({base, head, now, env}) => {
    const list = async (from: string) =>
      parseChangedFiles(
        await context.runner.text([...DIFF, '--raw', '--no-abbrev', '--numstat', '-z', from, now, '--'], {env}),
      )
    const all = await list(base)
    const uncommitted = new Set(now === head ? [] : (await list(head)).flatMap(({path, from}) => [path, from]))
    const files = all.slice(0, MAX_FILES)
    const large = await largeOf(context, files, env)
    return {
      base,
      head,
      files: files.map(file => ({
        ...file,
        kind: large.has(file.oid) && file.kind === 'text' ? 'large' : file.kind,
        uncommitted: uncommitted.has(file.path),
      })),
      unlisted: all.length - files.length,
    }
  })
}

/** The lines of one changed file. Of one that is or was too large, none are read, and all are counted. */
export async function readFileDiff(
  context: Context,
  work: Work,
  {path, from}: Pick<ChangedFile, 'path' | 'from'>,
): Promise<FileDiff> {
  return withEnds(context, work, async ({base, now, env}) => {
    const paths = from === null ? [path] : [from, path]
    const literal = {...env, GIT_LITERAL_PATHSPECS: '1'}
    const sides = [`${base}:${from ?? path}`, `${now}:${path}`]
    if (Math.max(...(await sizesOf(context, sides, env))) > MAX_BYTES) {
      const text = await context.runner.text([...DIFF, '--numstat', '-z', base, now, '--', ...paths], {env: literal})
      return {hunks: [], cut: parseNumbers(text).reduce((sum, {added, removed}) => sum + added + removed, 0)}
    }
    const text = await context.runner.text([...DIFF, `--unified=${AROUND}`, base, now, '--', ...paths], {env: literal})
    return parseHunks(text, visibleLine)
  })
}

/** The lines of files as the work has them now; null: it has no such text. */
export async function readLines(
  context: Context,
  work: Work,
  asked: readonly {path: string; side: 'old' | 'new'}[],
): Promise<(readonly string[] | null)[]> {
  return withEnds(context, work, async ({base, now, env}) => {
    const found: (readonly string[] | null)[] = []
    const names = asked.map(({path, side}) => `${side === 'old' ? base : now}:${path}`)
    const sizes = await sizesOf(context, names, env)
    for (const [index, name] of names.entries()) {
      const isRead = sizes[index]! <= MAX_BYTES
      const answer = isRead ? await context.runner.git(['cat-file', 'blob', name], {env, accept: [0, 128]}) : null
      found.push(answer?.exitCode === 0 ? answer.stdout.split('\n').map(visibleLine) : null)
    }
    return found
  })
}

/** Compares a worktree as it is: what is not committed becomes a tree in a folder of its own for as long as it is read. */
async function withEnds<T>(context: Context, work: Work, read: (ends: Ends) => Promise<T>): Promise<T> {
  const {branch, worktree, commit} = work
  if (worktree === null) {
    if (work.merge !== undefined) return read({...(await landedEnds(context, work, work.merge)), env: {}})
    const head = commit === undefined ? await commitOf(context, branch) : await presentCommit(context, work, commit)
    return read({base: await mergeBase(context, head), head, now: head, env: {}})
  }
  using scratch = createScratchObjects(context)
  const {head, tree} = await createContents(context, scratch)(worktree)
  return await read({base: await mergeBase(context, head), head, now: tree ?? head, env: scratch.env})
}

/**
 * The ends of landed work: its last commit against where it left main, if that commit is still here, and else what the
 * commit on main changed.
 */
async function landedEnds(context: Context, {commit}: Work, merge: string): Promise<Omit<Ends, 'env'>> {
  const landed = await resolveCommit(context, merge)
  const before = landed && (await resolveCommit(context, `${landed}^1`))
  if (before === null) {
    throw new ClambakeError({
      code: 'no-branch',
      message: `${shortSha(merge)}, by which it is on main, is not in this clone`,
      next: 'R looks at GitHub and fetches; o opens it there',
    })
  }
  const head = commit === undefined ? null : await resolveCommit(context, commit)
  const left = head === null ? null : await commonCommit(context, head, before)
  if (head !== null && left !== null && left !== head) return {base: left, head, now: head}
  return {base: before, head: landed!, now: landed!}
}

/** The commit of a pull request, fetched if it is not here: that of a fork is on no branch of the remote. */
async function presentCommit(context: Context, {branch, pull}: Work, commit: string): Promise<string> {
  const here = await resolveCommit(context, commit)
  if (here !== null) return here
  if (pull !== undefined) {
    await context.refs.fetch([`refs/pull/${pull}/head`], {doing: `fetch pull request #${pull}`})
  }
  const found = await resolveCommit(context, commit)
  if (found !== null) return found
  throw new ClambakeError({
    code: 'no-branch',
    message: `${shortSha(commit)}, the head of ${branch}, is not in this clone: no fetch brought it`,
    next: 'look at it on GitHub: o opens it there',
  })
}

/** The ids of files that are too large to be shown. */
async function largeOf(
  context: Context,
  files: readonly Omit<ChangedFile, 'uncommitted'>[],
  env: Ends['env'],
): Promise<ReadonlySet<string>> {
  const oids = files.filter(({kind}) => kind === 'text').map(({oid}) => oid)
  if (oids.length === 0) return new Set()
  const sizes = await sizesOf(context, oids, env)
  return new Set(oids.filter((_, index) => sizes[index]! > MAX_BYTES))
}

/** The bytes of files by their ids or names; 0: there is no such file. */
async function sizesOf(context: Context, names: readonly string[], env: Ends['env']): Promise<number[]> {
  // A path may have a line break.
  const args = ['cat-file', '--batch-check=%(objectsize)', '-z']
  const text = await context.runner.text(args, {env, input: names.join('\0')})
  // Of what is not there, git prints the name.
  return text.split('\n').map(size => Number(size) || 0)
}

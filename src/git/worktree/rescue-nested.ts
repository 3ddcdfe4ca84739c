import {createHash} from 'node:crypto'
import {stat} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {plainText} from '../../base/files.ts'
import {count} from '../../base/words.ts'
import {type Context, commitTree} from '../context.ts'
import type {Pins} from '../refs/pins.ts'
import {rescuesOf} from '../refs/rescue-refs.ts'
import type {VerifiedWorktree} from './list.ts'
import type {NestedRepository} from './nested.ts'
import {type NestedReader, openNested} from './nested-reader.ts'
import {takeSnapshot, tooBig} from './snapshot.ts'

/** The ref of a bundle; `git fetch FILE.bundle refs/rescue/all` takes it out. */
const BUNDLE_REF = 'refs/rescue/all'

/** What one nested repository has that is nowhere else. */
type Unsaved = {
  nested: NestedRepository
  reader: VerifiedWorktree
  /** Commits that none of its refs on remotes reaches. */
  commits: readonly string[]
  onRemotes: readonly string[]
  trees: {index: string; files: string}
  /** Files that differ from the index. */
  files: number
  /** The index has what no commit has. */
  isStaged: boolean
}

/**
 * Saves what repositories inside a worktree have and no remote of theirs: a bundle of their commits and files for each,
 * in a rescue ref that stays on this machine. Gives the refs. A repository with nothing of that kind has none.
 */
export async function rescueNested(
  context: Context,
  pins: Pins,
  {at, repositories, reason}: {at: VerifiedWorktree; repositories: readonly NestedRepository[]; reason: string},
): Promise<string[]> {
  const refs: string[] = []
  for (const nested of repositories) {
    await using opened = await openNested(context, nested)
    const unsaved = await lookAt(context, nested, opened)
    if (unsaved.commits.length === 0 && unsaved.files === 0 && !unsaved.isStaged) continue
    refs.push((await sameBundle(context, at, unsaved)) ?? (await saveBundle(context, pins, {at, unsaved, reason})))
  }
  return refs
}

async function lookAt(context: Context, nested: NestedRepository, at: NestedReader): Promise<Unsaved> {
  const {reader, commits, onRemotes} = at
  const input = [...commits, ...onRemotes.map(id => `^${id}`)].join('\n')
  const unreached = commits.length === 0 ? '' : await context.runner.text(['rev-list', '--stdin'], {at: reader, input})
  const snapshot = nested.workTree === null ? null : await takeSnapshot(context, reader)
  const none = await context.runner.text(['mktree'], {at: reader, input: ''})
  const trees = {index: snapshot?.indexTree ?? none, files: snapshot?.filesTree ?? none}
  const committed = await treesOf(context, reader, commits)
  return {
    nested,
    reader,
    commits: unreached.split('\n').filter(Boolean),
    onRemotes,
    trees,
    files: snapshot?.files.length ?? 0,
    isStaged: trees.index !== none && !committed.has(trees.index),
  }
}

async function treesOf(context: Context, at: VerifiedWorktree, commits: readonly string[]): Promise<Set<string>> {
  if (commits.length === 0) return new Set()
  const args = ['log', '--no-walk=unsorted', '--format=%T', '--stdin']
  return new Set((await context.runner.text(args, {at, input: commits.join('\n')})).split('\n'))
}

async function saveBundle(
  context: Context,
  pins: Pins,
  {at, unsaved, reason}: {at: VerifiedWorktree; unsaved: Unsaved; reason: string},
): Promise<string> {
  const {nested, reader, commits, onRemotes, trees} = unsaved
  const {runner} = context
  const head = nested.gitDir === null ? null : await plainText(join(nested.gitDir, 'HEAD'))
  const tips = await independent(context, unsaved)
  const index = await commitTree(context, {tree: trees.index, parents: [], message: 'index'}, reader)
  const message = `files of ${nested.name} (HEAD: ${head?.trim() ?? 'none'})`
  const all = await commitTree(context, {tree: trees.files, parents: [...tips, index], message}, reader)
  await runner.git(['update-ref', BUNDLE_REF, all], {at: reader})
  const file = join(reader.gitDir, 'rescue.bundle')
  const input = [BUNDLE_REF, ...onRemotes.map(id => `^${id}`)].join('\n')
  await runner.git(['bundle', 'create', '--quiet', file, '--stdin'], {at: reader, input})
  const {size} = await stat(file)
  if (size > context.sizeLimitBytes)
    throw tooBig(context, {path: join(at.path, nested.name), size, examples: [nested.name]})

  const blob = await runner.text(['hash-object', '-w', '--no-filters', '--', file])
  const entry = `${basename(nested.name).replaceAll(/[^\w.-]+/g, '-') || 'nested'}.bundle`
  const tree = await runner.text(['mktree'], {input: `100644 blob ${blob}\t${entry}\n`})
  const oid = await commitTree(context, {tree, parents: [], message: messageOf(at, unsaved, {entry, reason})})
  const ref = pins.refFor({commit: oid, name: at.path})
  await runner.git(['rev-list', '--objects', '--quiet', oid])
  await runner.git(['update-ref', ref, oid])
  context.log.info('repository inside a worktree rescued', {ref, oid, name: nested.name, commits: commits.length})
  return ref
}

/** Commits that no other of them reaches. */
async function independent(context: Context, {reader, commits}: Unsaved): Promise<string[]> {
  if (commits.length === 0) return []
  const parents = await context.runner.text(['rev-list', '--stdin', '--no-walk=unsorted', '--parents'], {
    at: reader,
    input: commits.join('\n'),
  })
  const reached = new Set(parents.split('\n').flatMap(line => line.split(' ').slice(1)))
  return commits.filter(commit => !reached.has(commit))
}

function messageOf(at: VerifiedWorktree, unsaved: Unsaved, {entry, reason}: {entry: string; reason: string}): string {
  const {nested, commits, files} = unsaved
  return `rescue of the repository ${nested.name}: ${reason.replace(/\s+/g, ' ')}

It was inside the worktree ${at.path}, with ${count(commits.length, 'commit')} and ${count(files, 'file')} that no remote of it has.
To get them, in a clone of that repository (or in a new one): git show THIS-COMMIT:${entry} > ${entry};
git fetch ${entry} ${BUNDLE_REF}; then look at FETCH_HEAD, whose files are those that were there.

${stateOf(unsaved)}`
}

/** Tells two states of one repository apart; bundles of the same state differ in their bytes. */
function stateOf({nested, commits, trees}: Unsaved): string {
  const state = JSON.stringify([nested.name, commits.toSorted(), trees.index, trees.files])
  return `state ${createHash('sha256').update(state).digest('hex')}`
}

/** The ref of a rescue of exactly this state from an earlier try. */
async function sameBundle(context: Context, at: VerifiedWorktree, unsaved: Unsaved): Promise<string | undefined> {
  for (const {ref, oid} of await rescuesOf(context, at.path)) {
    const message = await context.runner.read(['log', '-1', '--format=%B', oid, '--'])
    if (message.trimEnd().endsWith(stateOf(unsaved))) return ref
  }
  return undefined
}

import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {statOrNull} from '../../base/files.ts'
import type {Leftover} from '../../model/data/recovery/leftover.ts'
import type {UndoPart} from '../../model/data/recovery/undo.ts'
import {ALL_REFS} from '../command/hardening.ts'
import {type Context, mainRef} from '../context.ts'
import {PINNED_REFS} from '../refs/pinned.ts'
import {LANDED_REFS, RESCUE_REFS, UNDO_REF} from '../refs/pins.ts'
import {remoteRescueRef} from '../refs/rescue-refs.ts'
import {listWorktrees} from '../worktree/list.ts'
import {workRefs} from './refs.ts'
import {weigh} from './weigh.ts'

/** Why a note may go of which no commit is left without a ref. */
export const REACHED = 'another ref has its commits'

/**
 * Refs that only note what was: of branches that the remote no longer has, of worktrees that are gone, and of work that
 * landed as another commit.
 */
export async function findLeftovers(context: Context): Promise<readonly Leftover[]> {
  return [...(await notes(context)), ...(await landedTips(context))]
}

async function landedTips({runner}: Context): Promise<Leftover[]> {
  const format = '--format=%(objectname) %(committerdate:unix) %(refname)'
  const text = await runner.text(['for-each-ref', format, LANDED_REFS])
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const [oid, seconds, ref] = line.split(' ') as [string, string, string]
      return {what: 'landed', ref, oid, why: null, at: Number(seconds) * 1000}
    })
}

async function notes(context: Context): Promise<Leftover[]> {
  const {runner, refs, remoteName, mainBranch} = context
  const {there, here, pinned} = await workRefs(context)
  const live = await refs.heads('look for branches')
  const used = new Set((await listWorktrees(context)).map(({branch}) => branch))
  const stale = [...there].filter(([branch]) => !live.has(branch) && branch !== mainBranch)
  const unused = [...pinned].filter(([branch]) => !used.has(branch) && !here.has(branch))
  const found: Leftover[] = [
    ...stale.map(
      ([branch, oid]): Leftover => ({what: 'tracking', ref: `refs/remotes/${remoteName}/${branch}`, oid, why: null}),
    ),
    ...unused.map(([branch, oid]): Leftover => ({what: 'pin', ref: `${PINNED_REFS}${branch}`, oid, why: null})),
  ]
  if (found.length === 0) return []
  const others = [
    '--not',
    `--exclude=refs/remotes/${remoteName}/*`,
    `--exclude=${PINNED_REFS}*`,
    `--exclude=${UNDO_REF}`,
    ...ALL_REFS,
    mainRef(context),
  ]
  const text = await runner.text(['rev-list', '--stdin', ...others], {input: found.map(({oid}) => oid).join('\n')})
  const only = new Set(text.split('\n'))
  const weights = await weigh(
    context,
    found.flatMap(({oid}) => (only.has(oid) ? [oid] : [])),
  )
  return found.map(leftover => {
    if (!only.has(leftover.oid)) return {...leftover, why: REACHED}
    return weights.get(leftover.oid)?.landed ? {...leftover, why: 'main has what its commits change'} : leftover
  })
}

/**
 * Deletes refs of Clambake's own, and with `remote` their copies on the remote. `note` gets what brings them back, before
 * the first is deleted. One that has moved since stays. Safe to repeat.
 */
export async function removeRefs(
  context: Context,
  given: readonly {ref: string; oid: string; remote: boolean}[],
  note: (parts: readonly UndoPart[]) => Promise<void>,
): Promise<void> {
  const {runner, refs, records} = context
  await note(given.map(({ref, oid, remote}) => ({do: 'ref', ref, oid, remote})))
  await context.checkpoint('refs:noted')
  const shared = given.filter(({remote}) => remote)
  if (shared.length > 0) {
    const namespace = await records.namespace()
    const doing = 'delete rescue refs'
    const names = shared.map(({ref, oid}) => ({ref: remoteRescueRef(ref, namespace), oid}))
    const found = await refs.list(
      names.map(({ref}) => ref),
      doing,
    )
    const there = names.filter(({ref, oid}) => found.get(ref) === oid)
    if (there.length > 0)
      await refs.push(
        there.map(({ref, oid}) => ({ref, from: oid, to: null})),
        doing,
      )
  }
  for (const {ref, oid} of given) {
    // A ref that moved meanwhile holds other work.
    await runner.git(['update-ref', '-d', ref, oid], {accept: [0, 1, 128]})
  }
}

/** Bytes on the disk below a folder; what cannot be read counts nothing. */
export async function diskUse(path: string): Promise<number> {
  const stat = await statOrNull(path)
  if (stat === null) return 0
  const own = stat.blocks * 512
  if (!stat.isDirectory()) return own
  const names = await readdir(path).catch(() => [])
  let sum = own
  for (const name of names) sum += await diskUse(join(path, name))
  return sum
}

/** Bytes of objects that only these commits need; git gives them back at its next gc. */
export async function objectBytes(context: Context, oids: readonly string[]): Promise<number> {
  if (oids.length === 0) return 0
  const others = ['--not', `--exclude=${RESCUE_REFS}*`, `--exclude=${UNDO_REF}`, ...ALL_REFS]
  const text = await context.runner.text(['rev-list', '--disk-usage', '--objects', '--stdin', ...others], {
    input: oids.join('\n'),
  })
  return Number(text.trim()) || 0
}

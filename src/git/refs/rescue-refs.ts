import {ClambakeError} from '../../base/errors.ts'
import {CLAMBAKE_REFS} from '../../model/data/names.ts'
import {lastLines} from '../command/failures.ts'
import type {Context} from '../context.ts'
import {RESCUE_REFS, rescueName} from './pins.ts'
import {reachDisk} from './reach-disk.ts'

/** The name of a local rescue ref on the remote. */
export function remoteRescueRef(local: string, namespace: string): string {
  return `${namespace}${local.slice(CLAMBAKE_REFS.length)}`
}

/** Rescue refs of one name here, newest first. */
export async function rescuesOf(context: Context, name: string): Promise<{ref: string; oid: string}[]> {
  const text = await context.runner.read([
    'for-each-ref',
    '--sort=-refname',
    '--format=%(refname) %(objectname)',
    `${RESCUE_REFS}${rescueName(name, context.branchTemplate)}/`,
  ])
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => ({ref: line.slice(0, line.lastIndexOf(' ')), oid: line.slice(line.lastIndexOf(' ') + 1)}))
}

/**
 * Writes a rescue ref here, and with `share` on the remote, and reads what it wrote back, once it is on the disk. Only then
 * does it count as kept. Throws `rescue-damaged` when an object of it cannot be read.
 */
export async function saveRescue(
  context: Context,
  {ref, oid, share}: {ref: string; oid: string; share: boolean},
): Promise<void> {
  const {runner, refs, records} = context
  // Every object of it must be here and whole: a ref with missing objects would rescue nothing.
  const damage = await damageOf(context, oid)
  if (damage !== null) throw damaged(ref, damage)
  await runner.git(['update-ref', ref, oid])
  await reachDisk(context)
  const here = await runner.text(['rev-parse', '--verify', ref])
  if (!share && here === oid) return
  const remote = remoteRescueRef(ref, await records.namespace())
  const doing = 'push a rescue ref'
  const before = (await refs.list([remote], doing)).get(remote) ?? null
  if (before !== oid) await refs.push([{ref: remote, from: before, to: oid}], doing)
  const there = (await refs.list([remote], doing)).get(remote)
  if (here === oid && there === oid) return
  throw new ClambakeError({
    code: 'rescue-unproven',
    message: `the rescue ref ${ref} could not be read back`,
    kept: 'nothing was deleted',
    next: 'nothing to do: Clambake retries',
  })
}

/**
 * Reads every object of a commit that no branch of the remote has; null: all are whole, else what git says. What a loss of power
 * emptied counts for git as there: it would not write it again, and the rescue would lose that file.
 */
async function damageOf({runner}: Pick<Context, 'runner'>, oid: string): Promise<string | null> {
  const args = ['rev-list', '--objects', '--verify-objects', '--quiet', oid, '--not', '--remotes']
  const {exitCode, stderr} = await runner.git(args, {accept: [0, 1, 128]})
  // Of an object with another content git only prints an error.
  return exitCode === 0 && !/^error: /m.test(stderr) ? null : lastLines(stderr)
}

function damaged(ref: string, damage: string): ClambakeError {
  return new ClambakeError({
    code: 'rescue-damaged',
    message: `the rescue ${ref} would not be whole, as an object in this clone is damaged or missing: ${damage}`,
    kept: 'the worktree as it is: nothing was deleted',
    next: 'git fsck lists such objects; copy them from another clone, or copy the files and remove the worktree by hand',
  })
}

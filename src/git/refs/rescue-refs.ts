import {ClambakeError} from '../../base/errors.ts'
import {CLAMBAKE_REFS} from '../../model/data/names.ts'
import type {Context} from '../context.ts'
import {RESCUE_REFS, rescueName} from './pins.ts'

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
 * Writes a rescue ref here, and with `share` on the remote, and reads what it wrote back. Only then does it count as kept.
 */
export async function saveRescue(
  context: Context,
  {ref, oid, share}: {ref: string; oid: string; share: boolean},
): Promise<void> {
  const {runner, refs, records} = context
  // Every object of it must be here: a ref with missing objects would rescue nothing.
  await runner.git(['rev-list', '--objects', '--quiet', oid, '--not', '--remotes'])
  await runner.git(['update-ref', ref, oid])
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

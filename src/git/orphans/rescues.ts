import type {RescueRow} from '../../model/data/recovery/rescue.ts'
import type {Context} from '../context.ts'
import {RESCUE_REFS} from '../refs/pins.ts'
import {remoteRescueRef} from '../refs/rescue-refs.ts'

/** Every rescue of this clone, newest first, with what its message says of it. */
export async function listRescues(context: Context): Promise<RescueRow[]> {
  const {runner, refs, records} = context
  const format = '%(refname)%00%(objectname)%00%(creatordate:unix)%00%(parent)%00%(contents)%00%01'
  const text = await runner.read(['for-each-ref', `--format=${format}`, RESCUE_REFS])
  const rows = text.split('\x01').map(line => line.trimStart().split('\0'))
  const found = rows.filter(([ref]) => ref)
  if (found.length === 0) return []
  const namespace = await records.namespace()
  const remote = await refs.list(
    found.map(([ref]) => remoteRescueRef(ref!, namespace)),
    'list rescues',
  )
  return found
    .map(([ref = '', oid = '', time, parents = '', message = '']): RescueRow => {
      const record = recordOf(message)
      const isWork = /^rescue of /.test(message)
      return {
        ref,
        oid,
        name: ref.slice(RESCUE_REFS.length).split('/')[0] ?? '',
        at: savedAt(ref) ?? Number(time) * 1000,
        what: message.split('\n')[0]!.trim(),
        head: isWork ? (record?.head ?? parents.split(' ')[0] ?? oid) || oid : oid,
        branch: record?.branch ?? null,
        files: record?.files ?? 0,
        isShared: remote.get(remoteRescueRef(ref, namespace)) === oid,
      }
    })
    .sort((one, other) => other.at - one.at || (one.ref < other.ref ? 1 : -1))
}

/** When a rescue was made, by its name: a commit that was kept as it is may be years older. */
function savedAt(ref: string): number | null {
  const [, year, month, day, hour, minute, second] =
    /\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]+$/.exec(ref) ?? []
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at) ? null : at
}

/** The record in a rescue's message; null: it has none, as a commit that was kept as it is. */
function recordOf(message: string): {branch: string | null; head: string | null; files: number} | null {
  const start = message.indexOf('\n\n{')
  if (start < 0) return null
  try {
    const {branch, head, files} = JSON.parse(message.slice(start)) as Record<string, unknown>
    return {
      branch: typeof branch === 'string' ? branch : null,
      head: typeof head === 'string' ? head : null,
      files: typeof files === 'number' ? files : 0,
    }
  } catch {
    return null
  }
}

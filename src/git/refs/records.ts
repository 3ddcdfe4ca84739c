import {randomBytes} from 'node:crypto'
import type {z} from 'zod'
import {hasCode} from '../../base/errors.ts'
import {CLAMBAKE_REFS, FALLBACK_REFS} from '../../model/data/names.ts'
import type {GitRunner} from '../command/run-git.ts'
import {recordText} from './record-text.ts'
import type {RemoteRefs} from './remote-refs.ts'

/** Local copies of the remote's records; never pushed, pruned with every look. */
const SEEN_REFS = 'refs/clambake/seen/'
const RECORD_REFS = ['claims/*', 'owners/*', 'landing*', 'halt*', 'format*'] as const

/** A record as found. A commit that holds no readable record is found too, with what is wrong. */
export type Found<T> =
  | {state: 'good'; ref: string; oid: string; record: T}
  | {state: 'broken'; ref: string; oid: string; problem: string}

/** A record's ref on the remote, and what our local copy of it names. */
type Copy = {ref: string; oid: string; type: string; message: string}

/**
 * Records are commits of the empty tree whose message is a subject line and JSON. They live on the remote under
 * `refs/clambake/`, or under `refs/heads/clambake/` on a server that takes branches only.
 */
export type Records = {
  /** A new commit; the same record twice gives two ids, because every record has a nonce. */
  write(subject: string, record: object): Promise<string>
  /** Fetches all records of the remote. */
  refresh(): Promise<void>
  /** Records under `name` (`claims/`), as of the last `refresh`; `ref` is the one on the remote. */
  seen<T>(name: string, schema: z.ZodType<T>): Promise<readonly Found<T>[]>
  /** The remote's record at exactly `ref` now; null: none. */
  look<T>(ref: string, schema: z.ZodType<T>): Promise<Found<T> | null>
  /** Prefix of refs on the remote; asks the server the first time by writing a marker. */
  namespace(): Promise<string>
}

/** Makes a random text, so that two records are never the same commit. */
export function newNonce(): string {
  return randomBytes(12).toString('hex')
}

export function createRecords(runner: GitRunner, refs: RemoteRefs): Records {
  let emptyTree: Promise<string> | undefined
  let prefix: string | undefined

  async function write(subject: string, record: object): Promise<string> {
    emptyTree ??= runner.text(['hash-object', '-t', 'tree', '-w', '--stdin'], {input: ''})
    return runner.text(['commit-tree', '--no-gpg-sign', '-F', '-', await emptyTree], {
      input: recordText(subject, record),
    })
  }

  async function refresh(): Promise<void> {
    await refs.fetch(
      RECORD_REFS.flatMap(name => [
        `+${CLAMBAKE_REFS}${name}:${SEEN_REFS}main/${name}`,
        `+${FALLBACK_REFS}${name}:${SEEN_REFS}fallback/${name}`,
      ]),
      {doing: 'read the claims', prune: true},
    )
  }

  async function readCopies(...patterns: string[]): Promise<Copy[]> {
    const format = '%(refname)%00%(objectname)%00%(objecttype)%00%(contents)%00'
    const fields = (await runner.read(['for-each-ref', `--format=${format}`, ...patterns])).split('\0')
    const found = []
    for (let at = 0; at + 3 < fields.length; at += 4) {
      const [copy, oid, type, message] = fields.slice(at, at + 4)
      found.push({ref: remoteName(copy!.trimStart()), oid: oid!, type: type!, message: message!})
    }
    return found
  }

  /** Writes a constant marker: that all write the same object does no harm here. */
  async function probe(candidate: string): Promise<boolean> {
    const marker = `${candidate}format`
    const oid = await write('clambake refs, format 1', {version: 1, nonce: newNonce()})
    const outcome = await refs.push([{ref: marker, from: null, to: oid}], 'write its refs')
    return outcome.state === 'done' || outcome.found.has(marker)
  }

  return {
    write,
    refresh,

    async seen(name, schema) {
      const copies = await readCopies(`${SEEN_REFS}main/${name}`, `${SEEN_REFS}fallback/${name}`)
      const isMain = ({ref}: Copy) => ref.startsWith(CLAMBAKE_REFS)
      const mainFirst = [...copies.filter(isMain), ...copies.filter(copy => !isMain(copy))]
      return mainFirst.map(copy => parseRecord(copy, schema))
    },

    async look(ref, schema) {
      await refresh()
      const copy = (await readCopies(copyName(ref))).find(found => found.ref === ref)
      return copy ? parseRecord(copy, schema) : null
    },

    async namespace() {
      if (prefix !== undefined) return prefix
      await refresh()
      const used = (await readCopies(SEEN_REFS)).map(({ref}) => ref)
      prefix = [CLAMBAKE_REFS, FALLBACK_REFS].find(candidate => used.some(ref => ref.startsWith(candidate)))
      if (prefix === undefined) {
        try {
          if (await probe(CLAMBAKE_REFS)) prefix = CLAMBAKE_REFS
        } catch (error) {
          if (!isRefused(error)) throw error
        }
      }
      if (prefix === undefined) {
        await probe(FALLBACK_REFS)
        prefix = FALLBACK_REFS
      }
      return prefix
    },
  }
}

/** Whether the server refused this ref. A dead network or a refused login says nothing about the namespace. */
function isRefused(error: unknown): boolean {
  return hasCode(error, 'push-refused')
}

function copyName(ref: string): string {
  return ref.startsWith(CLAMBAKE_REFS)
    ? `${SEEN_REFS}main/${ref.slice(CLAMBAKE_REFS.length)}`
    : `${SEEN_REFS}fallback/${ref.slice(FALLBACK_REFS.length)}`
}

function remoteName(copy: string): string {
  const name = copy.slice(SEEN_REFS.length)
  return name.startsWith('main/')
    ? `${CLAMBAKE_REFS}${name.slice('main/'.length)}`
    : `${FALLBACK_REFS}${name.slice('fallback/'.length)}`
}

function parseRecord<T>({ref, oid, type, message}: Copy, schema: z.ZodType<T>): Found<T> {
  const broken = (problem: string): Found<T> => ({state: 'broken', ref, oid, problem})
  if (type !== 'commit') return broken(`it names a ${type}`)
  const body = message.indexOf('\n\n')
  if (body < 0) return broken('its commit message holds no record')
  let data: unknown
  try {
    data = JSON.parse(message.slice(body))
  } catch {
    return broken('its record is not JSON')
  }
  const parsed = schema.safeParse(data)
  if (parsed.success) return {state: 'good', ref, oid, record: parsed.data}
  const [issue] = parsed.error.issues
  return broken(`its record has no usable ${issue?.path.join('.') || 'content'}`)
}

import {randomBytes} from 'node:crypto'
import * as z from 'zod'
import {hasCode} from '../../base/errors.ts'
import {CLAMBAKE_REFS, FALLBACK_REFS} from '../../model/data/names.ts'
import type {GitRunner} from '../command/run-git.ts'
import {readObjects} from '../objects.ts'
import {recordText} from './record-text.ts'
import type {RemoteRefs} from './remote-refs.ts'

/**
 * Where a fetch puts its copies of the records, as git wants a place for them. Refs of a worktree are in the git folder that
 * git works in; ours has one for each fetch, which is gone after it. In a place that all share, an agent could make a
 * symbolic ref, and git brings nothing in its place.
 */
const COPIES = 'refs/worktree/'
/** Says by its place alone where the records are: what is in it is never read. */
const MARKER = 'format'
/** A record of a higher version holds what this program would misread. */
const RECORD_VERSION = 1
const versioned = z.looseObject({version: z.number().gt(RECORD_VERSION)})
const RECORD_REFS = ['claims/*', 'owners/*', 'landing*', 'halt*', `${MARKER}*`] as const

/**
 * A record as found. A commit that holds no readable record is found too, with what is wrong, whether a newer Clambake wrote
 * it, and its data as far as it is JSON.
 */
export type Found<T> =
  | {state: 'good'; ref: string; oid: string; record: T}
  | {state: 'broken'; ref: string; oid: string; problem: string; newer: boolean; data: unknown}

/** What a record's ref names on the remote; null: nothing that is in this clone as it was written. */
type Sight = {ref: string; oid: string; object: {type: string; message: string} | null}

/**
 * Records are commits of the empty tree whose message is a subject line and JSON. They live on the remote under
 * `refs/clambake/`, or under `refs/heads/clambake/` on a server that takes branches only.
 */
export type Records = {
  /** A new commit; the same record twice gives two ids, because every record has a nonce. */
  write(subject: string, record: object): Promise<string>
  /** Fetches all records of the remote. */
  refresh(): Promise<void>
  /**
   * For a fetch of other refs that shall be a `refresh` too: fetches these refspecs with them, and gives `take` all that it
   * brought. Where the records cannot come along, as on a remote that takes branches only, `seen` fetches them.
   */
  along(): {refspecs: readonly string[]; take(brought: ReadonlyMap<string, string>): Promise<void>}
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

/** Writes and reads records, and finds out in which of the two namespaces the server takes them. */
export function createRecords(runner: GitRunner, refs: RemoteRefs, mainBranch: string): Records {
  let emptyTree: Promise<string> | undefined
  let prefix: string | undefined
  let fetches = 0
  /** The newest look at the remote, by the number of its fetch: one that began earlier may end later. */
  let last: {fetch: number; sights: readonly Sight[]} = {fetch: 0, sights: []}
  /** An older look does not count: none was made yet, or refs were fetched without the records. */
  let oldest = 1
  /** Messages of commits by id: what an id names never changes. Those of the last look, and those written since. */
  let known = new Map<string, string>()

  async function write(subject: string, record: object): Promise<string> {
    emptyTree ??= runner.text(['hash-object', '-t', 'tree', '-w', '--stdin'], {input: ''})
    const message = recordText(subject, record)
    const oid = await runner.text(['commit-tree', '--no-gpg-sign', '-F', '-', await emptyTree], {input: message})
    known.set(oid, message)
    return oid
  }

  async function refresh(): Promise<void> {
    const fetch = ++fetches
    const refspecs = [...refspecsOf(CLAMBAKE_REFS), ...refspecsOf(FALLBACK_REFS)]
    await take(fetch, await refs.bring(refspecs, {branch: mainBranch, doing: 'read the claims'}))
  }

  async function take(fetch: number, brought: ReadonlyMap<string, string>): Promise<void> {
    const found = [...brought].filter(([ref]) => isRecord(ref))
    const before = known
    const unread = found.filter(([ref, oid]) => recordName(ref) !== MARKER && !before.has(oid))
    const objects = await readObjects(
      runner,
      unread.map(([, oid]) => oid),
    )
    const objectOf = (oid: string): Sight['object'] => {
      const message = before.get(oid)
      if (message !== undefined) return {type: 'commit', message}
      const object = objects.get(oid)
      return object ? {type: object.type, message: messageIn(object.content)} : null
    }
    const sights = found.map(([ref, oid]) => ({ref, oid, object: objectOf(oid)}))
    if (last.fetch > fetch) return
    last = {fetch, sights}
    known = new Map(sights.flatMap(({oid, object}) => (object?.type === 'commit' ? [[oid, object.message]] : [])))
    prefix ??= [CLAMBAKE_REFS, FALLBACK_REFS].find(candidate => found.some(([ref]) => ref.startsWith(candidate)))
  }

  /** Everything that the last look found, main's namespace first, each in the order of the names. */
  async function allSeen(): Promise<readonly Sight[]> {
    if (last.fetch < oldest) await refresh()
    const isMain = ({ref}: Sight) => ref.startsWith(CLAMBAKE_REFS)
    const sorted = last.sights.toSorted((a, b) => (a.ref < b.ref ? -1 : 1))
    return [...sorted.filter(isMain), ...sorted.filter(sight => !isMain(sight))]
  }

  /** Writes a constant marker: that all write the same object does no harm here. */
  async function probe(candidate: string): Promise<boolean> {
    const marker = candidate + MARKER
    const oid = await write('clambake refs, format 1', {version: 1, nonce: newNonce()})
    const outcome = await refs.push([{ref: marker, from: null, to: oid}], 'write its refs')
    return outcome.state === 'done' || outcome.found.has(marker)
  }

  return {
    write,
    refresh,

    along() {
      const fetch = ++fetches
      if (prefix === FALLBACK_REFS) {
        oldest = fetch
        return {refspecs: [], take: async () => {}}
      }
      return {
        refspecs: refspecsOf(CLAMBAKE_REFS),
        async take(brought) {
          // Where they are is not known yet, and here are none: they may be branches.
          if (prefix === undefined && ![...brought.keys()].some(isOwn)) oldest = Math.max(oldest, fetch)
          else await take(fetch, brought)
        },
      }
    },

    async seen(name, schema) {
      const sights = await allSeen()
      return sights.filter(({ref}) => isNamed(recordName(ref), name)).map(sight => parseRecord(sight, schema))
    },

    async look(ref, schema) {
      await refresh()
      const sight = (await allSeen()).find(found => found.ref === ref)
      return sight ? parseRecord(sight, schema) : null
    },

    async namespace() {
      if (prefix === undefined) await refresh()
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

function refspecsOf(namespace: string): string[] {
  return RECORD_REFS.map(name => `+${namespace}${name}:${COPIES}${namespace.slice('refs/'.length)}${name}`)
}

/** A record's name in either namespace: `claims/issue-7`. */
function recordName(ref: string): string {
  return ref.slice((ref.startsWith(CLAMBAKE_REFS) ? CLAMBAKE_REFS : FALLBACK_REFS).length)
}

function isRecord(ref: string): boolean {
  if (!ref.startsWith(CLAMBAKE_REFS) && !ref.startsWith(FALLBACK_REFS)) return false
  return RECORD_REFS.some(pattern => recordName(ref).startsWith(pattern.slice(0, -1)))
}

/** Whether a ref is a record outside of the branches. */
const isOwn = (ref: string): boolean => ref.startsWith(CLAMBAKE_REFS) && isRecord(ref)

/** Whether a record is the one of this name, or below it. */
function isNamed(record: string, name: string): boolean {
  return record === name || record.startsWith(name.endsWith('/') ? name : `${name}/`)
}

/** The message of a commit: what follows its header's empty line. */
function messageIn(content: Buffer): string {
  const text = content.toString()
  return text.slice(text.indexOf('\n\n') + 2)
}

function parseRecord<T>({ref, oid, object}: Sight, schema: z.ZodType<T>): Found<T> {
  const broken = (problem: string, {newer, data} = {newer: false, data: undefined as unknown}): Found<T> => {
    return {state: 'broken', ref, oid, problem, newer, data}
  }
  if (object === null) return broken('its commit is not in this clone, or was changed there')
  const {type, message} = object
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
  const {data: version} = versioned.safeParse(data)
  if (version !== undefined) {
    const problem = `a newer clambake wrote it, in version ${version.version} of the format; this one reads ${RECORD_VERSION}`
    return broken(problem, {newer: true, data})
  }
  const [issue] = parsed.error.issues
  return broken(`its record has no usable ${issue?.path.join('.') || 'content'}`, {newer: false, data})
}

import {ClambakeError} from '../../base/errors.ts'
import type {RunResult} from '../../base/run.ts'
import {FALLBACK_REFS} from '../../model/data/names.ts'
import {remoteFailure} from '../command/failures.ts'
import type {Remote} from '../command/remote-url.ts'
import type {GitRunner} from '../command/run-git.ts'

/** Times that a push is sent again when the server only failed to take a lock in time. */
const PUSH_TRIES = 3
/** Times that a fetch is tried again when another process writes the same local refs. */
const FETCH_TRIES = 5

/** One change on the remote; null as `from` expects that the ref is absent, null as `to` deletes it. */
export type RefUpdate = {ref: string; from: string | null; to: string | null}

export type PushOutcome =
  | {state: 'done'}
  /** Nothing was changed: a ref is elsewhere than expected. `found` has the updates' refs that exist. */
  | {state: 'moved'; found: ReadonlyMap<string, string>}

/** The remote's refs by compare-and-swap, and copies of them here. */
export type RemoteRefs = {
  readonly remote: Remote
  /** What the remote has now of exactly these refs. */
  list(refs: readonly string[], doing: string): Promise<Map<string, string>>
  /** Every branch of the remote, by its name without `refs/heads/`; those of the fallback namespace left out. */
  heads(doing: string): Promise<Map<string, string>>
  /** Object ids of everything that the remote names, pull requests too. */
  tips(doing: string): Promise<string[]>
  /** The branch that HEAD names on the remote; null when it does not say. */
  defaultBranch(): Promise<string | null>
  /**
   * All updates or none, each only if its ref is at `from`. After any unclear answer the refs are read, so the
   * outcome is certain. Throws when another reason prevented the change, or when the refs cannot be read.
   */
  push(updates: readonly RefUpdate[], doing: string): Promise<PushOutcome>
  /** Fetches refspecs. */
  fetch(refspecs: readonly string[], options: {doing: string}): Promise<void>
  /**
   * Fetches refspecs and `branch`, and gives what the remote has of them, by full name. That is all of it: what is not
   * among it is not on the remote. It is read where no agent can write, as local copies can be. But git leaves out what
   * would go into a symbolic ref, which an agent can make wherever it can write refs.
   */
  bring(refspecs: readonly string[], options: {branch: string; doing: string}): Promise<ReadonlyMap<string, string>>
}

/** Reads and changes the refs of one remote. */
export function createRemoteRefs(runner: GitRunner, remote: Remote): RemoteRefs {
  const failure = (doing: string, result: RunResult): ClambakeError =>
    remoteFailure({doing, remote: remote.url, detail: `${result.stderr}\n${result.stdout}`})

  async function ask(args: readonly string[], doing: string): Promise<string> {
    const result = await runner.network(['ls-remote', '--upload-pack=git-upload-pack', ...args], {remote, doing})
    if (result.exitCode !== 0) throw failure(doing, result)
    return result.stdout
  }

  async function list(refs: readonly string[], doing: string): Promise<Map<string, string>> {
    const found = parseRefs(await ask(['--refs', '--', remote.url, ...refs], doing))
    return new Map(refs.flatMap(ref => (found.has(ref) ? [[ref, found.get(ref)!] as const] : [])))
  }

  /** Gives what git notes of the fetch. */
  async function fetch(refspecs: readonly string[], doing: string): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const {fetched, ...result} = await runner.fetch(
        [
          ...['fetch', '--no-tags', '--write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules'],
          ...['--upload-pack=git-upload-pack', '--no-prune', '--', remote.url, ...refspecs],
        ],
        {remote, doing},
      )
      if (result.exitCode === 0) return fetched
      if (attempt === FETCH_TRIES || !/cannot lock ref|unable to update local ref/i.test(result.stderr)) {
        throw failure(doing, result)
      }
    }
  }

  async function send(updates: readonly RefUpdate[], doing: string): Promise<RunResult> {
    const leases = updates.map(({ref, from}) => `--force-with-lease=${ref}:${from ?? ''}`)
    const specs = updates.map(({ref, to}) => `${to ?? ''}:${ref}`)
    return runner.network(
      [
        ...['push', '--porcelain', '--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no'],
        ...['--receive-pack=git-receive-pack', ...(updates.length > 1 ? ['--atomic'] : []), ...leases],
        ...['--', remote.pushUrl, ...specs],
      ],
      {remote, doing},
    )
  }

  return {
    remote,
    list,

    async heads(doing) {
      const found = parseRefs(await ask(['--heads', '--refs', '--', remote.url], doing))
      const heads = [...found].filter(([ref]) => !ref.startsWith(FALLBACK_REFS))
      return new Map(heads.map(([ref, oid]) => [ref.slice('refs/heads/'.length), oid]))
    },

    async tips(doing) {
      return [...new Set(parseRefs(await ask(['--', remote.url], doing)).values())]
    },

    async defaultBranch() {
      const answer = await ask(['--symref', '--', remote.url, 'HEAD'], 'ask for the main branch')
      return /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(answer)?.[1] ?? null
    },

    async push(updates, doing) {
      for (let attempt = 1; ; attempt++) {
        let problem: unknown
        try {
          const result = await send(updates, doing)
          if (result.exitCode === 0) return {state: 'done'}
          problem = failure(doing, result)
        } catch (error) {
          problem = error
        }
        // A refusal, a dropped reply and a lost race look alike here; only the refs themselves tell.
        const found = await list(
          updates.map(({ref}) => ref),
          doing,
        )
        const at = (ref: string) => found.get(ref) ?? null
        if (updates.every(({ref, to}) => at(ref) === to)) return {state: 'done'}
        if (updates.some(({ref, from, to}) => at(ref) !== from && at(ref) !== to)) return {state: 'moved', found}
        if (attempt === PUSH_TRIES || !isContention(problem)) throw problem
      }
    },

    async fetch(refspecs, {doing}) {
      await fetch(refspecs, doing)
    },

    async bring(refspecs, {branch, doing}) {
      // By its name, so no symbolic ref hides it, and last: git says nothing of a full disk when it notes what it
      // fetched, so its note counts only if it has its end.
      const last = `refs/heads/${branch}`
      const brought = parseFetched(await fetch([...refspecs, last], doing), last)
      if (brought !== null) return brought
      throw new ClambakeError({
        code: 'remote-unreachable',
        message: `git could not ${doing}: its note of what it fetched from ${remote.url} ends too soon`,
        kept: 'the commits that were fetched',
        next: 'make room if the disk is full; a running daemon tries again by itself',
      })
    },
  }
}

function isContention(problem: unknown): boolean {
  return (
    problem instanceof Error &&
    /cannot lock ref|failed to update ref|failed to lock|incorrect old value/i.test(problem.message)
  )
}

/**
 * What git notes of a fetch: lines of `OID TAB not-for-merge TAB branch 'main' of ADDRESS`, for refs that are neither
 * branch nor tag `'refs/…' of ADDRESS`. What names no commit comes last, as `not-for-merge`. null: a line is cut, or the
 * last that was asked for is missing.
 */
export function parseFetched(text: string, last: string): Map<string, string> | null {
  const found = new Map<string, string>()
  let end: string | undefined
  for (const line of text.split('\n').slice(0, -1)) {
    const [, oid, other, kind = '', name] =
      /^([0-9a-f]{40,64})\t(not-for-merge)?\t(branch |tag )?'(.+)' of ./.exec(line) ?? []
    if (oid === undefined) return null
    const ref = `${{'branch ': 'refs/heads/', 'tag ': 'refs/tags/'}[kind] ?? ''}${name}`
    found.set(ref, oid)
    if (other === undefined) end = ref
  }
  return end === last && text.endsWith('\n') ? found : null
}

/** Lines of `oid TAB ref`. */
function parseRefs(text: string): Map<string, string> {
  const lines = text.split('\n').map(line => line.split('\t'))
  return new Map(lines.flatMap(([oid, ref]) => (oid && ref ? [[ref, oid] as const] : [])))
}

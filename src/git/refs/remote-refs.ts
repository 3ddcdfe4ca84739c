import type {ClambakeError} from '../../base/errors.ts'
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

type PushOutcome =
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
  /**
   * Fetches refspecs, and gives the branches among them as the remote had them; `prune` deletes local copies that the
   * remote no longer has.
   */
  fetch(refspecs: readonly string[], options: {doing: string; prune: boolean}): Promise<ReadonlyMap<string, string>>
}

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

    async fetch(refspecs, {doing, prune}) {
      for (let attempt = 1; ; attempt++) {
        const {fetched, ...result} = await runner.fetch(
          [
            ...['fetch', '--no-tags', '--write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules'],
            ...['--upload-pack=git-upload-pack', prune ? '--prune' : '--no-prune', '--', remote.url, ...refspecs],
          ],
          {remote, doing},
        )
        if (result.exitCode === 0) return parseFetched(fetched)
        if (attempt === FETCH_TRIES || !/cannot lock ref|unable to update local ref/i.test(result.stderr)) {
          throw failure(doing, result)
        }
      }
    },
  }
}

function isContention(problem: unknown): boolean {
  return (
    problem instanceof Error &&
    /cannot lock ref|failed to update ref|failed to lock|incorrect old value/i.test(problem.message)
  )
}

/** The branches in what git notes of a fetch: lines of `oid TAB not-for-merge TAB branch 'main' of ADDRESS`. */
function parseFetched(text: string): Map<string, string> {
  const lines = text.matchAll(/^([0-9a-f]+)\t[^\t\n]*\tbranch '(.+)' of /gm)
  return new Map([...lines].map(([, oid, branch]) => [branch!, oid!]))
}

/** Lines of `oid TAB ref`. */
function parseRefs(text: string): Map<string, string> {
  const lines = text.split('\n').map(line => line.split('\t'))
  return new Map(lines.flatMap(([oid, ref]) => (oid && ref ? [[ref, oid] as const] : [])))
}

import {existsSync} from 'node:fs'
import {join} from 'node:path'
import type {Clock} from '../base/clock.ts'

/** How long a repository may be away, as on a disk that is taken out and comes back, before nothing works for it any more. */
const GONE_MS = 5 * 60_000

/**
 * Tells when a repository has been moved or removed for good: its folder has no `.git` for minutes, and had one. No command
 * finds the processes of such a repository, so none but they themselves can end them.
 */
export class RepositoryGone {
  readonly #clock: Clock
  #root: string | undefined
  #goneSince: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Looks once. `root`: the folder of the checkout; undefined: none is named now. */
  look(root: string | undefined): boolean {
    const now = this.#clock.monotonic()
    if (root !== undefined && isThere(root)) this.#root = root
    const isGone = this.#root !== undefined && !isThere(this.#root)
    this.#goneSince = isGone ? (this.#goneSince ?? now) : undefined
    return this.#goneSince !== undefined && now - this.#goneSince >= GONE_MS
  }
}

function isThere(root: string): boolean {
  return existsSync(join(root, '.git'))
}

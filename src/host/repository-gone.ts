import {join} from 'node:path'
import type {Clock} from '../base/clock.ts'
import {statOrNull} from '../base/files.ts'

/** How long a repository may be away, as on a disk that is taken out and comes back, before nothing works for it any more. */
const GONE_MS = 5 * 60_000

/**
 * Tells when a repository has been moved or removed for good: its folder has no `.git` for minutes, and had one. No command
 * finds the processes of such a repository, so none but they themselves can end them. A look that fails or gets no answer, as
 * from the disk of another machine that is away, does not say that it is gone.
 */
export class RepositoryGone {
  readonly #clock: Clock
  #root: string | undefined
  #goneSince: number | undefined
  #isLooking = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Looks once. `root`: the folder of the checkout; undefined: none is named now. */
  async look(root: string | undefined): Promise<boolean> {
    if (this.#isLooking) return false
    this.#isLooking = true
    try {
      if (root !== undefined && (await isThere(root))) this.#root = root
      const isGone = this.#root !== undefined && (await isThere(this.#root)) === false
      const now = this.#clock.monotonic()
      this.#goneSince = isGone ? (this.#goneSince ?? now) : undefined
      return this.#goneSince !== undefined && now - this.#goneSince >= GONE_MS
    } finally {
      this.#isLooking = false
    }
  }
}

/** null: it cannot be told. */
async function isThere(root: string): Promise<boolean | null> {
  try {
    return (await statOrNull(join(root, '.git'))) !== null
  } catch {
    return null
  }
}

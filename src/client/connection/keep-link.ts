import type {Clock} from '../../base/clock.ts'
import {EXIT, toErrorData} from '../../base/errors.ts'

/** First pause before the next attempt; it doubles up to the last, so that a daemon that restarts is found at once. */
const FIRST_RETRY_MS = 200
const LAST_RETRY_MS = 5000
/** A link that ends sooner counts as a failed attempt, or a defect would open links without end. */
const STEADY_MS = 5000
/** A person needs minutes to fix their part, and each attempt before that may start processes in vain. */
const MENDING_RETRY_MS = 15_000

type KeptLink<L> = Disposable & {
  /** The live link; null while there is none. */
  current(): L | null
}

/**
 * Opens a link and opens it again whenever it ends or cannot be opened, until disposed. `onUp` runs with each new
 * link; `onDown` when the link ended (no error) and each time it could not be opened.
 */
export function keepLink<L extends {readonly closed: Promise<unknown>}>(options: {
  open: () => Promise<L>
  clock: Clock
  onUp: (link: L) => void
  onDown: (error?: unknown) => void
}): KeptLink<L> {
  const {open, clock, onUp, onDown} = options
  let current: L | null = null
  let disposed = false
  let retry: Disposable | null = null

  const attempt = async (pauseMs: number): Promise<void> => {
    let link: L
    try {
      link = await open()
    } catch (error) {
      if (disposed) return
      onDown(error)
      const isTheirs = toErrorData(error).exitCode === EXIT.usage
      retry = clock.after(
        isTheirs ? MENDING_RETRY_MS : pauseMs,
        () => void attempt(Math.min(pauseMs * 2, LAST_RETRY_MS)),
      )
      return
    }
    if (disposed) return
    current = link
    const upAt = clock.monotonic()
    onUp(link)
    const ended = () => {
      if (disposed) return
      current = null
      onDown()
      const longer = Math.min(pauseMs * 2, LAST_RETRY_MS)
      if (clock.monotonic() - upAt >= STEADY_MS) void attempt(FIRST_RETRY_MS)
      // The first short link may have met a process that was ending.
      else if (pauseMs === FIRST_RETRY_MS) void attempt(longer)
      else retry = clock.after(pauseMs, () => void attempt(longer))
    }
    link.closed.then(ended, ended)
  }
  void attempt(FIRST_RETRY_MS)

  return {
    current: () => current,
    [Symbol.dispose]() {
      disposed = true
      current = null
      retry?.[Symbol.dispose]()
    },
  }
}

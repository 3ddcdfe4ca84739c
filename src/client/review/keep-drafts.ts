import type {Clock} from '../../base/clock.ts'
import type {ReviewDraft} from '../../protocol/daemon.ts'
import type {Operations} from '../connection/operations.ts'
import type {ClientStore} from '../state/client-store.ts'
import {draftOnScreen} from './drafts.ts'

/** Words are kept so soon after they were typed. */
const AFTER_MS = 300
/** A daemon that is away is asked again after so long. */
const AGAIN_MS = 2_000

type Kept = NonNullable<ReturnType<typeof draftOnScreen>>

/** Has the daemon keep the review on the screen whenever it has changed: nothing that was typed is lost. */
export function keepDrafts(options: {store: ClientStore; operations: Operations; clock: Clock}): Disposable {
  const {store, operations, clock} = options
  let last: ReviewDraft | null = null
  let waiting: Kept | null = null
  let timer: Disposable | null = null

  function later(ms: number): void {
    timer?.[Symbol.dispose]()
    timer = clock.after(ms, () => void keep())
  }

  async function keep(): Promise<void> {
    const now = waiting
    timer?.[Symbol.dispose]()
    timer = null
    waiting = null
    if (now === null) return
    const outcome = await operations.load(daemon => daemon.call('keepReview', now))
    if (outcome.state === 'ready' || waiting !== null) return
    waiting = now
    later(AGAIN_MS)
  }

  const unsubscribe = store.subscribe((state, before) => {
    const {dialogs} = state.ui
    if (dialogs === before.ui.dialogs) return
    const shown = draftOnScreen(dialogs)
    if (shown && isSame(shown.draft, last)) return
    // What the daemon has just given needs not be kept.
    if (shown && draftOnScreen(before.ui.dialogs) !== null) {
      waiting = shown
      later(AFTER_MS)
    }
    last = shown?.draft ?? null
    if (shown === null && waiting !== null) void keep()
  })
  return {
    [Symbol.dispose]() {
      unsubscribe()
      void keep()
    },
  }
}

function isSame(one: ReviewDraft, other: ReviewDraft | null): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

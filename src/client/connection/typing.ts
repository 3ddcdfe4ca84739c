import type {Clock} from '../../base/clock.ts'
import type {PaneId} from '../../model/data/ids.ts'
import type {HostLink} from './links.ts'

/** A person keeps typing while the host starts or restarts; older keys were meant for another screen. */
const KEPT_MS = 2_000

type Typing = {
  /** Sends bytes to the program in a pane, in order. */
  type(pane: PaneId, data: string): void
  /** Sends the keys of the last moment, now that the host answers. */
  up(link: HostLink): void
}

/** Sends what is typed to the host, and keeps it for a moment while the host does not answer. */
export function createTyping(options: {
  host: () => HostLink | null
  clock: Clock
  onFailure: (error: unknown) => void
}): Typing {
  const {host, clock, onFailure} = options
  let kept: {pane: PaneId; data: string; at: number}[] = []

  function send(link: HostLink, pane: PaneId, data: string): void {
    link.call('pane.write', {pane, data}).catch(onFailure)
  }

  return {
    type(pane, data) {
      const link = host()
      if (link) send(link, pane, data)
      else kept.push({pane, data, at: clock.monotonic()})
    },
    up(link) {
      const fresh = kept.filter(({at}) => clock.monotonic() - at <= KEPT_MS)
      kept = []
      for (const {pane, data} of fresh) send(link, pane, data)
    },
  }
}

import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {PaneId} from '../../model/data/ids.ts'
import type {PaneInfo} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'

/** The panes that the host reported, running and exited. */
export type PaneBook = {
  get(pane: PaneId): PaneInfo | undefined
  all(): readonly PaneInfo[]
  put(info: PaneInfo): void
  /** Forgets closed panes, also in every keeper; a pane that opens meanwhile stays. */
  prune(): Promise<void>
}

/** Reads the panes that the host has now, and keeps them from then on. */
export async function createPaneBook(options: {
  host: Pick<HostGateway, 'panes'>
  log: Log
  /** Everything that keeps data per pane. */
  keepers: () => readonly {forget(pane: PaneId): void}[]
}): Promise<PaneBook> {
  const {host, log, keepers} = options
  const panes = new Map((await host.panes()).map(info => [info.pane, info]))
  return {
    get: pane => panes.get(pane),
    all: () => [...panes.values()],
    put: info => void panes.set(info.pane, info),
    async prune() {
      const known = [...panes.keys()]
      try {
        const open = new Set((await host.panes()).map(({pane}) => pane))
        for (const pane of known.filter(found => !open.has(found))) {
          panes.delete(pane)
          for (const keeper of keepers()) keeper.forget(pane)
        }
      } catch (error) {
        log.warn('cannot list panes, so closed ones are kept until the next start', {error: toErrorData(error)})
      }
    },
  }
}

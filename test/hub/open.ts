import {join} from 'node:path'
import {expect} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {type Hub, type HubOptions, type HubTrouble, openHub} from '../../src/hub/hub.ts'
import {builtFile} from '../built.ts'

/** The hub's worker thread. Nearly each test starts one or more. */
export const WORKER = await builtFile(join(import.meta.dirname, '../../src/hub/worker.ts'))

export type TestHubs = AsyncDisposable & {
  readonly file: string
  readonly folder: string
  /** What any hub opened here told of its health. */
  readonly troubles: (HubTrouble | null)[]
  open(options?: Partial<HubOptions>): Promise<Hub>
}

/** Hubs over one file in a folder of its own, all closed and removed at the end. */
export function testHubs(): TestHubs {
  const folder = temporaryFolder('clambake-hub-')
  const file = join(folder.path, 'state', 'hub.db')
  const troubles: (HubTrouble | null)[] = []
  const hubs: Hub[] = []
  return {
    file,
    folder: folder.path,
    troubles,
    async open(options = {}) {
      const hub = await openHub({
        place: {kind: 'file', file},
        repository: 'acme/widgets',
        clock: systemClock,
        log: silentLog,
        worker: WORKER,
        onTrouble: trouble => troubles.push(trouble),
        ...options,
      })
      hubs.push(hub)
      return hub
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(hubs.map(hub => hub[Symbol.asyncDispose]()))
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Writes until it works: a rebuild or a pause may lie between. */
export async function settled(hub: Hub): Promise<void> {
  await expect
    .poll(
      () =>
        hub.flush().then(
          () => true,
          () => false,
        ),
      {timeout: 20_000},
    )
    .toBe(true)
}

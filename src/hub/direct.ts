import type {Clock} from '../base/clock.ts'
import {isAlive} from './alive.ts'
import type {CallMessage, HubCall} from './calls.ts'
import {type Coordination, createCoordination} from './coordination.ts'
import type {EmbeddingPlace} from './embedding-place.ts'
import type {Engine} from './engine.ts'
import {openEngine} from './open-engine.ts'
import type {HubPlace} from './place.ts'
import {orUnavailable} from './unavailable.ts'

/**
 * How long a command waits for other writers. SQLite lets them in no order, so of many on a busy machine one may wait for
 * seconds; a command has nothing else to do.
 */
const BUSY_MS = 20_000

/**
 * Opens the hub in this thread, for a command: it may wait for the database, and lives for less time than a worker takes to
 * start. The first call opens the database.
 */
export function openDirectHub(options: {
  place: HubPlace
  clock: Clock
  /** Where texts of memory become vectors; null: they are searched by their words. */
  embeddings?: EmbeddingPlace | null
  /** Called when a corrupt database was put aside under this name, and a new one made. */
  onRebuilt?: (aside: string) => void
}): Coordination & AsyncDisposable {
  let engine: Promise<Engine> | undefined
  let calls = 0
  const call: HubCall = (name, argument) => {
    engine ??= openEngine({
      place: options.place,
      busyMs: BUSY_MS,
      notify: notice => notice.type === 'rebuilt' && options.onRebuilt?.(notice.aside),
    })
    const message = {id: ++calls, name, argument} as CallMessage
    return orUnavailable(engine.then(opened => opened.run(message))) as ReturnType<typeof call<typeof name>>
  }
  return {
    ...createCoordination({call, clock: options.clock, embeddings: options.embeddings ?? null, isAlive}),
    async [Symbol.asyncDispose]() {
      await (await engine)?.[Symbol.asyncDispose]()
    },
  }
}

import type {Notice} from './calls.ts'
import type {Engine} from './engine.ts'
import type {HubPlace} from './place.ts'

/** Opens the engine of a hub's place; what a place needs is loaded only for it. */
export async function openEngine(options: {
  place: HubPlace
  /** How long a call waits for other writers of a file. */
  busyMs?: number
  notify: (notice: Notice) => void
}): Promise<Engine> {
  const {place, busyMs, notify} = options
  if (place.kind === 'file') {
    const {SqliteEngine} = await import('./sqlite/engine.ts')
    return new SqliteEngine({file: place.file, busyMs, notify})
  }
  const {PostgresEngine} = await import('./postgres/engine.ts')
  return new PostgresEngine({url: place.url, notify})
}

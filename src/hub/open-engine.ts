import type {Notice} from './calls.ts'
import type {Engine} from './engine.ts'
import type {HubPlace} from './place.ts'

/** Opens the engine of a hub's place; what a place needs is loaded only for it. */
export async function openEngine(options: {place: HubPlace; notify: (notice: Notice) => void}): Promise<Engine> {
  const {place, notify} = options
  if (place.kind === 'file') {
    const {SqliteEngine} = await import('./sqlite/engine.ts')
    return new SqliteEngine({file: place.file, notify})
  }
  const {PostgresEngine} = await import('./postgres/engine.ts')
  return new PostgresEngine({url: place.url, notify})
}

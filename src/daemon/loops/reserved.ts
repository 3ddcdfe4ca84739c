import {pathMatches} from '../../model/hub/holds/paths.ts'
import {resourceOf} from '../../model/hub/holds/reservation.ts'
import type {ConflictSide} from '../../model/radar/conflict.ts'
import type {HubState, ReservedRow} from '../../protocol/daemon.ts'

type Changed = {side: ConflictSide; paths: readonly string[]}

/** Most sides that are named for one reservation. */
const MOST = 10

/** Adds to each reservation whose work changes something of it, by what the radar saw last. */
export function withTouched(hub: HubState, changed: () => readonly Changed[]): HubState {
  if (hub.reservations.length === 0) return hub
  const sides = changed()
  return {...hub, reservations: hub.reservations.map(row => ({...row, touched: touchedBy(row, sides)}))}
}

/** The work that changes something of a reservation; that of its owner is what it is for. */
export function touchedBy({pattern, agent}: ReservedRow, sides: readonly Changed[]): ReservedRow['touched'] {
  const resource = resourceOf(pattern)
  if (resource.kind !== 'path') return []
  const isReserved = pathMatches(resource.pattern)
  return sides
    .flatMap(({side, paths}) => {
      if (agent !== null && side.agent === agent) return []
      const path = paths.find(each => isReserved(each))
      return path === undefined ? [] : [{label: side.label, agent: side.agent, path}]
    })
    .slice(0, MOST)
}

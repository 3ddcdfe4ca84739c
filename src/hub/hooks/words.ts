import {coarseWords} from '../../model/hub/holds/coarse.ts'
import {resourceOf} from '../../model/hub/holds/reservation.ts'
import {ANY} from './guard.ts'

/** The words of a guard for what is held: a call that holds none of them touches none of these. */
export function guardWords(resources: readonly string[]): string[] {
  return resources.flatMap(resource => coarseWords(resourceOf(resource)) ?? [ANY])
}

import type {State} from '../core/state.ts'
import type {Issue} from '../data/issue.ts'
import type {Terrain} from '../data/main-files.ts'
import {routingOrder} from './order.ts'

/** Puts issues in order; open pull requests are taken from the state. */
export function withIssues(state: State, issues: readonly Issue[]): State {
  return {...state, issues, queue: orderOf(state, issues, state.queue)}
}

/** Puts the known issues in order by what main is found to hold. */
export function withTerrain(state: State, terrain: Terrain): State {
  return {...state, terrain, queue: orderOf({...state, terrain}, state.issues, [])}
}

function orderOf({config, pulls, terrain}: State, issues: readonly Issue[], before: State['queue']) {
  return routingOrder(issues, config, {pulls: pulls.map(({number}) => number), terrain, before})
}

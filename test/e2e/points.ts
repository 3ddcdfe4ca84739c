import type {EffectName} from '../../src/model/data/effects.ts'

/**
 * Where a daemon is killed before and after each effect. A new effect does not compile before it has a place here, and
 * one of `memory` not before test/daemon/crash-points.test.ts has a way that comes by it.
 */
export const KILLED = {
  // In the order in which a ticket comes by; the one that is shown comes by first, at any change of labels.
  claimTicket: 'pass',
  showTicket: 'pass',
  prepareWorktree: 'pass',
  setUpWorktree: 'pass',
  startAgent: 'pass',
  promptAgent: 'pass',
  inspectWork: 'pass',
  verifyWork: 'pass',
  bottleTicket: 'pass',
  stopAgent: 'pass',
  openPull: 'pass',
  watchPull: 'pass',
  sendBack: 'pass',
  mergePull: 'pass',
  updateBranch: 'memory',
  boardBundle: 'memory',
  buildBundle: 'memory',
  watchBundle: 'memory',
  landBundle: 'memory',
  dropBundle: 'memory',
  finishTicket: 'pass',
  blockTicket: 'blocked pass',
  adoptClaim: 'memory',
  clearLabels: 'memory',
  deliverMessages: 'memory',
  expireMessages: 'memory',
  keepSession: 'memory',
  keepTerms: 'memory',
  openDraft: 'memory',
  setAutoMerge: 'memory',
  lookAtTickets: 'memory',
  notify: 'memory',
  record: 'memory',
  haltLanding: 'memory',
  releaseTicket: 'memory',
  saveWork: 'memory',
  // Carries nothing out: it has no crash point.
  timer: 'nowhere',
} as const satisfies Record<EffectName, 'pass' | 'blocked pass' | 'memory' | 'nowhere'>

type Place = (typeof KILLED)[EffectName]

/** The effects that have this place. */
export type KilledIn<P extends Place> = {[N in EffectName]: (typeof KILLED)[N] extends P ? N : never}[EffectName]

export function killedIn<P extends Place>(place: P): KilledIn<P>[] {
  return Object.entries(KILLED).flatMap(([name, where]) => (where === place ? [name as KilledIn<P>] : []))
}

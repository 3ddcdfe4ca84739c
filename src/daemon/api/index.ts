import {cleanupApi} from '../recovery/cleanup.ts'
import {diagnosisApi} from '../recovery/diagnosis.ts'
import {recoveryApi} from '../recovery/orphans.ts'
import {undoApi} from '../recovery/undo.ts'
import {agentApi} from './agents.ts'
import {conflictsApi} from './conflicts.ts'
import {landingApi} from './landing.ts'
import type {ApiParts, Handlers} from './parts.ts'
import {queueHandlers} from './queue.ts'
import {readHandlers} from './read.ts'
import {reviewsApi} from './reviews.ts'
import {syncApi} from './sync.ts'

/** The daemon's API. A refusal is a ClambakeError that says what to do next. */
export function apiHandlers(parts: ApiParts): Handlers {
  return {
    ...queueHandlers(parts),
    ...landingApi(parts),
    ...conflictsApi(parts),
    ...agentApi(parts),
    ...readHandlers(parts),
    ...reviewsApi(parts),
    ...recoveryApi(parts),
    ...cleanupApi(parts),
    ...undoApi(parts),
    ...syncApi(parts),
    ...diagnosisApi(parts),
    state: async () => parts.state(),
    async refresh() {
      await parts.reconciler.look()
      return null
    },
    pass: parts.pass,
    async shutdown() {
      // The answer is sent before the shutdown.
      setImmediate(parts.shutdown)
      return null
    },
  }
}

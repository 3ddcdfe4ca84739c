import {diagnosisApi} from '../recovery/diagnosis.ts'
import {recoveryApi} from '../recovery/orphans.ts'
import {agentApi} from './agents.ts'
import {landingApi} from './landing.ts'
import type {ApiParts, Handlers} from './parts.ts'
import {queueHandlers} from './queue.ts'
import {readHandlers} from './read.ts'
import {syncApi} from './sync.ts'

/** What people ask of the daemon. Refusals are ClambakeErrors that say what to do. */
export function apiHandlers(parts: ApiParts): Handlers {
  return {
    ...queueHandlers(parts),
    ...landingApi(parts),
    ...agentApi(parts),
    ...readHandlers(parts),
    ...recoveryApi(parts),
    ...syncApi(parts),
    ...diagnosisApi(parts),
    state: async () => parts.state(),
    async refresh() {
      await parts.reconciler.look()
      return null
    },
    pass: parts.pass,
    async shutdown() {
      // The answer goes out first.
      setImmediate(parts.shutdown)
      return null
    },
  }
}

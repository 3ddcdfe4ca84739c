import type {DaemonApi} from '../../protocol/daemon.ts'
import {cleanupApi} from '../recovery/cleanup.ts'
import {diagnosisApi} from '../recovery/diagnosis.ts'
import {recoveryApi} from '../recovery/orphans.ts'
import {undoApi} from '../recovery/undo.ts'
import {agentApi} from './agents.ts'
import {conflictsApi} from './conflicts.ts'
import {hubApi} from './hub.ts'
import {landingApi} from './landing.ts'
import type {ApiParts, Handlers} from './parts.ts'
import {queueHandlers} from './queue.ts'
import {readHandlers} from './read.ts'
import {reviewsApi} from './reviews.ts'
import {syncApi} from './sync.ts'

/** Requests at which a test build can be killed, before and after them, as at effects. */
export const KILLED_REQUESTS = ['recover', 'restore', 'cleanUp', 'undo', 'reset'] as const

/** The daemon's API. A refusal is a ClambakeError that says what to do next. */
export function apiHandlers(parts: ApiParts): Handlers {
  const handlers = allHandlers(parts)
  const killable = <M extends (typeof KILLED_REQUESTS)[number]>(name: M): Pick<Handlers, M> => {
    const handler: Handlers[M] = handlers[name]
    const crashing = async (params: DaemonApi[M]['params']): Promise<DaemonApi[M]['result']> => {
      parts.crash(name, 'before')
      const result = await handler(params)
      parts.crash(name, 'after')
      return result
    }
    return {[name]: crashing} as Pick<Handlers, M>
  }
  return Object.assign(handlers, ...KILLED_REQUESTS.map(killable))
}

function allHandlers(parts: ApiParts): Handlers {
  return {
    ...queueHandlers(parts),
    ...landingApi(parts),
    ...conflictsApi(parts),
    ...agentApi(parts),
    ...hubApi(parts),
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

import {join} from 'node:path'
import {systemClock} from '../../src/base/clock.ts'
import type {Coordination} from '../../src/hub/coordination.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import type {McpSession, OpenSession} from '../../src/mcp/session.ts'

/** A session as the registry has it. */
export function peer(id: string, project = 'acme/shop') {
  return {
    id,
    project,
    directory: '/work',
    task: `the work of ${id}`,
    model: 'claude',
    status: 'busy',
    host: 'elsewhere',
    process: null,
    session: null,
  } as const
}

/** A hub in a file of a folder. */
export function openHubIn(folder: string): Coordination & AsyncDisposable {
  return openDirectHub({place: {kind: 'file', file: join(folder, 'hub.db')}, clock: systemClock})
}

/** Opens, for each call, the session `own` of the hub in a folder. */
export function sessionIn(folder: string, own = peer('own-1'), more: Partial<McpSession> = {}): OpenSession {
  return async () => {
    const hub = openHubIn(folder)
    return {
      hub,
      clock: systemClock,
      async self() {
        await hub.join(own)
        return {...own, heartbeatAt: systemClock.now(), registeredAt: systemClock.now()}
      },
      author: async () => ({by: own.id, instance: own.id, session: null, ticket: null, commit: null}),
      ticket: async () => null,
      sendToAgent: async ({to}) => `${to} reads it.`,
      ...more,
      [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
    }
  }
}

import {join} from 'node:path'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {createListeners} from '../../src/daemon/listeners.ts'
import type {Coordination} from '../../src/hub/coordination.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import type {Draft} from '../../src/model/hub/draft.ts'
import {type MemoryWorld, memoryWorld} from './memory.ts'

/** Agent001 as the hub knows it, and a session of another project. */
export const AGENT = 'agent001@/repo'
export const PEER = {name: 'shop-1', instance: 'shop-1', project: 'acme/shop'}

export type HubWorld = AsyncDisposable & {
  world: MemoryWorld
  hub: Coordination
  /** Tells the daemon that the hub changed. */
  changed(): void
  /** The other session sends a message, and the daemon is told. */
  send(change: Partial<Draft>): ReturnType<Coordination['send']>
}

/** A world with an issue, whose hub is a real SQLite file on the world's clock. Agents do nothing by themselves. */
export async function hubWorld(config: Record<string, unknown> = {}): Promise<HubWorld> {
  const folder = temporaryFolder('clambake-hub-world-')
  const world = memoryWorld(config, () => {})
  world.github.openIssue(1)
  const hub = openDirectHub({place: {kind: 'file', file: join(folder.path, 'hub.db')}, clock: world.clock})
  for (const [id, project] of [
    ['shop-1', 'acme/shop'],
    [AGENT, 'acme/widgets'],
  ] as const) {
    const more = {
      directory: '/',
      task: '',
      model: '',
      status: 'active',
      host: null,
      process: null,
      session: null,
    } as const
    await hub.join({id, project, ...more})
  }
  world.hub.register = ({pid: _, ...own}) =>
    hub.join({...own, project: 'acme/widgets', host: null, process: null, session: null})
  const changes = createListeners<[]>()
  world.sessions = {...hub, watch: async () => {}, onChange: changes.add, named: id => id}
  return {
    world,
    hub,
    changed: changes.call,
    async send(change) {
      const draft = {to: AGENT, kind: 'info', text: 'x', resource: null, lifeMs: null, answers: null} as const
      const mail = await hub.send(PEER, {...draft, ...change})
      changes.call()
      await world.clock.advance(1000)
      return mail
    },
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

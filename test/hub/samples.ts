import {hostname} from 'node:os'
import type {Draft, Sender} from '../../src/model/hub/draft.ts'
import type {Peer} from '../../src/model/hub/instance.ts'

export const session = (id: string, project = 'acme/widgets'): Omit<Peer, 'heartbeatAt' | 'registeredAt'> => ({
  id,
  project,
  directory: `/work/${id}`,
  task: '',
  model: 'claude',
  status: 'active',
  host: hostname(),
  process: null,
  session: null,
})

export const draft = (to: string, more: Partial<Draft> = {}): Draft => ({
  to,
  kind: 'info',
  text: `for ${to}`,
  resource: null,
  lifeMs: null,
  answers: null,
  ...more,
})

export const sender = (id: string, project = 'acme/widgets'): Sender => ({name: id, instance: id, project})

import {expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {silentLog} from '../../src/base/log.ts'
import {openJournal} from '../../src/daemon/journal.ts'
import {memoryHub} from './memory-host.ts'

it('begins without events when the hub cannot be read, and keeps what happens from then on', async () => {
  const clock = createFakeClock()
  const hub = memoryHub(clock)
  const away = async () => {
    throw new ClambakeError({code: 'hub-unavailable', message: 'the hub cannot be used: connect ECONNREFUSED'})
  }
  const parts = {repository: 'acme/shop', clock, log: silentLog, traceOf: () => null}
  const journal = await openJournal({...parts, hub: {...hub, recent: away}})
  expect(journal.events()).toEqual([])
  journal.append({type: 'status_update', message: 'a message'})
  expect(journal.events()).toMatchObject([{message: 'a message'}])
  expect(hub.events).toMatchObject([{message: 'a message'}])
})

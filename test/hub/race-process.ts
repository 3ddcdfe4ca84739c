import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {openHub} from '../../src/hub/hub.ts'

/** One of several processes that append to one hub at once: so many events, some of them at a time. */

const [file, worker, agent, events] = process.argv.slice(2)
await using hub = await openHub({
  place: {kind: 'file', file: file!},
  repository: 'acme/widgets',
  clock: systemClock,
  log: silentLog,
  worker: worker!,
})
for (let ticket = 1; ticket <= Number(events); ticket++) {
  hub.append({type: 'status_update', message: 'at work', agent: agent!, ticket})
  if (ticket % 10 === 0) await hub.flush()
}
await hub.flush()

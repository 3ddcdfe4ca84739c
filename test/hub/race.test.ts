import {expect, it} from 'vitest'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {run} from '../../src/base/run.ts'
import {testHubs, WORKER} from './open.ts'

const PROCESSES = 4
const EVENTS = 300

const script = `
  const [hub, clock, log] = await Promise.all([
    import(${JSON.stringify(new URL('../../src/hub/hub.ts', import.meta.url).href)}),
    import(${JSON.stringify(new URL('../../src/base/clock.ts', import.meta.url).href)}),
    import(${JSON.stringify(new URL('../../src/base/log.ts', import.meta.url).href)}),
  ])
  const [file, agent] = process.argv.slice(1)
  await using mine = await hub.openHub({
    place: {kind: 'file', file},
    repository: 'acme/widgets',
    clock: clock.systemClock,
    log: log.silentLog,
    worker: new URL(${JSON.stringify(WORKER.href)}),
  })
  for (let ticket = 1; ticket <= ${EVENTS}; ticket++) {
    mine.append({type: 'status_update', message: 'at work', agent, ticket})
    if (ticket % 10 === 0) await mine.flush()
  }
  await mine.flush()`

it('gives every event of processes that append at once a number of its own, from a file that none of them had made', async () => {
  await using hubs = testHubs()
  const agents = Array.from({length: PROCESSES}, (_, index) => `agent00${index + 1}`)
  await Promise.all(
    agents.map(agent =>
      run(process.execPath, {
        args: ['--input-type=module', '--eval', script, hubs.file, agent],
        env: sealedEnv(hubs.folder),
        timeoutMs: 60_000,
      }),
    ),
  )
  const hub = await hubs.open()
  const events = await hub.recent(PROCESSES * EVENTS + 1)
  expect(events.map(event => event.seq)).toEqual(Array.from({length: PROCESSES * EVENTS}, (_, index) => index + 1))
  for (const agent of agents) {
    const tickets = events.filter(event => event.agent === agent).map(event => event.ticket)
    expect(tickets).toEqual(Array.from({length: EVENTS}, (_, index) => index + 1))
  }
}, 90_000)

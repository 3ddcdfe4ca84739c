import {join} from 'node:path'
import {expect, it} from 'vitest'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {run} from '../../src/base/run.ts'
import {builtFile} from '../built.ts'
import {testHubs, WORKER} from './open.ts'

const PROCESSES = 4
const EVENTS = 300

it('gives every event of processes that append at once a number of its own, from a file that none of them had made', async () => {
  await using hubs = testHubs()
  const program = await builtFile(join(import.meta.dirname, 'race-process.ts'))
  const agents = Array.from({length: PROCESSES}, (_, index) => `agent00${index + 1}`)
  await Promise.all(
    agents.map(agent =>
      run(process.execPath, {
        args: [program, hubs.file, WORKER, agent, String(EVENTS)],
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

import {join} from 'node:path'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {systemClock} from '../../src/base/clock.ts'
import {run} from '../../src/base/run.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import type {HubPlace} from '../../src/hub/place.ts'
import {builtFile} from '../built.ts'

type Report = {sent: number[]; got: number[]; errors: string[]; slowestMs: number; operations: number}

export type Stress = {
  sent: number
  /** Messages that their recipient was never given, or was given twice. */
  lost: number
  twice: number
  /** Entries of the log that are missing. */
  unlogged: number
  errors: string[]
  operations: number
  slowestMs: number
}

/** Lets many processes write to and read from one hub for a while, then counts what is there. */
export async function stress(options: {
  place: HubPlace
  processes: number
  /** How often each writes and reads, and for how long at most. */
  rounds: number
  ms: number
  home: string
}): Promise<Stress> {
  const {place, processes, rounds, ms, home} = options
  const names = Array.from({length: processes}, (_, n) => `s-${n}`)
  await using hub = openDirectHub({place, clock: systemClock})
  for (const id of names) {
    await hub.join({
      ...{id, project: 'stress', directory: '/', task: '', model: 'none', status: 'busy'},
      ...{host: null, process: null, session: null},
    })
  }
  const program = await builtFile(join(import.meta.dirname, 'stress-process.ts'))
  const reports = await Promise.all(
    names.map(async (_, index) => {
      const {stdout} = await run(process.execPath, {
        args: [program, JSON.stringify(place), String(index), String(processes), String(rounds), String(ms)],
        env: sealedEnv(home),
        timeoutMs: ms + 120_000,
      })
      return JSON.parse(stdout) as Report
    }),
  )
  // What was sent after its recipient's last look.
  for (const [index, id] of names.entries()) {
    for (let more = true; more; ) {
      const {given} = await hub.handOver({id, project: 'stress'})
      const ids = given.map(one => one.id)
      await hub.begun(id, ids)
      reports[index]!.got.push(...ids)
      more = ids.length > 0
    }
  }
  const sent = reports.flatMap(report => report.sent)
  const got = reports.flatMap(report => report.got)
  const logged = (await hub.logged({project: 'stress', limit: sent.length + 1})).length
  return {
    sent: sent.length,
    lost: sent.filter(id => !got.includes(id)).length,
    twice: got.length - new Set(got).size,
    unlogged: sent.length - logged,
    errors: reports.flatMap(report => report.errors),
    operations: reports.reduce((sum, report) => sum + report.operations, 0),
    slowestMs: Math.max(...reports.map(report => report.slowestMs)),
  }
}

import {systemClock} from '../../src/base/clock.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import type {HubPlace} from '../../src/hub/place.ts'

/**
 * One of many processes that work on a hub at once, for some rounds or some time, whichever ends first: it writes to the next, reads what it is sent, and says what it saw.
 */

const [place, index, count, rounds, ms] = process.argv.slice(2)
const name = (n: number) => `s-${n % Number(count)}`
const self = {id: name(Number(index)), project: 'stress'}
await using hub = openDirectHub({place: JSON.parse(place!) as HubPlace, clock: systemClock})
const sent: number[] = []
const got: number[] = []
const errors: string[] = []
let slowestMs = 0
let operations = 0

async function timed<T>(work: Promise<T>): Promise<T> {
  const at = performance.now()
  const result = await work
  slowestMs = Math.max(slowestMs, performance.now() - at)
  operations++
  return result
}

async function take(): Promise<number> {
  const {given} = await timed(hub.handOver(self))
  const ids = given.map(({id}) => id)
  await timed(hub.begun(self.id, ids))
  got.push(...ids)
  return ids.length
}

const until = performance.now() + Number(ms)
for (let round = 0; round < Number(rounds) && performance.now() < until; round++) {
  try {
    const mail = await timed(
      hub.send(
        {name: self.id, instance: self.id, project: self.project},
        {
          to: name(Number(index) + 1),
          kind: 'info',
          text: `${self.id} ${round}`,
          resource: null,
          lifeMs: null,
          answers: null,
        },
      ),
    )
    sent.push(mail.id)
    await timed(hub.beat(self.id, {task: `round ${round}`}))
    await timed(hub.log({instance: self.id, project: self.project, action: 'task_completed', detail: `${round}`}))
    await take()
  } catch (error) {
    errors.push(String(error))
  }
}
process.stdout.write(JSON.stringify({sent, got, errors, slowestMs, operations}))

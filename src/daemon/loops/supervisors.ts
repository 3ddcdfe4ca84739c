import type {Clock} from '../../base/clock.ts'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {processOf, type RunningProcess} from '../../base/processes/process-id.ts'
import {repeat} from '../../base/repeat.ts'
import type {Claim} from '../../model/data/claim.ts'
import {
  observeSupervisor,
  type Silence,
  SUPERVISOR_BEAT_MS,
  type SupervisorSight,
  silenceOf,
  silenceText,
  supervisorId,
} from '../../model/hub/supervisor.ts'
import type {Sessions} from '../world.ts'

const LONGEST_GAP_MS = 3 * SUPERVISOR_BEAT_MS

export type Supervisors = Disposable & {
  /** How long the hub has had no word of another daemon; null: it has, or knows nothing of it. */
  silence(owner: string): Silence | null
  /** A line for each machine whose daemon is silent and holds claims. */
  texts(foreign: readonly Claim[]): string[]
}

/** Shows this daemon in the hub, and looks there for the others. It changes nothing of their claims. */
export function watchSupervisors(options: {
  /** null: nothing is shown and nothing seen. */
  sessions: Pick<Sessions, 'join' | 'supervisors'> | null
  owner: string
  hostName: string
  repository: string
  root: string
  clock: Clock
  log: Log
}): Supervisors {
  const {sessions, owner, hostName, repository, root, clock, log} = options
  let sights = new Map<string, SupervisorSight>()

  let own: RunningProcess | null = null
  let lookedAt = Number.NEGATIVE_INFINITY

  async function look(hub: NonNullable<typeof sessions>): Promise<void> {
    own ??= await processOf(process.pid)
    await hub.join({
      ...{id: supervisorId(owner), project: repository, directory: root, task: '', model: '', status: 'active'},
      ...{host: hostName, process: own && {pid: own.pid, start: own.start}, session: null},
    })
    const at = clock.monotonic()
    const seen = await hub.supervisors()
    // What kept this daemon from looking, such as a closed lid, may have kept the others from writing.
    if (at - lookedAt > LONGEST_GAP_MS) sights = new Map()
    lookedAt = at
    sights = new Map(seen.map(one => [one.owner, observeSupervisor(sights.get(one.owner), one, at)]))
  }

  let fails = false
  const beats =
    sessions &&
    repeat(clock, 0, async () => {
      try {
        await look(sessions)
        fails = false
      } catch (error) {
        // Of what the hub does not show nothing is said: the silence may be its own.
        sights = new Map()
        if (!fails) log.warn('cannot look for other daemons in the hub', {error: toErrorData(error)})
        fails = true
      }
      return SUPERVISOR_BEAT_MS
    })

  const silence = (of: string) => (of === owner ? null : silenceOf(sights.get(of), clock.monotonic()))
  return {
    silence,
    texts(foreign) {
      const owners = [...new Set(foreign.map(({record}) => record.owner))]
      return owners.flatMap(of => {
        const found = silence(of)
        if (found === null) return []
        const held = foreign.filter(({record}) => record.owner === of)
        const issues = held.map(({record}) => `#${record.issue}`).join(' ')
        return [`${issues}: the supervisor on ${held[0]!.record.host} ${silenceText(found)}`]
      })
    },
    [Symbol.dispose]: () => beats?.[Symbol.dispose](),
  }
}

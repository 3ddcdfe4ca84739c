import type {Mode} from '../../src/model/core/facts.ts'
import type {Pull} from '../../src/model/data/pull.ts'
import {type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'

export const CALLED: Mode = {routing: 'auto', landing: 'by hand'}
export const MINUTE = 60_000

/** Eight agents have bottled these issues, and none has left for main. */
export async function bottled(issues: readonly number[], change: Record<string, unknown> = {}) {
  const world = memoryWorld({routing: {max_agents: 8}, ...change})
  for (const number of issues) world.github.openIssue(number)
  const daemon = await world.start({mode: CALLED})
  daemon.reconciler.start()
  const waiting = () => Object.values(daemon.engine.state().tickets).filter(({value}) => value === 'bottled').length
  await world.until(() => waiting() === issues.length, 'all is bottled')
  return {world, daemon, land: () => daemon.engine.dispatch({type: 'landAsked', tickets: null})}
}

/** The bundle of these issues waits for its checks, which never end; `green` lets all that run from now on pass. */
export async function underTest(issues: readonly number[], change: Record<string, unknown> = {}) {
  const all = await bottled(issues, change)
  const {world, daemon, land} = all
  world.github.judge = () => 'pending'
  land()
  await world.until(() => daemon.engine.state().train.now.value === 'testing', 'it is tested')
  return {
    ...all,
    green() {
      world.github.judge = () => undefined
    },
  }
}

export const ticketOf = (daemon: RunningDaemon, issue: number) => daemon.engine.state().tickets[issue]!
export const headOf = (daemon: RunningDaemon, issue: number) => ticketOf(daemon, issue).context.head!
export const isClosed = ({github}: MemoryWorld, issue: number) => github.issues.get(issue)!.state === 'closed'
export const pullsOf = ({github}: MemoryWorld) =>
  [...github.pulls.values()].map(({head, state}) => `${head.branch.replace(/^bundle\/[\d-]+/, 'bundle')} ${state}`)
/** The branch of a bundle on the remote; none: an empty one. */
export const bundleOf = ({git}: MemoryWorld) =>
  [...git.remote.branches.keys()].find(name => name.startsWith('bundle/')) ?? ''

/** A person changes the pull request of the first bundle. */
export function changePull({github: {pulls}}: MemoryWorld, to: Partial<Pull>): void {
  pulls.set(101, {...pulls.get(101)!, ...to})
}

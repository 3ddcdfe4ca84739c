import {beforeEach, expect, it} from 'vitest'
import {performanceLines, traceLines} from '../../src/cli/output/land.ts'
import {type MemoryWorld, memoryWorld, type RunningDaemon} from '../daemon/memory.ts'
import {runLine} from './command-line.ts'

// What a person reads of the train on the command line.

let world: MemoryWorld
let daemon: RunningDaemon

beforeEach(async () => {
  world = memoryWorld({routing: {max_agents: 3}})
  for (const number of [1, 2, 3]) world.github.openIssue(number)
  const issue = world.github.issues.get(3)!
  world.github.issues.set(3, {...issue, labels: [...issue.labels, 'land:alone']})
  daemon = await world.start({mode: {routing: 'auto', landing: 'by hand'}})
  daemon.reconciler.start()
  await world.until(() => daemon.state().header.aboard === 3, 'all is bottled')
  return () => daemon.kill()
})

/** Runs a command against the daemon; gives what it prints. */
async function printed(...line: string[]): Promise<string> {
  const call = async (method: 'landPlan' | 'land' | 'state', params: Record<string, never>) =>
    daemon.api[method](params)
  const {out, failure} = await runLine(line, {daemon: {call}, yes: true})
  if (failure) throw failure
  return out
}

it('bundle --diagnose says who boards, who lands alone and why, and bundle sends the train', async () => {
  expect((await printed('bundle', '--diagnose')).split('\n')).toEqual([
    '2 tickets would board:',
    '#1  Issue 1  boards',
    '#2  Issue 2  boards',
    '#3  Issue 3  alone: it is labelled land:alone',
  ])
  expect(await printed('bundle')).toBe('#1 and #2 board: clambake status shows the train')
  expect(daemon.state().header.train).toMatchObject({stage: 'boarding', aboard: [1, 2]})
  expect(daemon.engine.state().tickets[3]?.value).toBe('bottled')
})

it('land --pause halts landing, and says who paused it and why; land --resume lifts it', async () => {
  const paused = await printed('land', '--pause', 'release day')
  expect(paused).toContain(
    'nothing lands, by any daemon of this repository: paused by ada@here: release day\nclambake land --',
  )
  expect(daemon.state().header.halted).toContain('release day')
  await expect(daemon.api.land({})).rejects.toMatchObject({code: 'landing-halted'})
  expect(await printed('land', '--resume')).toMatch(/^The halt is lifted/)
  expect(await printed('land', '--resume')).toMatch(/^Nothing halts landing/)
  expect(daemon.state().header.halted).toBeNull()
  expect(daemon.engine.state().tickets[1]?.value).toBe('bottled')
  // The next pause is another one, though the words are the same.
  await printed('land', '--pause', 'release day')
  expect(daemon.state().header.halted).toContain('release day')
})

it('land --agent lands only what one agent bottled', async () => {
  await printed('land', '--agent', 'a2', '--no-wait')
  await world.until(() => world.github.issues.get(2)!.state === 'closed', 'it lands')
  expect([1, 3].map(issue => world.github.issues.get(issue)!.state)).toEqual(['open', 'open'])
})

it('a paused train is not sent, unless it is forced', async () => {
  world.github.judge = () => 'stopped'
  await printed('bundle')
  await world.until(() => daemon.state().header.train.paused !== null, 'it is paused')
  await expect(printed('bundle')).rejects.toMatchObject({code: 'train-paused'})
  world.github.judge = () => undefined
  await printed('bundle', '--force')
  await world.until(() => [1, 2].every(issue => world.github.issues.get(issue)!.state === 'closed'), 'both land')
})

it('land --dry-run --predict-conflicts prints the radar’s forecast of what would leave, and nothing else', async () => {
  const line = ['land', '--dry-run', '--predict-conflicts']
  expect(await printed(...line)).toBe('The radar expects no conflict of what would leave now.')
  const side = (ticket: number) => ({key: `#${ticket}`, label: `#${ticket}`, ticket, agent: null, branch: null})
  const files = [{path: 'a.ts', kind: 'contents'}]
  daemon.engine.dispatch({
    type: 'conflictsSeen',
    sides: [1, 2, 3, 9].map(side),
    conflicts: [
      {one: side(1), other: side(9), files, committed: false},
      {one: side(9), other: null, files, committed: true},
    ],
  })
  expect(await printed(...line)).toBe('conflict: #1 and #9 in a.ts (with what is not committed)')
})

it('land prints the steps and the stages of what has landed', async () => {
  await daemon.api.land({})
  const isClosed = (issue: number) => world.github.issues.get(issue)!.state === 'closed'
  await world.until(() => [1, 2, 3].every(isClosed), 'all land')
  const reports = await daemon.api.landingReport({tickets: [1, 3, 99]})
  expect(reports.map(({ticket, bundle, traceId}) => [ticket, bundle !== null, traceId])).toEqual([
    [1, true, null],
    [3, false, null],
  ])
  const [bundled, alone] = reports
  for (const {stages} of reports) {
    const times = Object.values(stages)
    expect(times).toEqual(times.toSorted((a, b) => a! - b!))
    expect(times).not.toContain(null)
  }
  expect(bundled!.steps.map(({name}) => name)).toEqual(
    expect.arrayContaining(['buildBundle', 'landBundle', 'finishTicket']),
  )
  expect(alone!.steps.map(({name}) => name)).toEqual(expect.arrayContaining(['openPull', 'mergePull', 'finishTicket']))
  expect(bundled!.ciRuns).toBeGreaterThan(0)
  expect(bundled!.apiCalls).toBeGreaterThan(0)
  expect(traceLines([bundled!])[0]).toMatch(/^#1 through bundle\/.*, #\d+: no trace$/)
  expect(traceLines([{...bundled!, traceId: 'abc'}])[0]).toContain('trace abc')
  expect(performanceLines([bundled!])).toEqual([
    expect.stringMatching(
      /^#1 {2}bottled → boarded [\d.]+ s, boarded → tested [\d.]+ s, tested → merged [\d.]+ s; \d+ requests to GitHub meanwhile, \d+ checks?$/,
    ),
  ])
  expect(performanceLines([{...bundled!, stages: {...bundled!.stages, bottled: null}}])[0]).toContain(
    'boarded not seen',
  )
})

it('land takes what is asked of one landing with it', async () => {
  const dry = await printed('land', '--dry-run', '--require-review')
  expect(dry).toContain('each needs 1 approval of people with write access')
  const asked = [
    '--require-ci',
    '--require-reviews',
    '2',
    '--strategy',
    'merge',
    '--cleanup-branches',
    '--notify-agents',
  ]
  await printed('land', '--no-wait', '--now', ...asked)
  expect(daemon.engine.state().tickets[1]?.context.terms).toEqual({
    ...{requireCi: true, requireReviews: 2, strategy: 'merge', deleteBranch: true},
    ...{autoMerge: false, notifyAgents: true},
  })
})

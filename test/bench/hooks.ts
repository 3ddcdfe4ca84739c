import type {StepInput} from '../../fixtures/agent/script.ts'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import {sleep} from '../../src/base/clock.ts'
import type {AgentId} from '../../src/model/data/ids.ts'
import {openPlay, PROGRAM} from '../e2e/stage.ts'
import {stateWhen} from '../e2e/steps.ts'
import {OuterTerminal} from './outer.ts'
import {type BenchResult, judge, quantile, valueAtMost} from './result.ts'
import type {Say} from './say.ts'

const AGENTS = 12
const QUESTIONS = 21
const SIZE = {cols: 200, rows: 60}
/** What a person takes for at once. */
const AT_ONCE_MS = 50
/** Milliseconds for a step of an agent; most steps have signals before and after them. */
const PACE_MS = 250
/** The product's own; the demo looks at GitHub far more often. */
const LOOK_SECONDS = 30
/** Between the first answers: twelve of them are about as long as an agent's round. */
const APART_MS = 100
/** A person who looks first; long enough for the mark to be drawn. */
const ANSWER_MS = 150

/**
 * From the moment at which the host has an agent's question to the mark in the list of issues, while every agent works,
 * draws, sends its signals and asks in turn.
 */
export async function benchHooks(say: Say): Promise<BenchResult[]> {
  say(`hooks: ${AGENTS} agents, ${QUESTIONS - 1} questions of each`)
  const issues = Array.from({length: AGENTS}, (_, index) => busyIssue(index + 1))
  await using play = await openPlay({
    issues,
    agents: AGENTS,
    pace: PACE_MS,
    lookSeconds: LOOK_SECONDS,
    // No train is full before all are done: landing is measured elsewhere.
    bundling: {max_bundle_size: AGENTS + 1},
  })
  await play.command(['daemon', 'start'])
  await stateWhen(play, ({tickets}) => tickets.length === AGENTS)
  await using daemon = await play.daemon()
  await using terminal = new OuterTerminal({
    command: [process.execPath, PROGRAM],
    cwd: play.checkout,
    env: play.env,
    ...SIZE,
  })
  await terminal.until(lines => lines.some(line => line.includes(`Busy ${AGENTS} `)), 'the last issue')

  /** When each issue was asked about, as the host has it, and when its mark came up on the screen. */
  const asked = new Map<number, number[]>()
  const marked = new Map<number, number[]>()
  let marks: readonly number[] = []
  using _marks = terminal.onParsed(() => {
    const now = Date.now()
    const seen = markedIn(terminal.lines())
    for (const ticket of seen) if (!marks.includes(ticket)) push(marked, ticket, now)
    marks = seen
  })
  const heard = new Set<number>()
  /** All have asked so often. */
  const gates = new Map([1, QUESTIONS].map(round => [round, Promise.withResolvers<void>()]))
  using _asks = daemon.on('state', ({agents = []}) => {
    for (const {agent, ticket, asks} of agents) {
      if (ticket === null || asks === null || heard.has(asks.id)) continue
      heard.add(asks.id)
      push(asked, ticket, asks.since)
      void answerLater(agent, ticket, asks.id)
    }
  })

  async function answerLater(agent: AgentId, ticket: number, id: number): Promise<void> {
    const round = asked.get(ticket)!.length
    const gate = gates.get(round)
    // Claims, worktrees and starts take a machine whole, and so do pushes: none ends its first question before the
    // former are over, nor its last before all work of all is.
    if ([...asked.values()].filter(times => times.length >= round).length === AGENTS) gate?.resolve()
    await gate?.promise
    // They would otherwise march in step, and all ask in one moment.
    if (round === 1) await sleep((ticket - 1) * APART_MS)
    await sleep(ANSWER_MS)
    await daemon.call('answerAgent', {agent, id, answer: {kind: 'allow'}})
  }

  for (let ticket = 1; ticket <= AGENTS; ticket++) await daemon.call('pop', {issue: ticket})
  await stateWhen(play, state => state.tickets.every(({detail}) => detail === 'bottled'))
  const latencies = [...asked].flatMap(([ticket, times]) => {
    const seen = marked.get(ticket) ?? []
    // One that came and went between two pictures makes the pairs of this issue worthless.
    return seen.length === times.length ? times.map((at, index) => seen[index]! - at).slice(1) : []
  })
  say(`hooks: median ${quantile(latencies, 0.5)} ms`)
  return [
    judge(
      {
        name: 'hooks: question to its mark on the screen, p99',
        value: quantile(latencies, 0.99),
        unit: 'ms',
        reference: quantile(latencies, 0.5),
      },
      valueAtMost(AT_ONCE_MS),
    ),
    judge(
      {
        name: 'hooks: questions without a mark',
        value: AGENTS * (QUESTIONS - 1) - latencies.length,
        unit: 'questions',
        reference: null,
      },
      valueAtMost(0),
    ),
  ]
}

function push(lists: Map<number, number[]>, key: number, value: number): void {
  lists.set(key, [...(lists.get(key) ?? []), value])
}

/** Works and asks over and over, each time for something else. */
function busyIssue(number: number): DemoIssue {
  const file = `docs/busy-${number}.md`
  const turn = Array.from({length: QUESTIONS}, (_, index): StepInput[] => [
    {do: 'edit', file, content: `# Busy ${number}\n\n${index}\n`},
    {do: 'flood', lines: 40},
    {do: 'say', text: `Shelf ${index} of ${number} is counted.`},
    {do: 'ask', command: `count --shelf ${index}`},
  ])
  return {
    title: `Busy ${number} all day`,
    body: 'Count them.',
    labels: ['route:ready'],
    turns: [[...turn.flat(), {do: 'commit', message: `Count shelf ${number}`}]],
  }
}

/** Issues that the list marks as waiting for a person. */
function markedIn(lines: readonly string[]): number[] {
  return lines.flatMap(line => {
    const number = /◆ +#(\d+) Busy/.exec(line.slice(0, SIZE.cols / 3))?.[1]
    return number === undefined ? [] : [Number(number)]
  })
}

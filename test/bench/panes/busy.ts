import {sleep} from '../../../src/base/clock.ts'
import type {OuterTerminal} from '../outer.ts'
import {cpuPercent} from '../processes.ts'
import {type BenchResult, judge, quantile, ratioAtLeast, ratioAtMost, valueAtMost} from '../result.ts'
import type {Say} from '../say.ts'
import {type Arena, type Command, openClambake, openPlainTmux, programHere} from './arenas.ts'
import {echoTimes} from './echo.ts'

const PANES = 12
/** Programs start, code gets hot, screens fill. */
const WARM_UP_MS = 3000
const WINDOW_MS = 6000
const KEYS = 200
/** tmux is one C program; ours are two node programs, with a queue, titles and clocks around the panes. */
const COST_LIMIT = 6
/** Half a frame of a usual terminal: not to be told from at once. */
const ECHO_LIMIT_MS = 8
/** A key press that takes longer is felt as lag. */
const LAG_LIMIT_MS = 100

type Seen = {cpu: number; updates: number; echo: number[]}

/** Twelve agents that draw thirty times a second: what it costs to show them, how much is seen, how keys feel. */
export async function benchBusy(say: Say): Promise<BenchResult[]> {
  say(`panes: ${PANES} that draw 30 times a second`)
  const ours = await measure(await openClambake(commands()))
  const tmuxArena = await openPlainTmux(commands())
  const tmux = tmuxArena && (await measure(tmuxArena))
  const beside = (what: string, unit: string, of: (seen: Seen) => number) => ({
    name: `panes: ${what}, ${PANES} busy panes`,
    value: of(ours),
    unit,
    reference: tmux && of(tmux),
  })
  return [
    judge(
      beside('processor', '%', seen => seen.cpu),
      ratioAtMost(COST_LIMIT),
    ),
    judge(
      beside('updates seen of each pane', '/s', seen => seen.updates),
      ratioAtLeast(0.9),
    ),
    judge(
      beside('key echo p50', 'ms', seen => quantile(seen.echo, 0.5)),
      valueAtMost(ECHO_LIMIT_MS),
    ),
    judge(
      beside('key echo p99', 'ms', seen => quantile(seen.echo, 0.99)),
      valueAtMost(LAG_LIMIT_MS),
    ),
  ]
}

function commands(): [Command, ...Command[]] {
  const command = (index: number) => programHere('redraw.ts', String(index))
  return [command(0), ...Array.from({length: PANES - 1}, (_, index) => command(index + 1))]
}

async function measure(arena: Arena): Promise<Seen> {
  await using _arena = arena
  const {terminal, pids} = arena
  await terminal.until(lines => countersOf(lines).size === PANES, `${PANES} panes that draw`)
  await sleep(WARM_UP_MS)
  const [cpu, updates] = await Promise.all([cpuPercent(pids, WINDOW_MS), updatesSeen(terminal, WINDOW_MS)])
  return {cpu, updates, echo: await echoTimes(terminal, KEYS)}
}

/** How many different states of one pane reach the screen each second, the mean of all panes. */
async function updatesSeen(terminal: OuterTerminal, ms: number): Promise<number> {
  let updates = 0
  let before = countersOf(terminal.lines())
  using _counting = terminal.onParsed(() => {
    const now = countersOf(terminal.lines())
    for (const [pane, drawn] of now) if (before.get(pane) !== drawn) updates++
    before = new Map([...before, ...now])
  })
  await sleep(ms)
  return updates / PANES / (ms / 1000)
}

/** What the panes say of themselves: how often each has drawn. */
function countersOf(lines: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of lines) for (const [, pane, drawn] of line.matchAll(/<(\d+):(\d+)>/g)) found.set(pane!, drawn!)
  return found
}

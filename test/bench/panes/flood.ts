import {sleep} from '../../../src/base/clock.ts'
import {residentMegabytes} from '../processes.ts'
import {type BenchResult, judge, quantile, valueAtMost} from '../result.ts'
import type {Say} from '../say.ts'
import {type Arena, type Command, openClambake, openPlainTmux} from './arenas.ts'
import {echoTimes} from './echo.ts'

const FLOODS = 12
/** A line that goes by as fast as it is taken. */
const FLOOD: Command = ['yes', '0123456789 0123456789']
/** Scrollback fills up, heaps find their size. */
const WARM_UP_MS = 4000
const KEYS = 200
/** A key press that takes longer is felt as lag. */
const ECHO_LIMIT_MS = 100
const GROWTH_LIMIT_MB = 64

type Seen = {echo: number[]; growth: number}

/** Twelve programs that write without end: keys must stay quick and memory must not grow. */
export async function benchFlood(say: Say): Promise<BenchResult[]> {
  say(`panes: ${FLOODS} floods`)
  const ours = await measure(await openClambake(commands()))
  const tmuxArena = await openPlainTmux(commands())
  const tmux = tmuxArena && (await measure(tmuxArena))
  const beside = (what: string, unit: string, of: (seen: Seen) => number) => ({
    name: `panes: ${what}, ${FLOODS} floods`,
    value: of(ours),
    unit,
    reference: tmux && of(tmux),
  })
  return [
    judge(
      beside('key echo p50', 'ms', seen => quantile(seen.echo, 0.5)),
      valueAtMost(ECHO_LIMIT_MS / 2),
    ),
    judge(
      beside('key echo p99', 'ms', seen => quantile(seen.echo, 0.99)),
      valueAtMost(ECHO_LIMIT_MS),
    ),
    judge(
      beside('growth of memory', 'MB', seen => seen.growth),
      valueAtMost(GROWTH_LIMIT_MB),
    ),
  ]
}

function commands(): [Command, ...Command[]] {
  return [['cat'], ...Array.from({length: FLOODS}, () => FLOOD)]
}

async function measure(arena: Arena): Promise<Seen> {
  await using _arena = arena
  await sleep(WARM_UP_MS)
  // Typing costs memory too, the first time.
  await echoTimes(arena.terminal, KEYS)
  const before = residentMegabytes(arena.pids)
  const echo = await echoTimes(arena.terminal, KEYS)
  return {echo, growth: Math.round(residentMegabytes(arena.pids) - before)}
}

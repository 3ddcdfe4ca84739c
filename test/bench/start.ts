import {run} from '../../src/base/run.ts'
import {type BenchResult, judge, type Limit, quantile, ratioAtMost} from './result.ts'
import type {Say} from './say.ts'
import {openStage, type Stage} from './stage.ts'
import {stateOf} from './state.ts'
import {hasTmux, openTmux} from './tmux.ts'

/** What is measured takes turns, so that a busy moment of the machine hits all of it. */
const ROUNDS = 16
/** Of all rounds the first quarter's: what else the machine does makes programs slower and never quicker. */
const SHARE = 0.25
const ISSUES = 9
const SIZE = {cols: 120, rows: 40}

/** How long a person waits for the program, beside what node itself takes to start and what tmux takes to paint. */
export async function benchStart(say: Say): Promise<BenchResult[]> {
  say(`start: ${ROUNDS} rounds`)
  await using stage = await openStage(stateOf({issues: ISSUES, agents: 0}))
  const tmuxIsHere = await hasTmux()
  const times = {node: [], splash: [], screen: [], version: [], help: [], status: [], tmux: []} as Record<
    string,
    number[]
  >
  for (let round = 0; round < ROUNDS; round++) {
    times.node!.push(await commandMs(stage, [process.execPath, '-e', '0']))
    const {splash, screen} = await screenMs(stage)
    times.splash!.push(splash)
    times.screen!.push(screen)
    times.version!.push(await commandMs(stage, stage.program('--version')))
    times.help!.push(await commandMs(stage, stage.program('--help')))
    times.status!.push(await commandMs(stage, stage.program('status')))
    if (tmuxIsHere) times.tmux!.push(await tmuxMs())
  }
  const beside = (reference: 'node' | 'tmux', name: string, of: string, limit: Limit) => {
    const others = times[reference]!
    return judge(
      {
        name,
        value: quantile(times[of]!, SHARE),
        unit: 'ms',
        reference: others.length > 0 ? quantile(others, SHARE) : null,
      },
      limit,
    )
  }
  return [
    beside('node', 'start: splash, beside node -e 0', 'splash', ratioAtMost(2)),
    beside('node', 'start: whole screen, beside node -e 0', 'screen', ratioAtMost(12)),
    beside('tmux', "start: whole screen, beside tmux's first", 'screen', ratioAtMost(25)),
    beside('node', 'start: --version, beside node -e 0', 'version', ratioAtMost(4)),
    beside('node', 'start: --help, beside node -e 0', 'help', ratioAtMost(4)),
    beside('node', 'start: status, beside node -e 0', 'status', ratioAtMost(7)),
  ]
}

/** From start to end of a command without a terminal. */
async function commandMs({folder, env}: Stage, [file, ...args]: readonly [string, ...string[]]): Promise<number> {
  const start = performance.now()
  await run(file, {args, cwd: folder, env: {...env}})
  return performance.now() - start
}

/** From start to the first bytes, and to the screen with what the daemon knows. */
async function screenMs(stage: Stage): Promise<{splash: number; screen: number}> {
  await using terminal = stage.open(SIZE)
  const screen = await terminal.until(lines => lines.some(line => line.includes(`#${ISSUES} Issue`)), 'the last issue')
  return {splash: await terminal.firstBytes(), screen}
}

/** From start to the first bytes that tmux paints. */
async function tmuxMs(): Promise<number> {
  await using tmux = await openTmux([['cat']], SIZE)
  return tmux.terminal.firstBytes()
}

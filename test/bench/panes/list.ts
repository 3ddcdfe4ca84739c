import {sleep} from '../../../src/base/clock.ts'
import type {OuterTerminal} from '../outer.ts'
import {type BenchResult, judge, quantile, ratioAtMost, valueAtMost} from '../result.ts'
import type {Say} from '../say.ts'
import {openStage} from '../stage.ts'
import {stateOf} from '../state.ts'

const MANY = 1100
const FEW = 40
const SIZE = {cols: 200, rows: 50}
/** Down as many rows as both lists have, and up again. */
const STRETCH = 30
const KEYS = 180
const REACTION_LIMIT_MS = 100

/** The selection moves as quickly in a repository with a thousand open issues as in one with a few. */
export async function benchList(say: Say): Promise<BenchResult[]> {
  say(`panes: keys in a list of ${MANY} issues`)
  const few = await reactionTimes(FEW)
  const many = await reactionTimes(MANY)
  const beside = (share: number) => ({
    name: `panes: key to selection p${share * 100}, ${MANY} issues beside ${FEW}`,
    value: quantile(many, share),
    unit: 'ms',
    reference: quantile(few, share),
  })
  return [judge(beside(0.5), ratioAtMost(1.5)), judge(beside(0.99), valueAtMost(REACTION_LIMIT_MS))]
}

async function reactionTimes(issues: number): Promise<number[]> {
  await using stage = await openStage(stateOf({issues, agents: 0}))
  await using terminal = stage.open(SIZE)
  await terminal.until(lines => selected(lines) === '#1', 'the first issue to be selected')
  const times: number[] = []
  for (let press = 0; press < KEYS; press++) {
    const goesDown = Math.floor(press / STRETCH) % 2 === 0
    times.push(await reactionMs(terminal, goesDown ? 'j' : 'k'))
    await sleep(15 + ((press * 7) % 20))
  }
  return times
}

async function reactionMs(terminal: OuterTerminal, key: string): Promise<number> {
  const before = selected(terminal.lines())
  const start = performance.now()
  terminal.write(key)
  const startedFor = start - terminal.startedAt
  return (await terminal.until(lines => selected(lines) !== before, `\`${key}\` to move the selection`)) - startedFor
}

/** The number of the issue that the cursor is on. */
function selected(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const found = /▸ . *(#\d+)/.exec(line)
    if (found) return found[1]
  }
  return undefined
}

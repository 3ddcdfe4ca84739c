import type {GateRow} from '../../model/landing/gate/rows.ts'

const INDENT = 4

/** The merge gate's answer as the screen shows it, indented; wrapped where stdout is a terminal. */
export async function gateText(gate: readonly GateRow[]): Promise<string[]> {
  const {gateLines} = await import('../../client/detail/gate.ts')
  const lines = gateLines(gate, (process.stdout.columns ?? Number.POSITIVE_INFINITY) - INDENT)
  return lines.map(line => ' '.repeat(INDENT) + line.map(({text}) => text).join(''))
}

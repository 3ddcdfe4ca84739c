import {TerminalMode} from './terminal-mode.ts'

const NAME = 'c l a m b a k e'

/**
 * Takes the terminal and shows the name before anything heavy is loaded: call it first, import the rest after. Pass the
 * result to `openScreen`; its disposal restores the terminal.
 */
export function splash(stdout: {write(data: string): boolean}, cols: number, rows: number): TerminalMode {
  const mode = new TerminalMode(stdout)
  const row = Math.max(1, Math.ceil(rows / 2))
  const col = Math.max(1, Math.floor((cols - NAME.length) / 2) + 1)
  stdout.write(`\x1b[${row};${col}H\x1b[2m${NAME.slice(0, Math.max(0, cols))}\x1b[m`)
  return mode
}

import type {PainterOutput} from './painter.ts'

/** The bytes that a person's terminal sends. */
export type TerminalInput = {
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown
}

/** A person's terminal as the screen writes to it, with its size. */
export type TerminalOutput = PainterOutput & {
  readonly columns: number
  readonly rows: number
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

/** The size of a terminal; 80x24 when it does not tell one. */
export function sizeOf(stdout: {columns?: number; rows?: number}): {cols: number; rows: number} {
  return {cols: stdout.columns || 80, rows: stdout.rows || 24}
}

import type {Orphan} from '../../model/data/recovery/orphan.ts'

/** The scan that runs, and the last one of a command that acts on many orphans. */
export type Scans = {
  running: {step: string; count: number} | null
  kept: {group: string; at: number; orphans: readonly Orphan[]} | null
}

export function newScans(): Scans {
  return {running: null, kept: null}
}

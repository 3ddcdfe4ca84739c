import {EXIT, type ExitCode} from '../../base/errors.ts'
import type {ScriptState} from '../../hub/hooks/install.ts'

/** What the set-up of the hub's hooks found, and whether it was written. */
export type HooksSetUp = {
  does: 'adds' | 'removes'
  file: string
  script: {file: string; state: ScriptState}
  diff: string
  written: boolean
  shown: boolean
  dryRun: boolean
}

export function hooksExit({does, diff, script, written, dryRun}: HooksSetUp): ExitCode {
  const changes = diff !== '' || (does === 'adds' && script.state !== 'same')
  return !changes || written || dryRun ? EXIT.good : EXIT.needsHuman
}

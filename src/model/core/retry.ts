import type {ErrorData} from '../../base/errors.ts'
import type {EffectName} from '../data/effects.ts'

/** An effect that fails for a passing reason and is tried again. */
export type Retry = {
  effect: EffectName
  /** null: it is for no ticket. */
  ticket: number | null
  error: ErrorData
  /** Its first failure in a row, epoch milliseconds. */
  since: number
  tries: number
}

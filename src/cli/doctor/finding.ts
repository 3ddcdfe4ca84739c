import {ClambakeError, messageOf} from '../../base/errors.ts'

/** Result of a check. `hint`: it works, but could be better. */
type FindingState = 'good' | 'hint' | 'bad' | 'unknown'

/** What was checked, its state, and what fixes it. */
export type Finding = {
  name: string
  state: FindingState
  detail: string
  /** What to run or do; null: nothing. */
  mend: string | null
}

export function good(name: string, detail: string): Finding {
  return {name, state: 'good', detail, mend: null}
}

export function hint(name: string, detail: string, mend: string): Finding {
  return {name, state: 'hint', detail, mend}
}

export function bad(name: string, detail: string, mend: string): Finding {
  return {name, state: 'bad', detail, mend}
}

/** A check that cannot run until something else is fixed. */
export function unknown(name: string, waitsFor: string): Finding {
  return {name, state: 'unknown', detail: `not checked: needs ${waitsFor}`, mend: null}
}

/** A check that an error ended: what it says, and what it advises. */
export function failed(name: string, error: unknown): Finding {
  return bad(name, messageOf(error), (error instanceof ClambakeError && error.next) || 'clambake doctor --json')
}

/** Runs a check; an error that it throws becomes its finding. */
export async function checked(name: string, check: () => Promise<Finding | readonly Finding[]>): Promise<Finding[]> {
  try {
    const found = await check()
    return Array.isArray(found) ? [...found] : [found as Finding]
  } catch (error) {
    return [failed(name, error)]
  }
}

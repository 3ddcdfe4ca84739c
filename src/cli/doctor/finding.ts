import {ClambakeError, messageOf} from '../../base/errors.ts'

/** `hint`: it works, and could be better. */
export type FindingState = 'good' | 'hint' | 'bad' | 'unknown'

/** What was looked at, how it is, and what mends it. */
export type Finding = {
  name: string
  state: FindingState
  detail: string
  /** A command to run or a thing to do; null: nothing is needed. */
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

/** It cannot be told until something else is mended. */
export function unknown(name: string, waitsFor: string): Finding {
  return {name, state: 'unknown', detail: `not looked at: ${waitsFor} comes first`, mend: null}
}

/** What a check finds; what it throws is its finding. */
export async function checked(name: string, check: () => Promise<Finding | readonly Finding[]>): Promise<Finding[]> {
  try {
    const found = await check()
    return Array.isArray(found) ? [...found] : [found as Finding]
  } catch (error) {
    return [bad(name, messageOf(error), (error instanceof ClambakeError && error.next) || 'clambake doctor --json')]
  }
}

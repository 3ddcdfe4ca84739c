import {ClambakeError} from '../base/errors.ts'
import {ancestryOf} from '../base/processes/ancestry.ts'
import type {Proof} from './proof.ts'

/**
 * Who calls over a connection. An agent is a process below a pane, of whichever repository; `session` is its pane's.
 * null: it is not known which process calls, or it runs below this one outside of any pane.
 */
export type Caller = {kind: 'person'} | {kind: 'agent'; session: string | null}

export const PERSON: Caller = {kind: 'person'}
const UNKNOWN: Caller = {kind: 'agent', session: null}

export type CallerRules = {
  /** Processes below which everything is an agent's: the server itself, the host. */
  above: () => readonly number[]
  /** Processes below them that are none: the supervised daemon. */
  except?: () => readonly number[]
  /** The sessions of this repository's panes. */
  sessions: () => Iterable<string>
}

/**
 * Tells who calls, by the process that holds the connection's proof and what the kernel says of its parents. Whoever
 * does not show a process of this machine counts as an agent.
 */
export function createCallerCheck(rules: CallerRules): (options: {pid: number; proof: Proof}) => Promise<Caller> {
  const own = ancestryOf(process.pid)
  return async ({pid, proof}) => {
    if (!(await proof.isHeldBy(pid))) return UNKNOWN
    const [caller, self] = await Promise.all([ancestryOf(pid), own])
    if (caller === null) return UNKNOWN
    const known = new Set(rules.sessions())
    // Where Clambake itself is worked on in a pane, whatever is started there is marked by the outer one.
    const marks = caller.sessions.filter(session => known.has(session) || !self?.sessions.includes(session))
    const [mark] = [...marks.filter(session => known.has(session)), ...marks]
    if (mark !== undefined) return {kind: 'agent', session: mark}
    if (pid === process.pid || rules.except?.().includes(pid)) return PERSON
    return rules.above().some(above => caller.above.includes(above)) ? UNKNOWN : PERSON
  }
}

/** The refusal of a method that is a person's. */
export function agentRefused(method: string, who = 'a program in a pane'): ClambakeError {
  return new ClambakeError({
    code: 'agent-refused',
    message: `${method} was asked for by ${who}, and only a person may: agents do not act for people`,
    kept: 'nothing was changed',
    next: 'a person does it in a terminal outside of the panes; clambake send says something to an agent',
  })
}

import {span} from '../../../base/words.ts'
import type {Repair} from '../../data/assignment.ts'

/** The rules of the gate, in the order in which people read them. */
export const GATE_RULES = [
  'state',
  'halt',
  'issue',
  'base',
  'head',
  'draft',
  'conflicts',
  'checks',
  'reviews',
  'conversations',
  'protected paths',
  'GitHub',
  'up to date',
] as const
export type GateRule = (typeof GATE_RULES)[number]

/**
 * What one rule says. `yes`: nothing speaks against a merge. `merged`: it happened. `stop`: a person decided against the
 * work. `person`: nothing else is done before a person acts. `agent`: the agent has to repair it. `approval`: a person's
 * consent is missing. `wait`: it comes by itself. `update`: main has to be merged into the branch first.
 */
export type GateSays = 'yes' | 'merged' | 'stop' | 'person' | 'agent' | 'approval' | 'wait' | 'update'

export type GateLine = {
  rule: GateRule
  says: GateSays
  /** One line for people. */
  text: string
  /** With `agent`: what it is told. */
  repair?: Repair
  /** Checks failed, and fail on main too, so the work is not to blame. */
  mainIsRed?: boolean
}

/**
 * What becomes of the pull request: `hold` waits for a person and is shown as needing one; it goes on by itself when the
 * person has acted.
 */
export type GateVerdict = 'merged' | 'stop' | 'repair' | 'hold' | 'wait' | 'update' | 'merge'

export type GateAnswer = {
  verdict: GateVerdict
  /** The line that decided; null: every rule says yes. */
  reason: string | null
  repair: Repair | null
  lines: readonly GateLine[]
}

/** What decides first when rules say different things. */
const PRECEDENCE: readonly GateSays[] = ['merged', 'stop', 'person', 'agent', 'approval', 'wait', 'update']

const VERDICT: Record<GateSays, GateVerdict> = {
  yes: 'merge',
  merged: 'merged',
  stop: 'stop',
  person: 'hold',
  agent: 'repair',
  approval: 'hold',
  wait: 'wait',
  update: 'update',
}

/**
 * Joins the rules' lines to one answer. What still waits after `ciTimeoutMs` is held for a person, so that nothing waits
 * for ever without being shown.
 */
export function answerOf(lines: readonly GateLine[], waited: {ms: number; limitMs: number}): GateAnswer {
  const isLate = waited.ms >= waited.limitMs
  const judged = lines.map(line =>
    line.says === 'wait' && isLate
      ? {...line, says: 'approval' as const, text: `${line.text}; waited ${waitedFor(waited.ms)}`}
      : line,
  )
  const decisive = PRECEDENCE.flatMap(says => judged.filter(line => line.says === says)).at(0)
  return {
    verdict: VERDICT[decisive?.says ?? 'yes'],
    reason: decisive?.text ?? null,
    repair: decisive?.repair ?? null,
    lines: judged,
  }
}

/** By whole minutes, but for a limit of less than two. */
function waitedFor(ms: number): string {
  return span(ms < 120_000 ? Math.round(ms / 1000) * 1000 : Math.round(ms / 60_000) * 60_000)
}

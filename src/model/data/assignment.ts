import type {CheckFailure} from './pull.ts'

/** A command of the configuration that failed in a ticket's worktree. */
export type Failure = {
  command: string
  /** `code 1`, `signal 9`, `timed out after 15 minutes`. */
  exit: string
  /** The end of what it said, safe to show. */
  output: string
}

/** A submodule, or a folder that was committed as one, that other clones could not get. */
export type LoosePointer = {path: string; problem: string}

/** Why work went back to its agent. */
export type Repair =
  | {kind: 'checks'; failures: readonly CheckFailure[]}
  | {kind: 'conflict'; paths: readonly string[]}
  /** What reviewers said, oldest first, each by the id of its message. */
  /** `id`: of the hub's message; null: what was said of a bundle, which is no message to this agent. */
  | {kind: 'review'; said: readonly {id: number | null; from: string; text: string}[]}
  /** The server does not take these commits. `said`: its own words, safe to show. */
  | {kind: 'refused'; said: string}
  /** A command of `agents.verify` failed, and the agent's process had ended. */
  | {kind: 'verify'; failure: Failure}
  | {kind: 'pointers'; pointers: readonly LoosePointer[]}
  /** The agent's process or its daemon died; the conversation resumes where it stopped. */
  | {kind: 'resume'}

/** The task of an agent's turn; `agents/prompts` makes the text of it. */
export type Assignment =
  | {kind: 'first'}
  | {kind: 'repair'; repair: Repair}
  /** The turn ended without work that can be bottled. */
  | {kind: 'unfinished'; missing: 'commit' | 'clean-tree'; dirty: readonly string[]}
  | {kind: 'unfinished'; missing: 'verify'; failure: Failure}
  /** Messages of people and other agents, oldest first. */
  | {kind: 'message'; said: readonly {from: string; text: string}[]}

/** The assignment of an agent that resumes work of which its conversation may know nothing. */
export const RESUME: Assignment = {kind: 'repair', repair: {kind: 'resume'}}

/** One line for people: which command failed, and how. */
export function describeFailure({command, exit}: Failure): string {
  return `\`${command}\` failed (${exit})`
}

/** One line for people: why a ticket is in repair. */
export function describeRepair(repair: Repair): string {
  switch (repair.kind) {
    case 'checks':
      return `checks failed: ${repair.failures.map(failure => failure.name).join(', ') || 'unnamed'}`
    case 'conflict':
      return `conflicts with main in ${repair.paths.join(', ') || 'unknown files'}`
    case 'review':
      return `it was reviewed by ${[...new Set(repair.said.map(({from}) => from))].join(', ')}`
    case 'refused':
      return `the server refuses its commits: ${repair.said.replace(/\s*\n\s*/g, '; ')}`
    case 'verify':
      return describeFailure(repair.failure)
    case 'pointers':
      return `it points to what other clones could not get: ${repair.pointers.map(({path}) => path).join(', ')}`
    case 'resume':
      return 'its agent stopped before it was done'
  }
}

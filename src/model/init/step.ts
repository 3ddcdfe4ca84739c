import type {Label} from '../data/labels.ts'
import type {Board} from '../data/show.ts'
import type {Manifest} from './manifest.ts'

export type Subject = 'label' | 'board' | 'protection' | 'file' | 'setting'
export type Action = 'create' | 'change' | 'remove' | 'keep' | 'ask' | 'cannot'

/** The checks of a workflow, by the names that GitHub gives them. */
export type RequiredChecks = {path: string; text: string; checks: readonly string[]}

/** What is done for a step; each may be done again after it was cut short. */
export type Work =
  | {
      kind: 'write'
      path: string
      text: string /** Git object of the file that is replaced. */
      restores: string | null
    }
  | {kind: 'edit'; path: string; before: string; after: string}
  | {kind: 'ensure-label'; label: Label}
  | {kind: 'create-board'; title: string}
  | {kind: 'complete-board'; id: string; columns: readonly string[]; link: boolean}
  | {kind: 'note-board'}
  /** `requires`: checks that are demanded if the workflow that makes them is as it was written; null: none are. */
  | {kind: 'protect'; branch: string; requires: RequiredChecks | null}
  | {kind: 'delete-file'; path: string}
  | {kind: 'restore-file'; path: string; object: string}
  | {kind: 'delete-label'; name: string}
  | {kind: 'delete-board'; id: string}
  | {kind: 'unprotect'; branch: string}

export type Step = {
  subject: Subject
  /** The file, label, board or branch. */
  where: string
  action: Action
  /** Why it is so, or what it is for; for people. */
  reason: string
  /** What a person does about what cannot be done. */
  next: string | null
  /** What is done, for `ask` after a yes; null: nothing is. */
  work: Work | null
  /** Of `ask`: whether a yes would put our file in the place of a person's own. */
  replaces: boolean
}

/** What was found at a path; `committed`: id of the git object with exactly this text, if git has one. */
export type FoundFile = {kind: 'text'; text: string; sha256: string; committed: string | null} | {kind: 'link'}

/** It cannot be looked at or done: why, and what a person does about it. */
export type Cannot = {cannot: string; next: string}

export type Found = {
  /** By path; null: nothing is there. */
  files: Readonly<Record<string, FoundFile | null>>
  manifest: Manifest
  labels: readonly Label[] | Cannot
  board: Board | null | Cannot
  branch: string
  /** How the branch is protected, in a form that can be compared; null: not at all. */
  protection: string | null | Cannot
}

export function isCannot(found: unknown): found is Cannot {
  return typeof found === 'object' && found !== null && 'cannot' in found
}

/** A step of the plan, with nothing said that is not given. */
export function step(
  subject: Subject,
  where: string,
  action: Action,
  more: Partial<Pick<Step, 'reason' | 'next' | 'work' | 'replaces'>> = {},
): Step {
  return {subject, where, action, reason: '', next: null, work: null, replaces: false, ...more}
}

export function cannot(subject: Subject, where: string, {cannot: reason, next}: Cannot): Step {
  return step(subject, where, 'cannot', {reason, next})
}

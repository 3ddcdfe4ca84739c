import {withoutHtmlComments} from '../../base/text.ts'
import type {Assignment} from '../data/assignment.ts'
import {hasName} from '../data/names.ts'
import {THINK_LEVELS, type ThinkLevel} from '../data/think-level.ts'
import {dependenciesOf} from './dependencies.ts'

type Thinking = {level: ThinkLevel /** The rule that chose it, for people. */; reason: string}

/** With this many dependencies their order is part of the task. */
const MANY_DEPENDENCIES = 2

/** What an issue is about, deepest first; a label or a word of its visible text. */
const SUBJECTS: readonly (readonly [ThinkLevel, RegExp])[] = [
  ['ultra', /\bsystem[- ]wide\b/i],
  ['harder', /\barchitectur(?:e|al)\b/i],
  ['hard', /\b(?:dependenc(?:y|ies)|integrations?)\b/i],
]

/**
 * How hard an agent is to think and why: what a person asked for, else the label `think:…` (the deepest of
 * several), else the task, else the configuration.
 */
export function thinkingFor(options: {
  asked: ThinkLevel | undefined
  assignment: Assignment
  issue: {title: string; body: string; labels: readonly string[]}
  fallback: ThinkLevel
}): Thinking {
  const {asked, assignment, issue, fallback} = options
  if (asked) return {level: asked, reason: 'asked for with --think-level'}
  const labelled = THINK_LEVELS.findLast(level => hasName(issue.labels, `think:${level}`))
  if (labelled) return {level: labelled, reason: `labelled think:${labelled}`}
  return ruled(assignment, issue) ?? {level: fallback, reason: 'agents.think_level'}
}

/** `think level hard (labelled think:hard)`, for the first turn on an issue. */
export function thinkingText(
  issue: Parameters<typeof thinkingFor>[0]['issue'],
  {agents}: {agents: {think_level: ThinkLevel}},
): string {
  const {level, reason} = thinkingFor({
    asked: undefined,
    assignment: {kind: 'first'},
    issue,
    fallback: agents.think_level,
  })
  return `think level ${level} (${reason})`
}

function ruled(
  assignment: Assignment,
  {title, body, labels}: {title: string; body: string; labels: readonly string[]},
): Thinking | undefined {
  const text = `${title}\n${withoutHtmlComments(body)}`
  const found = SUBJECTS.flatMap(([level, pattern]): Thinking[] => {
    const label = labels.find(name => pattern.test(name))
    if (label !== undefined) return [{level, reason: `labelled ${label}`}]
    const word = pattern.exec(text)?.[0]
    return word === undefined ? [] : [{level, reason: `its text says "${word}"`}]
  })
  const conflict: Thinking[] =
    assignment.kind === 'repair' && assignment.repair.kind === 'conflict'
      ? [{level: 'harder', reason: 'repairs a conflict'}]
      : []
  const needed = dependenciesOf(body)
  const many: Thinking[] =
    needed.length >= MANY_DEPENDENCIES ? [{level: 'hard', reason: `depends on ${needed.length} issues`}] : []
  const reasons = [...conflict, ...found, ...many]
  return reasons.sort((one, other) => THINK_LEVELS.indexOf(other.level) - THINK_LEVELS.indexOf(one.level))[0]
}

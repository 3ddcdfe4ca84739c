import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {Action, Step, Subject} from '../../model/init/step.ts'

import type {Done} from './apply.ts'

const SUBJECTS: readonly (readonly [Subject, string])[] = [
  ['label', 'Labels'],
  ['board', 'Board'],
  ['file', 'Files'],
  ['setting', 'Settings'],
  ['protection', 'Protection'],
]
const GLYPHS: Record<Action, string> = {create: '+', change: '~', remove: '-', keep: '=', ask: '?', cannot: '✗'}
const OUTCOMES: Record<Done['outcome'], string> = {
  done: '✓',
  kept: '=',
  declined: '·',
  waits: '?',
  failed: '✗',
  planned: '·',
}
const WORDS: Partial<Record<Done['outcome'], string>> = {
  declined: 'left as it is',
  waits: 'waits for your yes',
}

/** The plan, grouped by subject. Everything that stays as it is takes one line per subject. */
export function planText(steps: readonly Step[]): string {
  const width = Math.max(...steps.map(({where}) => safeLine(where).length), 0)
  return SUBJECTS.flatMap(([subject, title]) => {
    const all = steps.filter(step => step.subject === subject)
    if (all.length === 0) return []
    const quiet = all.filter(step => step.action === 'keep' && step.reason === '')
    return [
      title,
      ...all.filter(step => !quiet.includes(step)).flatMap(step => planLines(step, Math.min(width, 44))),
      ...quietLine(quiet),
    ]
  }).join('\n')
}

function quietLine(quiet: readonly Step[]): string[] {
  const [first, ...others] = quiet
  if (!first) return []
  const more = others.length === 0 ? '' : others.length === 1 ? ' and another' : ` and ${others.length} others`
  return [`  ${GLYPHS.keep} keep    ${safeLine(first.where)}${more}`]
}

function planLines({action, where, reason, next}: Step, width: number): string[] {
  const line = `  ${GLYPHS[action]} ${action.padEnd(7)} ${safeLine(where).padEnd(width)}  ${safeLine(reason)}`.trimEnd()
  return next === null ? [line] : [line, `    → ${safeLine(next)}`]
}

/** The line that reports a finished step; null: nothing to report. */
export function doneLine({where, outcome, reason, subject}: Done): string | null {
  if (outcome === 'kept' || outcome === 'planned') return null
  const words = outcome === 'failed' ? reason : WORDS[outcome]
  return `${OUTCOMES[outcome]} ${subject} ${safeLine(where)}${words ? `: ${safeLine(words)}` : ''}`
}

/** The last lines of `init`: how many steps were done, wait for a yes, or need the person. */
export function summary(steps: readonly Done[]): string[] {
  const of = (outcome: Done['outcome']) => steps.filter(step => step.outcome === outcome)
  const [done, failed, waits] = [of('done'), of('failed'), of('waits')]
  return [
    '',
    done.length === 0 ? 'Nothing was changed.' : `${count(done.length, 'step')} done.`,
    ...(waits.length > 0
      ? [`${waits.length} ${waits.length === 1 ? 'waits' : 'wait'} for your yes: ${yesOf(waits)}`]
      : []),
    ...(failed.length > 0 ? [`${failed.length} ${failed.length === 1 ? 'needs' : 'need'} you:`] : []),
    ...[...Map.groupBy(failed, ({reason}) => reason).values()].flatMap(failureLines),
  ]
}

/** Steps that failed for one reason, and what helps. */
function failureLines([first, ...others]: readonly Done[]): string[] {
  if (!first) return []
  const {where, reason, next} = first
  const more = others.length === 0 ? '' : ` and ${count(others.length, 'other')}`
  const line = `✗ ${safeLine(where)}${more}: ${safeLine(reason)}`
  return next === null ? [line] : [line, `  → ${safeLine(next)}`]
}

/** How the person can say yes. */
function yesOf(waits: readonly Done[]): string {
  const files = waits.filter(({replaces}) => replaces).length
  const others = files < waits.length ? ['in a terminal, or with --yes'] : []
  return [...others, ...(files > 0 ? ['--force replaces your files'] : [])].join('; ')
}

import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {Finding, Need} from '../../protocol/daemon.ts'
import {age, columns} from './text.ts'

/** A cure that was tried: what it did, or why it was refused. */
export type Step = {finding: Finding; done: string | null; refused: string | null}
/** What `agents diagnose` found and did. */
export type Diagnosed = {
  findings: readonly Finding[]
  /** What waits for a person, beside the contradictions. */
  needs: readonly Need[]
  unread: readonly string[]
  steps: readonly Step[]
  dryRun: boolean
}

export function needsPerson({cure}: Finding): boolean {
  return cure.by === 'person' || (cure.by === 'command' && !cure.safe)
}

/** Contradictions with their cures, what waits for a person, and how many there are of each. */
export function diagnosedText({findings, needs, unread, steps, dryRun}: Diagnosed, now: number): string {
  if (findings.length + needs.length + unread.length === 0) return 'Nothing is stuck.'
  const rows = findings.map(finding => [
    `${needsPerson(finding) ? '✗' : '○'} ${finding.pattern}`,
    finding.subject,
    finding.what,
    finding.since === null ? '' : age(now - finding.since),
    cureText(finding),
  ])
  const head = [
    {title: 'PATTERN'},
    {title: 'WHERE', max: 50},
    {title: 'WHAT', max: 90},
    {title: 'SINCE', align: 'right' as const},
    {title: 'CURE', max: 90},
  ]
  return [
    ...(findings.length > 0 ? [columns(head, rows), ''] : []),
    ...needs.flatMap(need => needLines(need, now)),
    ...unread.map(unreadLine),
    ...steps.map(step => stepLine(step, dryRun)),
    sumLine({findings, needs, unread}),
  ].join('\n')
}

function sumLine({findings, needs, unread}: Pick<Diagnosed, 'findings' | 'needs' | 'unread'>): string {
  const people = findings.filter(needsPerson).length
  const parts = [
    ...(findings.length > 0 ? [`${count(findings.length, 'finding')}, ${people} of them for you`] : []),
    ...(needs.length > 0 ? [`${count(needs.length, 'ticket or agent needs', 'tickets or agents need')} you`] : []),
    ...(unread.length > 0 ? [`${count(unread.length, 'place')} could not be read`] : []),
  ]
  return parts.join('; ')
}

/** What waits for a person: what happened, what is kept, what to do. */
function needLines({issue, agent, what, kept, next, since}: Need, now: number): string[] {
  const where = issue === null ? agent : `#${issue}`
  return [
    `✗ needs you: ${safeLine(`${where} ${what}`)}, since ${age(now - since)}`,
    `  kept: ${safeLine(kept)}; next: ${safeLine(next)}`,
  ]
}

/** Says who resolves a finding, and how. */
export function cureText({cure}: Pick<Finding, 'cure'>): string {
  switch (cure.by) {
    case 'person':
      return cure.next
    case 'itself':
      return `by itself: ${cure.will}`
    case 'command':
      return cure.safe ? `by itself, or --fix: ${cure.will}` : `${cure.next}: ${cure.will}`
  }
}

function stepLine({finding: {subject, cure}, done, refused}: Step, dryRun: boolean): string {
  if (refused !== null) return `✗ ${safeLine(`${subject}: ${refused}`)}`
  if (dryRun) return `would ${cure.by === 'command' ? cure.will : ''}: ${safeLine(subject)}`
  return `✓ ${safeLine(done ?? '')}`
}

export function unreadLine(what: string): string {
  return `✗ could not be read: ${safeLine(what)}`
}

import {usageError} from '../base/errors.ts'
import {nearestSetting} from '../config/nearest.ts'
import type {Assignment} from '../model/data/assignment.ts'
import {hasName} from '../model/data/names.ts'

type PromptKind = 'bug' | 'feature' | 'docs' | 'merge-ready' | 'conflict' | 'checks'

const PLACEHOLDERS = ['title', 'body', 'branch', 'number', 'done', 'failures', 'paths'] as const
type Placeholder = (typeof PLACEHOLDERS)[number]

/** The value of each placeholder, as lines; text of others is fenced already. */
type TemplateValues = Record<Placeholder, readonly string[]>

const PLACEHOLDER = /\{([A-Za-z_-]+)\}/g
const FENCE_LINE = /^\s*(?:`{3,}|~{3,})/gm
/** Placeholders that are filled in within a line; the others get lines of their own. */
const INLINE: readonly string[] = ['branch', 'number']

/** The path of a repository's own template on main. */
export function templateFile(kind: PromptKind): string {
  return `.clambake/prompts/${kind}.md`
}

/** Chooses the template of a turn; null: none, since the turn continues an earlier one. */
export function promptKind(
  assignment: Assignment,
  issue: {title: string; labels: readonly string[]},
  mergeLabel: string,
): PromptKind | null {
  if (assignment.kind === 'repair') {
    const {kind} = assignment.repair
    return kind === 'conflict' || kind === 'checks' ? kind : null
  }
  if (assignment.kind !== 'first') return null
  if (hasName(issue.labels, mergeLabel)) return 'merge-ready'
  const about = (pattern: RegExp) => issue.labels.some(label => pattern.test(label)) || pattern.test(issue.title)
  if (about(/\b(?:bug|bugfix|fix|fixes)\b/i)) return 'bug'
  return about(/\b(?:docs?|documentation|readme)\b/i) ? 'docs' : 'feature'
}

/**
 * Fills in a template's placeholders in one pass: filled-in text is not searched again. Throws `wrong-template` for an
 * unknown placeholder, and for one inside a code fence, which its value could close.
 */
export function fillTemplate(
  template: string,
  {file, values}: {file: string; values: TemplateValues},
): {text: string; used: ReadonlySet<string>} {
  const used = new Set<string>()
  const text = template.trim().replace(PLACEHOLDER, (whole: string, name: string, offset: number, all: string) => {
    const value = PLACEHOLDERS.find(known => known === name)
    if (value === undefined) {
      const known = PLACEHOLDERS.map(key => [key])
      const nearest = nearestSetting([name], known)
      throw wrongTemplate(file, `${whole} is unknown${nearest === undefined ? '' : `; did you mean {${nearest}}?`}`)
    }
    used.add(value)
    if (INLINE.includes(value)) return values[value].join(' ')
    const fences = all.slice(0, offset).match(FENCE_LINE)?.length ?? 0
    if (fences % 2 === 1) throw wrongTemplate(file, `${whole} is inside a code fence; it brings its own`)
    return ['', ...values[value], ''].join('\n')
  })
  return {text, used}
}

function wrongTemplate(file: string, what: string): Error {
  return usageError({
    code: 'wrong-template',
    message: `${file} on main: ${what}`,
    kept: 'no agent was started with it',
    next: `correct it on main; it may hold ${PLACEHOLDERS.map(name => `{${name}}`).join(' ')}`,
  })
}

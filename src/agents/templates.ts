import {usageError} from '../base/errors.ts'
import {nearestSetting} from '../config/nearest.ts'
import type {Assignment} from '../model/data/assignment.ts'

export type PromptKind = 'bug' | 'feature' | 'docs' | 'merge-ready' | 'conflict' | 'checks'

const PLACEHOLDERS = ['title', 'body', 'branch', 'number', 'done', 'failures', 'paths'] as const
type Placeholder = (typeof PLACEHOLDERS)[number]

/** Each as lines; those of others' words are fenced already. */
export type TemplateValues = Record<Placeholder, readonly string[]>

const PLACEHOLDER = /\{([A-Za-z_-]+)\}/g
const FENCE_LINE = /^\s*(?:`{3,}|~{3,})/gm
/** Stand in a line of the template; the others get lines of their own. */
const INLINE: readonly string[] = ['branch', 'number']

/** Where a repository keeps its own template, on main. */
export function templateFile(kind: PromptKind): string {
  return `.clambake/prompts/${kind}.md`
}

/** Which template speaks at the start of a turn; null: none does, the turn goes on with what was told before. */
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
  if (issue.labels.includes(mergeLabel)) return 'merge-ready'
  const about = (pattern: RegExp) => issue.labels.some(label => pattern.test(label)) || pattern.test(issue.title)
  if (about(/\b(?:bug|bugfix|fix|fixes)\b/i)) return 'bug'
  return about(/\b(?:docs?|documentation|readme)\b/i) ? 'docs' : 'feature'
}

/**
 * A template with its placeholders filled in, once: what is put in is not looked at again. Throws `wrong-template`
 * for a placeholder that is not known or that stands inside a code fence, where it could close it.
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
      throw wrongTemplate(file, `${whole} is not known${nearest === undefined ? '' : `; did you mean {${nearest}}?`}`)
    }
    used.add(value)
    if (INLINE.includes(value)) return values[value].join(' ')
    const fences = all.slice(0, offset).match(FENCE_LINE)?.length ?? 0
    if (fences % 2 === 1) throw wrongTemplate(file, `${whole} stands inside a code fence; it brings its own`)
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

import {type AgentId, parseAgentId} from './ids.ts'

/**
 * Names that Clambake gives to branches, refs and folders. A title comes from outside and may hold anything; it
 * reaches a name only through `slugOf`, so every name is ASCII and safe as a ref and as one path segment.
 */

const SLUG_LENGTH = 40

/** What a title without any usable letter becomes. */
const EMPTY_SLUG = 'work'

/** Where claims, owners, rescues and the landing lock live, here and on a remote that takes such refs. */
export const CLAMBAKE_REFS = 'refs/clambake/'

/** The place on remotes that take branches only. */
export const FALLBACK_REFS = 'refs/heads/clambake/'

/** Lower case ASCII letters, digits and single dashes, 1 to 40 characters, neither end a dash. */
export function slugOf(title: string): string {
  const slug = title
    .slice(0, 1000)
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, SLUG_LENGTH)
    .replace(/-$/, '')
  return slug || EMPTY_SLUG
}

/**
 * The branch of a ticket. `template` holds `{agent}` or `{id}` (its digits), `{issue}` and `{slug}`; whatever else it holds is kept if git
 * takes it in a branch name and becomes a dash if not.
 */
export function branchName(options: {template: string; agent: AgentId; issue: number; title: string}): string {
  const {template, agent, issue, title} = options
  const name = template
    .replaceAll('{agent}', agent)
    .replaceAll('{id}', agent.replace('agent', ''))
    .replaceAll('{issue}', String(issue))
    .replaceAll('{slug}', slugOf(title))
  const parts = name
    .split('/')
    .map(safePart)
    .filter(part => part !== '')
  return parts.join('/') || `work-${issue}`
}

/**
 * The ticket that a branch was made for: `agent001/7-slug`, `agent-001/7-slug`, `claude-agent-001/7`,
 * `feature/agent-001/7-slug`, `work-7`, `recovered/7-abc`, or a branch of this template. The last ones name no agent.
 * null: none of these.
 */
export function parseBranch(branch: string, template?: string): {agent: AgentId | null; issue: number} | null {
  // A fork's branch, as GitHub shows it.
  if (branch.includes(':')) return null
  const work = /^work-([1-9]\d{0,9})(?:-\d+)?$/.exec(branch)
  if (work) return {agent: null, issue: Number(work[1])}
  const recovered = /^recovered\/([1-9]\d{0,9})-/.exec(branch)
  if (recovered) return {agent: null, issue: Number(recovered[1])}
  const match = /^(?:[a-z]+\/)?((?:claude-)?agent-?\d{1,3})\/([1-9]\d{0,9})(?:-[^/]*)?$/.exec(branch)
  const agent = match && parseAgentId(match[1]!)
  if (agent) return {agent, issue: Number(match[2])}
  return template === undefined ? null : parseByTemplate(branch, template)
}

/** Stand in the place of what is filled in, and pass every cleaning of names as they are. */
const MARKS = {agent: 'agent999', id: '999', issue: '9876543210', slug: 'sluggish'} as const

function parseByTemplate(branch: string, template: string): {agent: AgentId | null; issue: number} | null {
  const filled = branchName({template, agent: MARKS.agent, issue: Number(MARKS.issue), title: MARKS.slug})
  if (!filled.includes(MARKS.issue)) return null
  const seen = new Set<string>()
  const once = (name: string, pattern: string) => {
    if (seen.has(name)) return `\\k<${name}>`
    seen.add(name)
    return `(?<${name}>${pattern})`
  }
  const source = filled
    .replace(/[.+=]/g, '\\$&')
    .replaceAll(MARKS.issue, () => once('issue', '[1-9]\\d{0,9}'))
    .replaceAll(MARKS.agent, () => once('agent', 'agent\\d{3}'))
    .replaceAll(template.includes('{id}') ? MARKS.id : MARKS.agent, () => once('id', '\\d{3}'))
    .replaceAll(MARKS.slug, () => once('slug', '[a-z0-9-]+'))
  const groups = new RegExp(`^${source}(?:-\\d+)?$`).exec(branch)?.groups
  if (!groups) return null
  return {agent: parseAgentId(groups.agent ?? groups.id ?? '') ?? null, issue: Number(groups.issue)}
}

/** The claim's ref without its prefix: `claims/issue-7`. */
export function claimName(issue: number): string {
  return `claims/issue-${issue}`
}

/** The issue of `claims/issue-7`; null for any other name. */
export function parseClaimName(name: string): number | null {
  const match = /^claims\/issue-([1-9]\d{0,9})$/.exec(name)
  return match ? Number(match[1]) : null
}

/** Folder of a ticket's worktree under the workspace root. */
export function worktreeFolder(issue: number): string {
  return `issue-${issue}`
}

/** The issue of the folder `issue-7`; null for any other name. */
export function parseWorktreeFolder(folder: string): number | null {
  const match = /^issue-([1-9]\d{0,9})$/.exec(folder)
  return match ? Number(match[1]) : null
}

/** One segment of a ref from any text, as `git check-ref-format` wants it; empty when nothing is left. */
export function safePart(text: string): string {
  return (
    text
      .slice(0, 200)
      .replace(/[^A-Za-z0-9._+=-]+/g, '-')
      .replace(/\.{2,}/g, '.')
      // Git keeps names that end in .lock for its own lock files.
      .replace(/\.lock/gi, '-lock')
      .replace(/^[-.]+|[-.]+$/g, '')
  )
}

/**
 * Compares names of labels, accounts and repositories as GitHub does, without regard to case. Names of branches, files
 * and checks do differ by case.
 */
export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** Whether a name is among others, as GitHub compares them. */
export function hasName(names: readonly string[], name: string): boolean {
  return names.some(other => sameName(other, name))
}

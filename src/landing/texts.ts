import {safeLine} from '../base/text.ts'
import {count, shortSha} from '../base/words.ts'
import type {ClaimRecord} from '../model/data/claim.ts'
import {describeUsage, type Usage} from '../model/data/usage.ts'
import type {WorkState} from '../model/gateways/git.ts'
import type {MergeMethod} from '../model/landing/merge-method.ts'
import {MERGE_WORDS} from '../model/landing/merge-method.ts'
import {plainTitle, quoteForGithub, quoteTitle} from '../model/mirror/quote.ts'

/** Longest title that GitHub shows on one line in lists. */
const TITLE_WIDTH = 120
const LISTED = 20
const LONGEST_LINE = 200

/** The title of a ticket's pull request. */
export function pullTitle(issue: number, title: string): string {
  const text = safeLine(plainTitle(title)).slice(0, TITLE_WIDTH)
  return text === '' ? `Work on issue ${issue}` : quoteTitle(text)
}

/** First line of the commit on main, where GitHub reads mentions and closing keywords. */
export function mergeTitle({issue, title, pull}: {issue: number; title: string; pull: number}): string {
  return `${quoteForGithub(plainTitle(pullTitle(issue, title)))} (#${pull})`
}

/** The rest of that message: without it GitHub would fill in the agent's own words, which may close and mention. */
export function mergeText({issue, branch}: {issue: number; branch: string}): string {
  return `Work on issue ${issue}, from ${plain(branch)}.`
}

/** Tells a reviewer what the pull request does, why it exists and how it came about. */
export function pullBody(options: {
  record: ClaimRecord
  agent: string
  work: WorkState
  method: MergeMethod
  /** What the work used up so far. */
  usage: Usage
}): string {
  const {record, agent, work, method, usage} = options
  const added = work.changed.reduce((sum, file) => sum + file.added, 0)
  const removed = work.changed.reduce((sum, file) => sum + file.removed, 0)
  return [
    `Closes #${record.issue}`,
    '',
    `## What`,
    ...work.commits.slice(0, LISTED).map(commit => `- ${shortSha(commit.sha)} ${plain(commit.subject)}`),
    ...more(work.commits.length),
    '',
    `${count(work.changed.length, 'file')}, +${added} −${removed}`,
    ...work.changed.slice(0, LISTED).map(file => `- \`${codeLine(file.path)}\` +${file.added} −${file.removed}`),
    ...more(work.changed.length),
    '',
    '## Why',
    `Issue #${record.issue}, claimed ${record.claimedAt} on ${plain(record.host)} and worked on by ${agent}.`,
    ...(record.repairs > 0
      ? [`The work went back to the agent ${count(record.repairs, 'time')}: ${plain(record.reason ?? '')}`]
      : []),
    ...(usage.requests > 0 ? [`It used ${describeUsage(usage)}.`] : []),
    '',
    `It merges by ${MERGE_WORDS[method]} when its checks are green. Session \`${record.session}\`${traceLine(record.traceparent)}.`,
  ].join('\n')
}

/** Tells a person what an agent could not bring together with main, and how it lands then. */
export function draftBody(options: {
  record: ClaimRecord
  agent: string
  paths: readonly string[]
  reason: string
  base: string
}): string {
  const {record, agent, paths, reason, base} = options
  const branch = plain(record.branch)
  return [
    `Closes #${record.issue}`,
    '',
    '## Conflicts',
    ...paths.slice(0, LISTED).map(path => `- \`${codeLine(path)}\``),
    ...more(paths.length),
    ...(paths.length === 0 ? ['The files are not known.'] : []),
    '',
    `${agent} could not bring this work together with ${base}: ${plain(reason)}.`,
    '',
    `Merge ${base} into \`${branch}\`, resolve what conflicts, push it there, and mark this pull request ready for review:`,
    'then it lands as any other, when its checks are green. Nothing happens to it before.',
  ].join('\n')
}

/** The comment on an issue whose work has landed. */
export function landedComment(options: {
  pull: number
  mergeCommit: string
  branch: string
  record: ClaimRecord | undefined
}): string {
  const {pull, mergeCommit, branch, record} = options
  const repairs = record && record.repairs > 0 ? ` after ${count(record.repairs, 'repair')}` : ''
  return `Landed on main through #${pull} as ${mergeCommit}${repairs}. Branch \`${branch}\` is no longer needed.`
}

function traceLine(traceparent: string | null): string {
  const trace = traceparent?.split('-')[1]
  return trace ? `, trace \`${trace}\`` : ''
}

function more(length: number): string[] {
  return length > LISTED ? [`- … and ${length - LISTED} more`] : []
}

/** One line of an issue's, agent's or machine's words that GitHub takes as nothing but words. */
function plain(text: string): string {
  return quoteForGithub(shortLine(text))
}

/** Words between backticks, where GitHub reads nothing in them. */
function codeLine(text: string): string {
  return shortLine(text).replaceAll('`', "'")
}

/** One line of words that may be of any length, as a commit's subject is, so that a body of them is not too long. */
function shortLine(text: string): string {
  const line = safeLine(text)
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE).toWellFormed()}…`
}

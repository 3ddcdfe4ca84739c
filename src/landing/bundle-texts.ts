import {safeLine} from '../base/text.ts'
import {count, shortSha} from '../base/words.ts'
import type {BundleMember} from '../model/data/landing/bundle.ts'
import {describeUsage, type Usage} from '../model/data/usage.ts'
import {plainTitle, quoteForGithub} from '../model/mirror/quote.ts'
import {pullTitle} from './texts.ts'

/** Tickets named in a title. */
const NAMED = 8

/** `Bundle of 3: #12, #14, #15` */
export function bundleTitle(members: readonly BundleMember[]): string {
  const named = members.slice(0, NAMED).map(({ticket}) => `#${ticket}`)
  const more = members.length > NAMED ? ` and ${members.length - NAMED} more` : ''
  return `Bundle of ${members.length}: ${named.join(', ')}${more}`
}

/** Whether a title was made for a bundle, which may have had other members then; any other is a person's. */
export function isBundleTitle(title: string): boolean {
  return /^Bundle of \d+: #\d+(, #\d+)*( and \d+ more)?$/.test(title)
}

/** First line of a bundle's merge commit: the title that a person gave the pull request, or ours. */
export function bundleMergeTitle(
  members: readonly BundleMember[],
  {title, number}: {title: string; number: number},
): string {
  const words = isBundleTitle(title) ? bundleTitle(members) : quoteForGithub(plainTitle(pullTitle(number, title)))
  return `${words} (#${number})`
}

/** The rest of a merge commit's message, where the bundle lands by one. */
export function bundleMergeText(members: readonly BundleMember[]): string {
  return members
    .map(({ticket, title}) => `#${ticket} ${quoteForGithub(plainTitle(pullTitle(ticket, title)))}`)
    .join('\n')
}

/**
 * Tells a reviewer which tickets the bundle holds. It names no issue with a closing keyword: GitHub closes some of many
 * that way, and the tickets are closed one by one when they are on main.
 */
export function bundleBody(options: {
  members: readonly BundleMember[]
  /** How many tickets the whole bundle has; more than `members` in a part that is tested by itself. */
  whole: number
  usageOf: (ticket: number) => Usage
}): string {
  const {members, whole, usageOf} = options
  const part =
    members.length < whole
      ? [`The first ${members.length} of ${whole} tickets, tested by themselves because the whole is red.`, '']
      : []
  return [
    ...part,
    'Each ticket is one commit. They were tested together and land together; a ticket that a reviewer names in a request',
    'for changes (with its number, such as #12) goes back to its agent, and the others land without it.',
    '',
    '| ticket | title | agent | head | used |',
    '|---|---|---|---|---|',
    ...members.map(({ticket, title, agent, head}) => {
      const usage = usageOf(ticket)
      const used = usage.requests > 0 ? describeUsage(usage) : ''
      return `| #${ticket} | ${cell(title)} | ${agent} | ${shortSha(head)} | ${cell(used)} |`
    }),
    '',
    `${count(members.length, 'ticket')}; this branch is made by Clambake and goes when it has landed.`,
  ].join('\n')
}

/** Words in a table's cell, which GitHub takes as nothing but words. */
function cell(text: string): string {
  return quoteForGithub(safeLine(text)).replaceAll('|', '\\|')
}

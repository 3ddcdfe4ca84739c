import type {Issue} from '../../model/data/issue.ts'
import {hasName, sameName} from '../../model/data/names.ts'
import type {GithubClient} from '../client/client.ts'
import type {Entry} from './known-issues.ts'
import {APPROVALS, BLOCKERS, type Features, IDS} from './queries.ts'
import {type Approval, approvalsShape, blockersShape, ELSEWHERE, here} from './snapshot-shapes.ts'

/** The label that releases issues to agents. An issue of an untrusted author needs it from another person. */
export type Gate = {
  readonly label: string
  /** Accounts that are trusted like people who may write; the label of no other app approves anything. */
  readonly trusted: readonly string[]
  trusts: (issue: Issue) => boolean
}

/**
 * Adds what costs a request of its own: the blockers of entries that wait, and the approvals of strangers' issues.
 * `before`: what is known already; for an issue that has not changed since, no request is sent.
 */
export async function withDetails(
  client: GithubClient,
  options: {
    entries: readonly Entry[]
    repository: string
    gate: Gate | null
    features: Features
    before?: ReadonlyMap<number, Entry>
  },
): Promise<Entry[]> {
  const {entries, repository, gate, features, before} = options
  const same = (entry: Entry) => {
    const old = before?.get(entry.issue.number)
    // GitHub's times are whole seconds, in which a title may change, too.
    const isSame = old?.issue.updatedAt === entry.issue.updatedAt && old.issue.title === entry.issue.title
    return isSame ? old : undefined
  }
  const open = entries.filter(({issue}) => issue.state === 'open')
  const waiting = open.filter(entry => features.dependencies && entry.waits > 0 && same(entry)?.waits !== entry.waits)
  const gated = open.filter(({issue}) => gate !== null && hasName(issue.labels, gate.label) && !gate.trusts(issue))
  const unjudged = gated.filter(entry => same(entry)?.issue.approvedAt === undefined)
  const [blockers, approvals] = await Promise.all([readBlockers(client, waiting), readApprovals(client, unjudged)])
  const known = new Set(gated)
  return entries.map(entry => {
    const found = blockers.get(entry.id)
    const approval = approvals.get(entry.id)
    const old = same(entry)
    const own = found ? here(found, repository) : entry.waits > 0 ? (old?.blockers ?? []) : []
    const judged =
      approval && gate
        ? judge(approval, gate, entry.issue)
        : known.has(entry) && old
          ? judgedBefore(old.issue, entry.issue)
          : {}
    return {
      ...entry,
      ...(features.dependencies && {blockers: own}),
      issue: {...entry.issue, ...judged},
    }
  })
}

async function readBlockers(client: GithubClient, entries: readonly Entry[]) {
  const found = await inParts(entries, ids => client.graphql(BLOCKERS, {ids}, blockersShape, ELSEWHERE))
  return new Map(found.flatMap(({nodes}) => nodes.map(({id, blockedBy}) => [id, blockedBy.nodes] as const)))
}

async function readApprovals(client: GithubClient, entries: readonly Entry[]): Promise<Map<string, Approval>> {
  const found = await inParts(entries, ids => client.graphql(APPROVALS, {ids}, approvalsShape))
  return new Map(found.flatMap(({nodes}) => nodes.map(node => [node.id, node] as const)))
}

async function inParts<Answer>(entries: readonly Entry[], ask: (ids: string[]) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let from = 0; from < entries.length; from += IDS) {
    answers.push(await ask(entries.slice(from, from + IDS).map(({id}) => id)))
  }
  return answers
}

type Judged = Pick<Issue, 'approvedAt' | 'editedAt'>

/** The author's own label approves nothing, and neither does one by an app, which labels by rules that strangers can meet. */
function judge(
  {author, timelineItems}: Approval,
  {label, trusted}: Pick<Gate, 'label' | 'trusted'>,
  issue: Issue,
): Judged {
  let approvedAt: number | null = null
  let editedAt = issue.editedAt ?? null
  for (const item of timelineItems.nodes) {
    // A new title is an edit as good as a new text.
    if (item.__typename === 'RenamedTitleEvent') editedAt = Math.max(editedAt ?? 0, item.createdAt)
    else if (sameName(item.label.name, label) && approves(item.actor, author?.login, trusted)) {
      approvedAt = Math.max(approvedAt ?? 0, item.createdAt)
    }
  }
  return {approvedAt, editedAt}
}

type Actor = {__typename: string; login: string} | null

function approves(actor: Actor, author: string | undefined, trusted: readonly string[]): boolean {
  if (actor === null || actor.login === author) return false
  return actor.__typename !== 'Bot' || hasName(trusted, `${actor.login.replace(/\[bot\]$/, '')}[bot]`)
}

function judgedBefore({approvedAt, editedAt}: Issue, now: Issue): Judged {
  const edits = [editedAt, now.editedAt].filter(at => at != null)
  return {
    ...(approvedAt !== undefined && {approvedAt}),
    editedAt: edits.length > 0 ? Math.max(...edits) : null,
  }
}

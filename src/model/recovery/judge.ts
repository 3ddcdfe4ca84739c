import {count} from '../../base/words.ts'
import type {State} from '../core/state.ts'
import {parseBranch} from '../data/names.ts'
import type {Pull} from '../data/pull.ts'
import type {Orphan, OrphanFacts, RecoverAction} from '../data/recovery/orphan.ts'

/** What is known beside git. */
type Known = {
  state: Pick<State, 'issues' | 'pulls'>
  /** Pull requests that were closed or merged lately. */
  closed: readonly Pull[]
  /** What a person chose to leave, by `choiceKey`. */
  left: ReadonlySet<string>
  at: number
}

/** Work that conflicts with main and was touched by no one for so long is not worth a review by itself. */
const STALE_MS = 90 * 24 * 3600_000

type Verdict = Pick<Orphan, 'proposal' | 'why'>

/** The state of an orphan that a person's choice to leave it is about. A later state is proposed again. */
export function choiceKey({kind, name, head, dirty}: OrphanFacts): string {
  return [kind, name, head ?? '-', dirty].join(' ')
}

/** Judges each orphan by itself and beside the others, and proposes what to do with it. Pure. */
export function judgeOrphans(all: readonly OrphanFacts[], known: Known): Orphan[] {
  const elsewhere = new Set(all.flatMap(({kind, issue}) => (kind === 'rescue' || issue === null ? [] : [issue])))
  return all.map(facts => {
    const pull = pullOf(facts, known)
    const isLeft = known.left.has(choiceKey(facts))
    const verdict: Verdict = isLeft
      ? {proposal: 'leave', why: 'you chose to leave it'}
      : verdictOf(facts, {pull, known, hasOther: facts.issue !== null && elsewhere.has(facts.issue)})
    return {...facts, pull: pull && {number: pull.number, state: pull.state}, isLeft, ...verdict}
  })
}

/** Whether the list of what to recover shows it when not everything is asked for. */
export function isProposed({kind, isLeft, proposal, landed}: Orphan): boolean {
  if (isLeft) return false
  return kind !== 'rescue' || (proposal !== 'leave' && landed === null)
}

const FIRST: readonly RecoverAction[] = ['resume', 'open-pull', 'archive', 'leave']

/** What an agent or a person can continue first, what is to be put away last; within one, the newest first. */
export function inOrder(orphans: readonly Orphan[]): Orphan[] {
  const rank = ({proposal}: Orphan) => FIRST.indexOf(proposal)
  return orphans.toSorted(
    (one, other) => rank(one) - rank(other) || (other.lastActivity ?? 0) - (one.lastActivity ?? 0),
  )
}

/** The newest pull request with this work: an open one of its branch, or one of exactly its head. */
function pullOf({kind, name, branch, head}: OrphanFacts, {state, closed}: Known): Pull | null {
  if (kind === 'pull') return closed.find(({number}) => name === `pull-${number}`) ?? null
  if (kind === 'rescue' || kind === 'stash') return null
  const open = state.pulls.find(pull => pull.head.branch === branch)
  return open ?? closed.find(pull => pull.head.sha === head) ?? null
}

function verdictOf(
  facts: OrphanFacts,
  {pull, known, hasOther}: {pull: Pull | null; known: Known; hasOther: boolean},
): Verdict {
  const {kind, commits, dirty, landed, unsure, issue} = facts
  if (unsure !== null) return {proposal: 'leave', why: unsure}
  if (kind === 'claim') return {proposal: 'resume', why: 'its owner did not renew its lease'}
  const isOpen = issue !== null && known.state.issues.some(({number}) => number === issue)
  if (kind === 'rescue') return rescueVerdict(facts, {isOpen, hasOther})
  if (kind === 'pull') return {proposal: 'leave', why: `#${pull?.number ?? '?'} was closed without a merge`}
  const isClean = dirty === 0
  if (isClean && commits === 0 && kind !== 'stash') return {proposal: 'archive', why: 'main has all its commits'}
  if (isClean && landed !== null) return {proposal: 'archive', why: LANDED[landed]}
  if (isClean && pull?.state === 'merged') return {proposal: 'archive', why: `#${pull.number} with it was merged`}
  if (kind === 'stash') return {proposal: 'archive', why: 'a stash that every agent here could apply by mistake'}
  if (isClean && pull?.state === 'open') return {proposal: 'leave', why: `#${pull.number} is open for it`}
  if (isClean && pull?.state === 'closed') {
    return {proposal: isOpen ? 'leave' : 'archive', why: `#${pull.number} with it was closed without a merge`}
  }
  return workVerdict(facts, {isOpen, at: known.at})
}

const LANDED: Readonly<Record<NonNullable<OrphanFacts['landed']>, string>> = {
  commits: 'main has all its commits',
  patches: 'main has the same changes as other commits',
  files: 'main has everything that it changes',
}

function rescueVerdict({landed}: OrphanFacts, {isOpen, hasOther}: {isOpen: boolean; hasOther: boolean}): Verdict {
  if (landed !== null) return {proposal: 'leave', why: LANDED[landed]}
  if (hasOther) return {proposal: 'leave', why: 'its issue has other work here too'}
  return {
    proposal: 'leave',
    why: isOpen ? 'saved work: resume it, or restore its files' : 'saved work: restore its files',
  }
}

function workVerdict(
  {commits, dirty, conflicts, lastActivity, tests}: OrphanFacts,
  {isOpen, at}: {isOpen: boolean; at: number},
): Verdict {
  if (dirty > 0) {
    if (isOpen) return {proposal: 'resume', why: `${count(dirty, 'file')} not committed`}
    const proposal = commits > 0 ? 'open-pull' : 'archive'
    return {proposal, why: `${count(dirty, 'file')} not committed, and no open issue`}
  }
  const clashes = conflicts?.length ?? 0
  if (clashes > 0) {
    const why = `conflicts with main in ${count(clashes, 'file')}`
    if (isOpen) return {proposal: 'resume', why}
    const isStale = lastActivity !== null && at - lastActivity > STALE_MS
    return isStale
      ? {proposal: 'archive', why: `${why}, its issue is not open, and it is old`}
      : {proposal: 'open-pull', why}
  }
  return {proposal: 'open-pull', why: tests > 0 ? 'merges cleanly, with tests' : 'merges cleanly, without tests'}
}

/** Closed pull requests whose work is nowhere else: their branch is gone, and main has not got it by them. */
export function closedPullFacts(
  closed: readonly Pull[],
  found: readonly OrphanFacts[],
  {issues, pulls, config}: Pick<State, 'issues' | 'pulls' | 'config'>,
): OrphanFacts[] {
  const branches = new Set([...found.map(({branch}) => branch), ...pulls.map(({head}) => head.branch)])
  const heads = new Set(found.map(({head}) => head))
  return closed.flatMap((pull): OrphanFacts[] => {
    const {number, state, head, updatedAt} = pull
    const issue = parseBranch(head.branch, config.agents.branch)?.issue ?? null
    const isWanted = issue !== null && issues.some(other => other.number === issue)
    if (state !== 'closed' || !isWanted || branches.has(head.branch) || heads.has(head.sha)) return []
    return [
      {
        ...branchFacts({branch: head.branch, issue, head: head.sha}),
        kind: 'pull',
        name: `pull-${number}`,
        lastActivity: updatedAt,
      },
    ]
  })
}

/** A branch of which no more is known than that it is there. */
export function branchFacts({branch, issue, head}: {branch: string; issue: number | null; head: string}): OrphanFacts {
  return {
    kind: 'branch',
    name: branch,
    issue,
    head,
    branch,
    place: 'remote',
    commits: 0,
    lines: 0,
    files: 0,
    tests: 0,
    dirty: 0,
    landed: null,
    conflicts: null,
    lastActivity: null,
    unsure: null,
  }
}

import {shellWord} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {parseBranch} from '../data/names.ts'
import type {Orphan} from '../data/recovery/orphan.ts'
import {type Finding, type Found, isHeld} from './finding.ts'

/** Finds what contradicts the claims about a branch, worktree or claim that no daemon looks after. */
export function orphanFindings(orphan: Orphan, found: Found): Finding[] {
  const {state} = found
  const {kind, name, issue, commits, dirty, landed, lastActivity, proposal, why} = orphan
  // Stashes, rescues and commits contradict no claim; `recover` lists them.
  if (kind !== 'claim' && kind !== 'branch' && kind !== 'worktree') return []
  // Anyone who may push names branches, and people paste commands.
  const word = shellWord(name)
  const base = {
    subject: name,
    issue,
    agent: (kind === 'branch' ? parseBranch(name, state.config.agents.branch)?.agent : null) ?? null,
    since: lastActivity,
  }
  if (kind === 'claim') {
    // A readable claim has a living owner, or is found as that of a dead one.
    if (proposal !== 'leave') return []
    const what = 'is a claim that cannot be read, so no daemon may take or release it'
    return [{...base, pattern: 'claim-unreadable', what, cure: {by: 'person', next: `git show ${name}`}}]
  }
  const isOnMain = commits === 0 || landed !== null
  // `cleanup` lists what main already has.
  if (isOnMain && (kind === 'branch' || (dirty === 0 && issue !== null && isHeld(state, issue)))) return []
  // People already see it in a pull request.
  if (kind === 'branch' && state.pulls.some(pull => pull.head.branch === name)) return []
  const work = [
    ...(commits > 0 ? [count(commits, 'commit')] : []),
    ...(dirty > 0 ? [count(dirty, 'changed file')] : []),
  ]
  const holds = work.length > 0 ? work.join(' and ') : 'nothing of its own'
  if (issue !== null && isHeld(state, issue)) {
    const what = `holds ${holds} for #${issue}, which is worked on elsewhere`
    const next = kind === 'branch' ? `git log main..${word}` : `git -C ${word} status`
    return [{...base, pattern: 'second-branch', what, cure: {by: 'person', next}}]
  }
  const action = proposal === 'leave' || proposal === 'archive' ? null : proposal
  return [
    {
      ...base,
      pattern: kind === 'branch' ? 'branch-without-claim' : 'worktree-without-claim',
      what: `holds ${holds}, and is unclaimed (${why})`,
      cure:
        action === null
          ? {by: 'person', next: isOnMain && dirty === 0 ? 'clambake cleanup' : `clambake recover ${word}`}
          : {
              by: 'command',
              treatment: {do: 'recover', kind, name, action},
              will: action === 'resume' ? 'give it to an agent as it is' : 'open a pull request for a person',
              safe: false,
              next: `clambake recover ${word}`,
            },
    },
  ]
}

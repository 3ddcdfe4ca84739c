import {count} from '../../base/words.ts'
import {parseWorktreeFolder} from '../data/names.ts'
import type {CleanupItem, Leftover} from '../data/recovery/leftover.ts'
import type {Orphan} from '../data/recovery/orphan.ts'
import type {RescueRow} from '../data/recovery/rescue.ts'

const DAY_MS = 24 * 3600_000

/**
 * What may be removed because it is on main, empty, or in another ref, and rescues and landed commits that are older than
 * they are kept.
 * What a ticket holds is never among it, and no branch that people made: a release has all its commits on main too. Pure.
 */
export function planCleanup(found: {
  orphans: readonly Orphan[]
  rescues: readonly RescueRow[]
  leftovers: readonly Leftover[]
  held: (issue: number | null) => boolean
  /** Whether a branch has a name that agents get. */
  isAgents: (branch: string) => boolean
  /** Days that rescues are kept; 0: for ever. */
  keepDays: number
  at: number
}): CleanupItem[] {
  const {orphans, rescues, leftovers, held, isAgents, keepDays, at} = found
  const items: CleanupItem[] = []
  for (const orphan of orphans) {
    const {kind, name, issue, dirty} = orphan
    if ((kind !== 'branch' && kind !== 'worktree') || dirty > 0 || held(issue)) continue
    if (kind === 'branch' && !isAgents(name)) continue
    const reason = landedBy(orphan)
    if (reason !== null) items.push({what: kind, name, reason, bytes: 0})
  }
  const isOld = (days: number) => keepDays > 0 && days >= keepDays
  for (const {what, ref, why, at: time} of leftovers) {
    if (why !== null) items.push({what, name: ref, reason: why, bytes: 0})
    const days = Math.floor((at - (time ?? at)) / DAY_MS)
    if (what === 'landed' && isOld(days)) {
      const reason = `landed as another commit, made ${count(days, 'day')} ago; ${keptFor(keepDays)}`
      items.push({what, name: ref, reason, bytes: 0})
    }
  }
  const landed = new Map(
    orphans.flatMap(({kind, name, landed}) => (kind === 'rescue' && landed ? [[name, landed]] : [])),
  )
  for (const {ref, name, at: time} of rescues) {
    if (held(parseWorktreeFolder(name))) continue
    const days = Math.floor((at - time) / DAY_MS)
    if (landed.has(ref) && days >= 1)
      items.push({what: 'rescue', name: ref, reason: 'main has all that it saved', bytes: 0})
    else if (isOld(days)) {
      const reason = `saved ${count(days, 'day')} ago; ${keptFor(keepDays)}`
      items.push({what: 'rescue', name: ref, reason, bytes: 0})
    }
  }
  return items
}

function keptFor(days: number): string {
  return `recovery.keep_rescues_days is ${days}`
}

/** How main has an orphan's work; null: it has not, or that is not certain. */
function landedBy({commits, landed, pull, unsure}: Orphan): string | null {
  if (unsure !== null) return null
  if (commits === 0) return 'main has all its commits'
  if (landed !== null) return `main has what its ${count(commits, 'commit')} change`
  return pull?.state === 'merged' ? `#${pull.number} with its ${count(commits, 'commit')} was merged` : null
}

import type {Orphan} from '../../model/data/recovery/orphan.ts'
import {sessionsOf} from '../../recovery/diagnose.ts'
import type {ApiParts} from '../api/parts.ts'
import {STOP_GRACE_MS} from '../parts.ts'

/** Ends what still works in a worktree that is about to be removed, since it would write into it meanwhile. */
export async function endLeftIn(
  {host, engine, tearDown}: Pick<ApiParts, 'host' | 'engine' | 'tearDown'>,
  {kind, name, issue}: Pick<Orphan, 'kind' | 'name' | 'issue'>,
): Promise<void> {
  if (kind !== 'worktree') return
  const ticket = issue ?? 0
  await tearDown({ticket, branch: '', session: `ticket-${ticket}`, worktree: name})
  await host.endLeftBehind({sessions: sessionsOf(engine.state(), issue), folder: name}, {graceMs: STOP_GRACE_MS})
}

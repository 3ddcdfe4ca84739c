import type {State} from '../core/state.ts'

const GB = 1e9

/** Why no new issue is claimed: the worktrees have used up `recovery.max_disk_gb`; null: they have not, or it is not set. */
export function heldByDisk({config, disk}: Pick<State, 'config' | 'disk'>): string | null {
  const most = config.recovery.max_disk_gb
  if (most === undefined || disk === null || disk < most * GB) return null
  return `the worktrees use ${(disk / GB).toFixed(1)} GB of the disk, and recovery.max_disk_gb is ${most}`
}

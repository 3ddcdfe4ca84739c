import type {EffectHandlers} from '../model/core/effect-handler.ts'
import {isTrusted} from '../model/data/trust.ts'
import type {GitGateway} from '../model/gateways/git.ts'
import {leftWork} from '../model/recovery/diagnosis.ts'
import type {RecoveryGateways} from './recover.ts'

type Parts = Pick<RecoveryGateways, 'git' | 'github' | 'hub' | 'config'> & {deadOwners: () => ReadonlySet<string>}

/** Makes issues ready again whose labels were left behind; everything is asked anew, as the wish is older than now. */
export function labelHandlers({git, github, hub, config, deadOwners}: Parts): EffectHandlers<'clearLabels'> {
  return {
    async clearLabels({ticket, remove, by}) {
      await git.fetch()
      const isClaimed = (await git.claims()).some(({record}) => record.issue === ticket)
      if (isClaimed || (await isWorkLeft(git, ticket, deadOwners()))) return []
      const issue = await github.issue(ticket)
      const stale = remove.filter(label => issue?.labels.includes(label))
      if (issue?.state !== 'open' || stale.length === 0) return []
      // Put on by us, the routing label would approve what a stranger may have edited since.
      const add = isTrusted(issue, config.routing) ? [config.routing.routing_label] : []
      await github.ensureLabels(ticket, {add, remove: stale})
      hub.append({
        type: 'status_update',
        ticket,
        severity: 'warning',
        message: `#${ticket} is ${add.length > 0 ? 'ready again' : 'for you to label'}: ${stale.join(', ')} was left behind on it, and is taken off ${by}`,
      })
      return []
    },
  }
}

async function isWorkLeft(git: GitGateway, issue: number, dead: ReadonlySet<string>): Promise<boolean> {
  const orphans = (await git.orphans(dead)).filter(orphan => orphan.issue === issue)
  return leftWork({orphans, landed: await landedAmong(git, orphans)})?.has(issue) ?? true
}

/** Commits of orphans that main has the work of, though not the commits. */
export async function landedAmong(
  git: Pick<GitGateway, 'changesNothing'>,
  orphans: Awaited<ReturnType<GitGateway['orphans']>>,
): Promise<ReadonlySet<string>> {
  const landed = new Set<string>()
  // One after another: hundreds of git processes at once would help nobody.
  for (const {head, commits} of orphans) {
    if (head !== null && commits > 0 && (await git.changesNothing(head))) landed.add(head)
  }
  return landed
}

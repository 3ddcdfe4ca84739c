import type {EffectHandlers} from '../model/core/effect-handler.ts'
import {hasName} from '../model/data/names.ts'
import {isTrusted} from '../model/data/trust.ts'
import type {GitGateway} from '../model/gateways/git.ts'
import {leftWork} from '../model/recovery/label-findings.ts'
import type {RecoveryGateways} from './recover.ts'

type Parts = Pick<RecoveryGateways, 'git' | 'github' | 'hub' | 'config'> & {deadOwners: () => ReadonlySet<string>}

/** Makes issues with left-behind labels ready again. It checks everything once more, since the decision is older. */
export function labelHandlers({git, github, hub, config, deadOwners}: Parts): EffectHandlers<'clearLabels'> {
  return {
    async clearLabels({ticket, remove, by}) {
      await git.fetch()
      const isClaimed = (await git.claims()).some(({record}) => record.issue === ticket)
      if (isClaimed || (await isWorkLeft(git, ticket, deadOwners()))) return []
      const issue = await github.issue(ticket)
      const stale = remove.filter(label => hasName(issue?.labels ?? [], label))
      if (issue?.state !== 'open' || stale.length === 0) return []
      // The routing label would approve a stranger's later edits.
      const add = isTrusted(issue, config.routing) ? [config.routing.routing_label] : []
      await github.ensureLabels(ticket, {add, remove: stale})
      hub.append({
        type: 'status_update',
        ticket,
        severity: 'warning',
        message: `#${ticket} is ${add.length > 0 ? 'ready again' : 'for you to label'}: ${stale.join(', ')} was left behind on it and is removed ${by}`,
      })
      return []
    },
  }
}

async function isWorkLeft(git: GitGateway, issue: number, dead: ReadonlySet<string>): Promise<boolean> {
  return leftWork(await git.orphans({dead}))?.has(issue) ?? true
}

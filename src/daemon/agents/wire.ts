import {isApproved} from '../../agents/approval.ts'
import type {Issue} from '../../model/data/issue.ts'
import type {Parts} from '../parts.ts'
import {createBeforeEdit, type Touching} from './before-edit.ts'
import {createHubTools} from './hub-tools.ts'
import {type Messages, openMessages} from './messages.ts'
import {createPermissionRequests, type PermissionRequests} from './permission-requests.ts'
import {type AgentReports, openAgentReports} from './reports.ts'
import {createStandingPermissions, type StandingPermissions} from './standing-permissions.ts'
import {createUsageTracker} from './usage.ts'

/** What listens to the agents and speaks to them. */
export type AgentParts = {
  reports: AgentReports
  messages: Messages
  requests: PermissionRequests
  permissions: StandingPermissions
}

/** Connects the agents' panes and mail to the engine; the caller disposes of `reports`. */
export async function wireAgents(parts: Parts, touching: Touching): Promise<AgentParts> {
  const {world, engine, journal, pastSpending, changes} = parts
  const {host, hub, config, clock, log, readOnly} = world
  const {state, dispatch} = engine
  const {append} = journal
  const {sessionLog, claimOf} = parts
  const usage = createUsageTracker({pastSpending, dispatch})
  const messages = await openMessages({hub, append, state, claimOf, dispatch, clock, log})
  const permissions = createStandingPermissions({store: world.permissionStore, log})
  const beforeEdit = createBeforeEdit({host, state, touching, held: parts.held, append, log, readOnly})
  const {sessions, git} = world
  const approves = (issue: Issue) => isApproved(parts.book, issue, config.routing)
  const hubTools = createHubTools({
    ...{host, hub, sessions, messages, state, approves, root: git.root, claimOf, clock, log},
  })
  const requests = createPermissionRequests({
    host,
    reasonOf: beforeEdit.reasonOf,
    permissions,
    state,
    dispatch,
    append,
    onChange: changes.call,
    config,
    clock,
    log,
    readOnly,
  })
  const reports = await openAgentReports({
    host,
    engine,
    usage,
    requests,
    beforeEdit,
    hubTools,
    sessionLog,
    messages,
    append,
    clock,
    log,
  })
  return {reports, messages, requests, permissions}
}

import type {HubState, PeerRow} from '../../protocol/daemon.ts'
import type {PanelSpec} from './panel.ts'

/**
 * Sessions of all projects. By attention: a request that waits too long for the person, what holds others off, sessions at
 * work, quiet ones, this repository's own agents, whose terminals are on the screen anyway.
 */
export const PEERS: PanelSpec<PeerRow, ['hub']> = {
  name: 'Peers',
  short: 'Peers',
  weight: 7,
  from: ['hub'],
  rows: ({hub}) => hub.peers,
  keyOf: row => row.id,
  textOf: row =>
    [row.name, row.id, row.project, row.task, row.status, row.standing, row.host, ...row.holds, ...row.reserves].join(
      ' ',
    ),
  orders: [
    {name: 'attention', sort: rows => rows.toSorted((a, b) => rank(a) - rank(b) || byName(a, b))},
    {name: 'project', sort: rows => rows.toSorted((a, b) => a.project.localeCompare(b.project) || byName(a, b))},
    {name: 'last seen', sort: rows => rows.toSorted((a, b) => b.heartbeatAt - a.heartbeatAt || byName(a, b))},
  ],
  subjectOf: peer => ({kind: 'peer', peer}),
  collapsed: ({hub}) => othersOf(hub).length === 0,
}

/** The sessions that are not agents of this repository. */
export function othersOf({peers}: Pick<HubState, 'peers'>): PeerRow[] {
  return peers.filter(({agent}) => agent === null)
}

function rank({overdue, holds, agent, standing, status}: PeerRow): number {
  if (overdue > 0) return 0
  if (holds.length > 0) return 1
  if (agent !== null) return 5
  if (standing === 'stale') return 4
  return status === 'busy' || status === 'active' ? 2 : 3
}

function byName(a: PeerRow, b: PeerRow): number {
  return a.name.localeCompare(b.name) || a.id.localeCompare(b.id)
}

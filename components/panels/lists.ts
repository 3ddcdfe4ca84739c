import type {ComponentType} from 'react'
import type {Panel} from '../../src/client/panels/panel.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {ConflictList} from './ConflictList.tsx'
import {EventList} from './EventList.tsx'
import {IssueList} from './IssueList.tsx'
import {PeerList} from './PeerList.tsx'
import {PullList} from './PullList.tsx'

/** The component that draws each panel. */
export const PANEL_LISTS: Readonly<Record<Panel, ComponentType<{rect: Rect}>>> = {
  issues: IssueList,
  pulls: PullList,
  conflicts: ConflictList,
  events: EventList,
  peers: PeerList,
}

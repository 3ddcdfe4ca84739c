import {Box} from 'ink'
import {type Screen, ScreenContext, useSlice} from '../hooks/useClient.ts'
import type {Panel, Rect} from '../src/client/state/types.ts'
import {Footer} from './bars/Footer.tsx'
import {Header} from './bars/Header.tsx'
import {Repositories} from './bars/Repositories.tsx'
import {Tabs} from './bars/Tabs.tsx'
import {Overlays} from './dialogs/Overlays.tsx'
import {ConflictList} from './panels/ConflictList.tsx'
import {EventList} from './panels/EventList.tsx'
import {IssueList} from './panels/IssueList.tsx'
import {PullList} from './panels/PullList.tsx'
import {EmptyPanes} from './panes/EmptyPanes.tsx'
import {PaneFrame} from './panes/PaneFrame.tsx'
import {TooSmall} from './TooSmall.tsx'

/** The whole chrome: all that is on the screen but the cells of panes. It fills the layout's columns and rows exactly. */
export function App({screen}: {screen: Screen}) {
  return (
    <ScreenContext value={screen}>
      <Chrome />
    </ScreenContext>
  )
}

function Chrome() {
  const layout = useSlice(state => state.layout)
  const {cols, rows, repositories, header, tabs, footer, panels, panes, paneArea} = layout
  if (layout.kind === 'too-small') {
    return (
      <Box width={cols} height={rows}>
        <TooSmall rect={header} />
      </Box>
    )
  }
  return (
    <Box width={cols} height={rows}>
      {repositories ? <Repositories rect={repositories} /> : null}
      <Header rect={header} compact={layout.kind === 'small'} />
      {tabs ? <Tabs rect={tabs} /> : null}
      {panels.map(({panel, rect}) => (
        <PanelOf key={panel} panel={panel} rect={rect} />
      ))}
      {paneArea ? <EmptyPanes rect={paneArea} /> : null}
      {panes.map(slot => (
        <PaneFrame key={slot.pane} slot={slot} />
      ))}
      <Footer rect={footer} />
      <Overlays />
    </Box>
  )
}

function PanelOf({panel, rect}: {panel: Panel; rect: Rect}) {
  switch (panel) {
    case 'issues':
      return <IssueList rect={rect} />
    case 'pulls':
      return <PullList rect={rect} />
    case 'conflicts':
      return <ConflictList rect={rect} />
    case 'events':
      return <EventList rect={rect} />
  }
}

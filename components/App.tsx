import {Box} from 'ink'
import {useInsertionEffect} from 'react'
import {type Screen, ScreenContext, useSlice} from '../hooks/useClient.ts'
import type {Layout} from '../src/client/state/types.ts'
import {Footer} from './bars/Footer.tsx'
import {Header} from './bars/Header.tsx'
import {Hint} from './bars/Hint.tsx'
import {Repositories} from './bars/Repositories.tsx'
import {Tabs} from './bars/Tabs.tsx'
import {Overlays} from './dialogs/Overlays.tsx'
import {PANEL_LISTS} from './panels/lists.ts'
import {EmptyPanes} from './panes/EmptyPanes.tsx'
import {FreeCell} from './panes/FreeCell.tsx'
import {PaneFrame} from './panes/PaneFrame.tsx'
import {TooSmall} from './TooSmall.tsx'

/** Called with the layout that Ink draws next, whether because of a change or of the terminal's size. */
type OnLayout = (layout: Layout) => void

/** The whole chrome: all that is on the screen but the cells of panes. It fills the layout's columns and rows exactly. */
export function App({screen, onLayout}: {screen: Screen; onLayout?: OnLayout}) {
  return (
    <ScreenContext value={screen}>
      <Chrome onLayout={onLayout} />
    </ScreenContext>
  )
}

function Chrome({onLayout}: {onLayout: OnLayout | undefined}) {
  const layout = useSlice(state => state.layout)
  // Ink draws as React commits, after the insertion effects and before all others.
  useInsertionEffect(() => onLayout?.(layout), [layout, onLayout])
  const {cols, rows, repositories, header, tabs, footer, hint, panels, panes, free, paneArea} = layout
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
      {panels.map(({panel, rect}) => {
        const List = PANEL_LISTS[panel]
        return <List key={panel} rect={rect} />
      })}
      {paneArea ? <EmptyPanes rect={paneArea} /> : null}
      {panes.map(slot => (
        <PaneFrame key={slot.pane} slot={slot} />
      ))}
      {free.map(({rect, agent}) => (
        <FreeCell key={`${rect.row} ${rect.col}`} rect={rect} agent={agent} />
      ))}
      {hint ? <Hint rect={hint} /> : null}
      <Footer rect={footer} />
      <Overlays />
    </Box>
  )
}

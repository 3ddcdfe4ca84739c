import {shortAgent} from '../../model/data/ids.ts'
import type {AgentRow} from '../../protocol/daemon.ts'
import {PANEL_ORDER, PANELS} from '../panels/panels.ts'
import {panesOf} from '../panes/panes.ts'
import type {ClientState} from '../state/state.ts'
import type {Focus} from '../state/types.ts'

/** A tab of a small terminal: the panels from the left edge on, the agents up to the right edge. `width` in columns. */
type Tab = {focus: Focus; label: string; agent: AgentRow | null; width: number}

/** The tabs of the two sides, as they are drawn. */
type TabLine = {panels: Tab[]; agents: Tab[]}

/**
 * The tabs that `cols` columns have room for. Names are shortened before anything is left out: first those of panels
 * that are not shown, then those of agents; then agents far from the shown one go.
 */
export function tabLine(drawn: {agents: ClientState['agents']; focus: Focus; cols: number}): TabLine {
  const {agents, focus, cols} = drawn
  const candidates = [
    {panels: panelTabs(() => true), agents: agentTabs(agents, shortAgent)},
    {panels: panelTabs(tab => isShown(tab, focus)), agents: agentTabs(agents, shortAgent)},
    {panels: panelTabs(tab => isShown(tab, focus)), agents: agentTabs(agents, numberOf)},
    {panels: panelTabs(() => false), agents: agentTabs(agents, numberOf)},
  ]
  const fitting = candidates.find(line => widthOf(line.panels) + widthOf(line.agents) < cols)
  const last = candidates.at(-1)!
  return fitting ?? {...last, agents: aroundShown(last.agents, focus, cols - widthOf(last.panels) - 1)}
}

/** Whether a tab is the one of the focused place. */
export function isShown({focus: tab}: Pick<Tab, 'focus'>, focus: Focus): boolean {
  return tab.place === 'panel'
    ? focus.place === 'panel' && focus.panel === tab.panel
    : focus.place === 'pane' && focus.pane === tab.pane
}

/** The tab under a column of the tabs' line. */
export function tabAt(
  drawn: {agents: ClientState['agents']; focus: Focus; cols: number},
  col: number,
): Tab | undefined {
  const {panels, agents} = tabLine(drawn)
  return tabFrom(panels, col) ?? tabFrom(agents, col - (drawn.cols - widthOf(agents)))
}

function panelTabs(isNamed: (tab: Pick<Tab, 'focus'>) => boolean): Tab[] {
  return PANEL_ORDER.map((panel, index) => {
    const focus: Focus = {place: 'panel', panel}
    const label = isNamed({focus}) ? ` ${index + 1} ${PANELS[panel].short} ` : ` ${index + 1} `
    return {focus, label, agent: null, width: label.length}
  })
}

/** An agent's label is followed by the glyph of its state and a blank. */
function agentTabs(agents: ClientState['agents'], nameOf: (agent: AgentRow['agent']) => string): Tab[] {
  return panesOf(agents).map(agent => {
    const label = ` ${nameOf(agent.agent)}`
    return {focus: {place: 'pane', pane: agent.pane, attached: false}, label, agent, width: label.length + 2}
  })
}

/** `7` of `agent007`. */
function numberOf(agent: AgentRow['agent']): string {
  return shortAgent(agent).replace(/^a0*/, '')
}

/** As many tabs as `room` columns hold; the shown one is among them, and else the first. */
function aroundShown(tabs: readonly Tab[], focus: Focus, room: number): Tab[] {
  const shown = tabs.findIndex(tab => isShown(tab, focus))
  return around(tabs, Math.max(0, shown), room)
}

/** As many tabs around the one at `shown` as `room` columns hold, and that one in any case. */
export function around<T extends {width: number}>(tabs: readonly T[], shown: number, room: number): T[] {
  const kept = [...tabs]
  let before = shown
  while (kept.length > 1 && widthOf(kept) > room) {
    if (before > kept.length - 1 - before) {
      kept.shift()
      before--
    } else kept.pop()
  }
  return kept
}

function widthOf(tabs: readonly {width: number}[]): number {
  return tabs.reduce((sum, {width}) => sum + width, 0)
}

function tabFrom(tabs: readonly Tab[], col: number): Tab | undefined {
  let left = 0
  for (const tab of tabs) {
    if (col >= left && col < left + tab.width) return tab
    left += tab.width
  }
  return undefined
}

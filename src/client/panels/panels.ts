import {CONFLICTS} from './conflicts.ts'
import {EVENTS} from './events.ts'
import {ISSUES} from './issues.ts'
import type {Order, Panel, PanelRows, PanelSpec} from './panel.ts'
import {PEERS} from './peers.ts'
import {PULLS} from './pulls.ts'

/** Every list panel, in the order of the number keys and of Tab. Its heights give the reference screen of 120x34. */
export const PANELS: {readonly [P in Panel]: PanelSpec<PanelRows[P]>} = {
  issues: ISSUES,
  pulls: PULLS,
  conflicts: CONFLICTS,
  events: EVENTS,
  peers: PEERS,
}

export const PANEL_ORDER = Object.keys(PANELS) as readonly Panel[]

/** One value for each panel. */
export function perPanel<T>(make: (panel: Panel) => T): Record<Panel, T> {
  return Object.fromEntries(PANEL_ORDER.map(panel => [panel, make(panel)])) as Record<Panel, T>
}

/** The name of the order after this one, and around. */
export function nextOrder(panel: Panel, name: string): string {
  const orders: readonly Pick<Order<never>, 'name'>[] = PANELS[panel].orders
  return orders[(orders.findIndex(order => order.name === name) + 1) % orders.length]!.name
}

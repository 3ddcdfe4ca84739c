import type {AgentId} from '../../model/data/ids.ts'
import type {Rect} from '../state/types.ts'
import {gridShape} from './pane-grid.ts'

/** Who has which cell of the panes' grid; null: a free cell, which the next agent takes. */
export type PanePlaces = {
  lines: readonly (readonly (AgentId | null)[])[]
  /** What the grid was made for. */
  width: number
  height: number
  abreast: number | null
  /** Since when a whole line or column is to spare, in milliseconds; null: none is. */
  spareSince: number | null
}

export const NO_PLACES: PanePlaces = {lines: [], width: 0, height: 0, abreast: null, spareSince: null}

/** An agent that is done is mostly followed by another: a grid that shrinks at once would grow again, and move everybody. */
const SPARE_MS = 10_000

/**
 * The places of agents that have a terminal, when others came or went: everybody keeps their cell. Who goes leaves a free
 * cell for the next one. The grid takes another form when it has no cell left, or a whole line or column to spare for
 * some time; then only those move whose cell it has no more. When the room or the wish of a person changed, the grid is filled
 * from its first cell on, in the order it had.
 *
 * `agents`: those with a terminal or a ticket, in the order of their slots: one whose terminal is on its way has its
 * place already, so that twelve that start at once stand in their order, whichever is there first.
 */
export function placePanes(
  before: PanePlaces,
  now: {
    agents: readonly AgentId[]
    area: Pick<Rect, 'width' | 'height'>
    abreast: number | null
    /** The time, in milliseconds. */
    at: number
  },
): PanePlaces {
  const {agents, abreast, at} = now
  const {width, height} = now.area
  if (agents.length === 0) return before.lines.length === 0 ? before : NO_PLACES
  const present = new Set(agents)
  const held = before.lines.map(line => line.map(agent => (agent !== null && present.has(agent) ? agent : null)))
  const placed = held.flat().filter(agent => agent !== null)
  const known = new Set(placed)
  const all = [...placed, ...agents.filter(agent => !known.has(agent))]
  const columns = held[0]?.length
  const sameRoom = before.width === width && before.height === height && before.abreast === abreast
  const shape = gridShape({width, height}, all.length, {
    abreast,
    ...(sameRoom && columns !== undefined && {before: columns}),
  })
  const sameForm = held.length === shape.length && held[0]?.length === shape[0]
  const isSpare = hasSpare(held, all.length)
  const spareSince = sameRoom && isSpare ? (before.spareSince ?? at) : null
  const shrinks = isSpare && (spareSince === null || isDue({spareSince}, at))
  const keepsForm = (sameRoom || sameForm) && all.length <= held.flat().length && !shrinks
  const kept = keepsForm ? held : inShape(sameRoom ? held : [], shape)
  const stayed = new Set(kept.flat())
  const rest = all.filter(agent => !stayed.has(agent))
  const lines = kept.map(line => line.map(agent => agent ?? rest.shift() ?? null))
  return {lines, width, height, abreast, spareSince: keepsForm ? spareSince : null}
}

/** Whether the grid has had a line or column to spare for so long that it is made smaller. */
export function isDue({spareSince}: Pick<PanePlaces, 'spareSince'>, at: number): boolean {
  return spareSince !== null && at - spareSince >= SPARE_MS
}

/** Whether a whole line or column of a grid would be free. */
function hasSpare(grid: readonly (readonly unknown[])[], count: number): boolean {
  const [lines, columns] = [grid.length, grid[0]?.length ?? 0]
  return count <= (lines - 1) * columns || count <= lines * (columns - 1)
}

/** Cells of a form, with those who had them. */
function inShape(held: readonly (readonly (AgentId | null)[])[], shape: readonly number[]): (AgentId | null)[][] {
  return shape.map((members, line) => Array.from({length: members}, (_, column) => held[line]?.[column] ?? null))
}

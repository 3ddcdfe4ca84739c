import {isDeepStrictEqual} from 'node:util'
import {fit, safeLine, textWidth, truncate} from '../../base/text.ts'
import {AGENT_STATES} from '../../model/agent/states.ts'
import {around} from '../layout/tabs.ts'
import type {Fleet, RepositoryRow} from '../state/fleet.ts'
import type {ClientState} from '../state/state.ts'
import type {Glyphs, Tone} from '../text/theme.ts'
import {needsOf} from './needs-you.ts'

/** The tab of a repository, made from its own state. An equal `before` is given back, so that selectors see no change. */
export function repositoryRow(name: string, state: ClientState, before?: RepositoryRow): RepositoryRow {
  const row: RepositoryRow = {
    name,
    working: state.agents.filter(row => AGENT_STATES[row.state].busy).length,
    needs: needsOf(state),
    health: healthOf(state),
  }
  return before && isDeepStrictEqual(row, before) ? before : row
}

function healthOf({link, header}: ClientState): RepositoryRow['health'] {
  if (link.state === 'failed' || (header !== null && header.troubles.length > 0)) return 'troubled'
  return link.state === 'connected' ? 'good' : 'opening'
}

/** `count`: how many of it, null: one glyph says it all. */
type Badge = {glyph: 'working' | 'attention' | 'starting' | 'failed'; count: number | null; tone: Tone}

/** A tab as it is drawn. Badges that are null leave their room blank, so that no tab moves when another's state does. */
export type RepositoryTab = {
  index: number
  label: string
  badges: readonly {badge: Badge | null; width: number}[]
  width: number
}

/** `left`: tabs that have no room, before and after those that are drawn. */
type RepositoryLine = {
  tabs: readonly RepositoryTab[]
  left: {before: readonly number[]; after: readonly number[]}
}

/** Names longer than this are cut when not all tabs have room. */
const SHORT_NAME = 8
/** Columns for the number of tabs that are left out at an end: `+9 `. */
const MORE_WIDTH = 3

/**
 * The tabs that `cols` columns have room for: with a badge for each state, else with the one that matters most, else
 * with short names, and at last only those around the shown one.
 */
export function repositoryLine({repositories, shown}: Fleet, cols: number): RepositoryLine {
  const whole = repositories.map((row, index) => tab(index, safeLine(row.name), allBadges(row)))
  const brief = repositories.map((row, index) => tab(index, safeLine(row.name), urgentBadge(row)))
  const short = repositories.map((row, index) => tab(index, truncate(safeLine(row.name), SHORT_NAME), urgentBadge(row)))
  const tabs = [whole, brief, short].find(candidate => widthOf(candidate) <= cols)
  if (tabs) return {tabs, left: {before: [], after: []}}
  const kept = around(short, shown, cols - 2 * MORE_WIDTH)
  const indices = repositories.map((_, index) => index)
  return {
    tabs: kept,
    left: {before: indices.slice(0, kept[0]!.index), after: indices.slice(kept.at(-1)!.index + 1)},
  }
}

/** `+2 `, the columns of what is left out at an end; empty when nothing is. */
export function moreLabel(left: readonly number[]): string {
  return left.length === 0 ? '' : fit(`+${left.length}`, MORE_WIDTH)
}

/** The repository whose tab is under a column of the line. */
export function repositoryAt(fleet: Fleet, cols: number, col: number): number | undefined {
  const {tabs, left} = repositoryLine(fleet, cols)
  let start = moreLabel(left.before).length
  for (const {index, width} of tabs) {
    if (col >= start && col < start + width) return index
    start += width
  }
  return undefined
}

/** A badge as text, in its room. */
export function badgeText({badge, width}: RepositoryTab['badges'][number], glyphs: Glyphs): string {
  return fit(badge === null ? '' : `${glyphs[badge.glyph]}${badge.count ?? ''}`, width)
}

function tab(index: number, name: string, badges: RepositoryTab['badges']): RepositoryTab {
  const label = ` ${name} `
  return {index, label, badges, width: textWidth(label) + badges.reduce((sum, {width}) => sum + width + 1, 0)}
}

function allBadges(row: RepositoryRow): RepositoryTab['badges'] {
  const counted = (badge: Badge) => ({
    badge: badge.count === 0 ? null : badge,
    width: 1 + String(badge.count).length,
  })
  return [
    counted({glyph: 'working', count: row.working, tone: 'working'}),
    counted({glyph: 'attention', count: row.needs.length, tone: 'attention'}),
    {badge: healthBadge(row), width: 1},
  ]
}

/** The one badge of a narrow tab: what needs a person comes first, then what is wrong, then what goes well. */
function urgentBadge(row: RepositoryRow): RepositoryTab['badges'] {
  const attention: Badge | null = row.needs.length > 0 ? {glyph: 'attention', count: null, tone: 'attention'} : null
  const working: Badge | null = row.working > 0 ? {glyph: 'working', count: null, tone: 'working'} : null
  return [{badge: attention ?? healthBadge(row) ?? working, width: 1}]
}

function healthBadge({health}: RepositoryRow): Badge | null {
  if (health === 'good') return null
  return health === 'troubled'
    ? {glyph: 'failed', count: null, tone: 'bad'}
    : {glyph: 'starting', count: null, tone: 'muted'}
}

function widthOf(tabs: readonly RepositoryTab[]): number {
  return tabs.reduce((sum, {width}) => sum + width, 0)
}

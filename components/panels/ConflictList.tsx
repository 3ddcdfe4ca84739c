import {useKeyName, useSlice, useTheme} from '../../hooks/useClient.ts'
import {useList} from '../../hooks/useList.ts'
import {useListFigures} from '../../hooks/useListFigures.ts'
import {useAges} from '../../hooks/useNow.ts'
import {safeLine} from '../../src/base/text.ts'
import {count} from '../../src/base/words.ts'
import {visibleRows} from '../../src/client/panels/lists.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {type Line, splitLine} from '../../src/client/text/line.ts'
import type {Glyphs} from '../../src/client/text/theme.ts'
import {touchedText} from '../../src/model/hub/holds/touched.ts'
import {cursorOf} from '../elements/cursor.ts'
import {emptyConflicts} from './empty.ts'
import {Panel} from './Panel.tsx'

/** What does not merge, with the first path in which it conflicts; hollow: not all of it is committed. */
export function ConflictList({rect}: {rect: Rect}) {
  const {glyphs} = useTheme()
  const keyName = useKeyName()
  const known = useSlice(state => state.header?.main != null)
  const {rows, all, selected, focused, marked, position} = useList('conflicts', rect)
  const figures = useListFigures('conflicts')
  const filter = useSlice(({ui}) => ui.filters.conflicts)
  const ages = useAges(rows.map(row => row.since))
  const lines = rows.map((row, index): Line => {
    const more = row.files.length > 1 ? ` +${row.files.length - 1}` : ''
    return splitLine(
      [
        ...cursorOf(glyphs, {selected: index === selected, focused, marked: marked[index] ?? false}),
        row.committed ? {text: `${glyphs.failed} `, tone: 'bad'} : {text: `${glyphs.starting} `, tone: 'attention'},
        {text: safeLine(row.one.label).padStart(4)},
        {text: ` ${glyphs.against} `, tone: 'muted'},
        {text: safeLine(row.other?.label ?? 'main').padEnd(4)},
        {text: ` ${lastParts(safeLine(row.files[0]?.path ?? ''))}${more}`, tone: 'muted'},
      ],
      [{text: ages[index]!.padStart(4), tone: 'muted'}],
      rect.width - 2,
    )
  })
  const sides = useSlice(state => state.sides.length)
  const room = visibleRows('conflicts', rect)
  const hasBottom = all.length > 0 && room < rect.height - 2
  const reserved = useSlice(({hub}) => hub.reservations).flatMap((row): Line[] =>
    row.touched.length === 0
      ? []
      : [
          splitLine(
            [{text: `  ${glyphs.attention} ${safeLine(touchedText(row))}`, tone: 'attention'}],
            [],
            rect.width - 2,
          ),
        ],
  )
  // Below the rows, where there is room: they are nothing to choose.
  const free = Math.max(0, room - lines.length)
  const below = [...reserved, ...Array.from({length: free}, (): Line => [])].slice(0, free)
  const bottom = hasBottom
    ? [restLine({sides, conflicts: all.length, key: keyName('conflicts.matrix'), glyphs, width: rect.width - 2})]
    : []
  return (
    <Panel
      rect={rect}
      panel="conflicts"
      figures={[...figures, ...(all.length === 0 ? [] : [{text: count(all.length, 'pair'), tone: 'bad' as const}])]}
      focused={focused}
      position={position}
      lines={
        all.length === 0
          ? [...emptyConflicts(glyphs, known, filter, keyName('app.back')), ...reserved]
          : [...lines.slice(0, room), ...below, ...bottom]
      }
    />
  )
}

/** How many pairs merge: each side with main, and with each other side; and the key that shows all. */
function restLine(given: {sides: number; conflicts: number; key: string; glyphs: Glyphs; width: number}): Line {
  const {sides, conflicts, key, glyphs, width} = given
  const merging = Math.max(0, (sides * (sides + 1)) / 2 - conflicts)
  return splitLine(
    [
      {text: `  ${glyphs.done} `, tone: 'good'},
      {text: merging === 1 ? '1 other pair merges' : `${merging} other pairs merge`, tone: 'muted'},
    ],
    [
      {text: key, tone: 'accent'},
      {text: ' all', tone: 'muted'},
    ],
    width,
  )
}

/** The end of a path distinguishes files; its beginning is mostly the same. */
function lastParts(path: string): string {
  return path.split('/').slice(-2).join('/')
}

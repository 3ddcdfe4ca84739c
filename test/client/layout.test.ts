import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {computeLayout, type LayoutInput} from '../../src/client/layout/layout.ts'
import type {Focus, Rect} from '../../src/client/state/types.ts'

const paneIds = (count: number) => Array.from({length: count}, (_, index) => `pane-${index + 1}`)

const panels = ['issues', 'pulls', 'conflicts', 'events', 'peers'] as const

const inputs = fc
  .record({
    cols: fc.integer({min: 1, max: 300}),
    rows: fc.integer({min: 1, max: 100}),
    count: fc.integer({min: 0, max: 12}),
    onPane: fc.boolean(),
    place: fc.nat(),
    zoom: fc.boolean(),
    fleet: fc.boolean(),
    tour: fc.boolean(),
    arrangement: fc.record({
      lists: fc.option(fc.integer({min: 1, max: 400}), {nil: null}),
      abreast: fc.option(fc.integer({min: 1, max: 12}), {nil: null}),
    }),
    overlays: fc.array(
      fc.record({
        anchor: fc.constantFrom('center' as const, 'beside' as const),
        width: fc.integer({min: 1, max: 400}),
        height: fc.integer({min: 1, max: 200}),
      }),
      {maxLength: 3},
    ),
  })
  .map(({count, onPane, place, ...rest}): LayoutInput => {
    const panes = paneIds(count)
    const focus: Focus =
      onPane && count > 0
        ? {place: 'pane', pane: panes[place % count]!, attached: place % 2 === 0}
        : {place: 'panel', panel: panels[place % 5]!}
    return {...rest, panes, focus, collapsed: place % 3 === 0 ? ['peers'] : []}
  })

const at120x34 = (count: number, change: Partial<LayoutInput> = {}) =>
  computeLayout({
    cols: 120,
    rows: 34,
    panes: paneIds(count),
    focus: {place: 'panel', panel: 'issues'},
    zoom: false,
    overlays: [],
    ...change,
  })

describe('the layout', () => {
  it('never lets two places overlap, leave the screen or lose their inner cells', () => {
    fc.assert(
      fc.property(inputs, input => {
        const layout = computeLayout(input)
        const screen = {row: 0, col: 0, width: input.cols, height: input.rows}
        const places = [
          layout.header,
          layout.footer,
          ...(layout.repositories ? [layout.repositories] : []),
          ...(layout.tabs ? [layout.tabs] : []),
          ...(layout.hint ? [layout.hint] : []),
          ...layout.panels.map(({rect}) => rect),
          ...layout.panes.map(({frame}) => frame),
          ...(layout.paneArea ? [layout.paneArea] : []),
        ]
        for (const rect of [...places, ...layout.overlays]) expect(inside(rect, screen)).toBe(true)
        places.forEach((a, index) => {
          for (const b of places.slice(index + 1)) expect(overlap(a, b)).toBe(false)
        })
        for (const {frame, inner} of layout.panes) expect(inside(inner, frame)).toBe(true)
        expect(layout.overlays).toHaveLength(input.overlays.length)
      }),
      {numRuns: 2000},
    )
  })

  it('covers every cell and gives each pane room to work when it is large enough', () => {
    fc.assert(
      fc.property(inputs, input => {
        const layout = computeLayout(input)
        if (layout.kind === 'too-small') return
        const places = [
          layout.header,
          layout.footer,
          ...(layout.repositories ? [layout.repositories] : []),
          ...(layout.tabs ? [layout.tabs] : []),
          ...(layout.hint ? [layout.hint] : []),
          ...layout.panels.map(({rect}) => rect),
          ...layout.panes.map(({frame}) => frame),
          ...(layout.paneArea ? [layout.paneArea] : []),
        ]
        const area = places.reduce((sum, rect) => sum + rect.width * rect.height, 0)
        expect(area).toBe(input.cols * input.rows)
        // Who makes the lists wider takes it from the agents knowingly.
        if (input.arrangement?.lists != null) return
        for (const {inner} of layout.panes) {
          expect(inner.width).toBeGreaterThanOrEqual(18)
          expect(inner.height).toBeGreaterThanOrEqual(3)
        }
      }),
      {numRuns: 2000},
    )
  })

  it('is the drawing at 120x34 with four agents', () => {
    const {panels: lists, panes, kind} = at120x34(4)
    expect(kind).toBe('wide')
    expect(lists.map(({panel, rect}) => [panel, rect.row, rect.width, rect.height])).toEqual([
      ['issues', 1, 42, 10],
      ['pulls', 11, 42, 7],
      ['conflicts', 18, 42, 5],
      ['events', 23, 42, 5],
      ['peers', 28, 42, 5],
    ])
    const alone = at120x34(4, {collapsed: ['peers']}).panels
    expect(alone.map(({rect}) => rect.height)).toEqual([11, 8, 6, 6, 1])
    expect(panes.map(({frame}) => [frame.row, frame.col, frame.width, frame.height])).toEqual([
      [1, 42, 39, 16],
      [1, 81, 39, 16],
      [17, 42, 39, 16],
      [17, 81, 39, 16],
    ])
  })

  it('shows one place with tabs at 80x24', () => {
    const pane: Focus = {place: 'pane', pane: 'pane-2', attached: true}
    const small = at120x34(3, {cols: 80, rows: 24, focus: pane})
    expect(small.kind).toBe('small')
    expect(small.tabs).toEqual({row: 1, col: 0, width: 80, height: 1})
    expect(small.panes.map(slot => slot.pane)).toEqual(['pane-2'])
    expect(small.panes[0]!.inner).toEqual({row: 3, col: 1, width: 78, height: 19})
    expect(at120x34(3, {cols: 80, rows: 24}).panels.map(({panel}) => panel)).toEqual(['issues'])
  })

  it('gives a zoomed pane the whole body', () => {
    const zoomed = at120x34(4, {zoom: true, focus: {place: 'pane', pane: 'pane-3', attached: false}})
    expect(zoomed.panels).toEqual([])
    expect(zoomed.panes.map(({pane, frame}) => [pane, frame.width, frame.height])).toEqual([['pane-3', 120, 32]])
  })

  it('leaves an area for the empty state without agents', () => {
    expect(at120x34(0).paneArea).toEqual({row: 1, col: 42, width: 78, height: 32})
    expect(at120x34(1).paneArea).toBeNull()
  })

  it('says so when the terminal is too small', () => {
    expect(at120x34(2, {cols: 39, rows: 24}).kind).toBe('too-small')
    expect(at120x34(2, {cols: 80, rows: 9}).kind).toBe('too-small')
    expect(at120x34(2, {cols: 40, rows: 10}).kind).toBe('small')
  })
})

function inside(inner: Rect, outer: Rect): boolean {
  return (
    inner.width >= 0 &&
    inner.height >= 0 &&
    inner.row >= outer.row &&
    inner.col >= outer.col &&
    inner.row + inner.height <= outer.row + outer.height &&
    inner.col + inner.width <= outer.col + outer.width
  )
}

function overlap(a: Rect, b: Rect): boolean {
  if (a.width * a.height === 0 || b.width * b.height === 0) return false
  return a.row < b.row + b.height && b.row < a.row + a.height && a.col < b.col + b.width && b.col < a.col + a.width
}

import {expect, it} from 'vitest'
import {paneTitle} from '../../components/panes/paneTitle.ts'
import {lineWidth} from '../../src/client/text/line.ts'
import {defaultTheme} from '../../src/client/text/theme.ts'
import type {AgentRow} from '../../src/protocol/daemon.ts'
import {agent} from '../client/samples.ts'

const asking = agent(1, {
  state: 'waiting',
  activity: 'asks',
  ticket: 123,
  title: 'Fix login redirect',
  ticketCost: 0.42,
})

function titleAt(width: number, change: {scrolled?: number; attached?: boolean; row?: AgentRow} = {}) {
  const {scrolled = 0, attached = false, row = asking} = change
  const {glyphs} = defaultTheme
  const {title, figures} = paneTitle({agent: row, since: '3m', scrolled, attached, focused: false, width, glyphs})
  const text = (line: typeof title) => line.map(segment => segment.text).join('')
  return {title: text(title), figures: text(figures), taken: lineWidth(figures)}
}

it.each([
  [20, 'a1 #123', '◆ 3m'],
  [24, 'a001 #123', '◆ asks'],
  [27, 'a001 #123', '◆ asks 3m'],
  [36, 'a001 #123 Fix login redirect', '◆ asks 3m'],
  [44, 'a001 #123 Fix login redirect', '◆ asks 3m $0.42'],
])('tells the most that %i columns have room for', (width, title, figures) => {
  expect(titleAt(width)).toMatchObject({title, figures})
})

it.each([
  [39, 'a001 #123 Fix login redirect', '◆ asks 3m'],
  [50, 'a001 #123 Fix login redirect', '◆ asks Bash np… 3m $0.42'],
  [70, 'a001 #123 Fix login redirect', '◆ asks Bash npm install left-pad 3m $0.42'],
])('tells what an issue is about before what is asked for, in %i columns', (width, title, figures) => {
  const row = {...asking, doing: 'Bash npm install left-pad'}
  expect(titleAt(width, {row})).toMatchObject({title, figures})
})

it('tells what a tool works on when the title has its room', () => {
  const row = {...asking, state: 'working' as const, activity: 'Edit', doing: 'src/a.ts'}
  expect(titleAt(44, {row}).figures).toBe('● Edit 3m $0.42')
  expect(titleAt(80, {row}).figures).toBe('● Edit src/a.ts 3m $0.42')
})

it('always has the name, the ticket and the state', () => {
  for (let width = 20; width < 60; width++) {
    const {title, figures, taken} = titleAt(width)
    expect(title).toMatch(/^a(00)?1 #123/)
    expect(figures).toMatch(/^◆/)
    expect(taken).toBeLessThan(width - 4 - 8 + 1)
  }
})

it('says what a person did to the pane before what its agent does', () => {
  expect(titleAt(20, {scrolled: 120}).figures).toBe('↑120 ◆')
  expect(titleAt(20, {attached: true}).figures).toBe('typing ◆')
})

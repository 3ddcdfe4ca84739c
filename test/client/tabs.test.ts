import {describe, expect, it} from 'vitest'
import {tabAt, tabLine} from '../../src/client/layout/tabs.ts'
import type {Focus} from '../../src/client/state/types.ts'
import type {AgentId} from '../../src/model/data/ids.ts'
import {agent} from './samples.ts'

const issues: Focus = {place: 'panel', panel: 'issues'}
const pane = (index: number): Focus => ({place: 'pane', pane: `pane-${index}`, attached: false})
const agents = (count: number) =>
  Array.from({length: count}, (_, index) => ({
    ...agent(index + 1),
    agent: `agent${String(index + 1).padStart(3, '0')}` as AgentId,
  }))

function labels(count: number, cols: number, focus: Focus = issues) {
  const {panels, agents: right} = tabLine({agents: agents(count), focus, cols})
  return [panels, right].map(tabs => tabs.map(({label}) => label.trim()).join(','))
}

describe('tabs', () => {
  it.each([
    [4, 80, issues, '1 Issues,2 PRs,3 Conflicts,4 Events,5 Peers', 'a001,a002,a003,a004'],
    [8, 80, issues, '1 Issues,2,3,4,5', 'a001,a002,a003,a004,a005,a006,a007,a008'],
    [12, 80, issues, '1 Issues,2,3,4,5', '1,2,3,4,5,6,7,8,9,10,11,12'],
    [12, 40, pane(9), '1,2,3,4,5', '7,8,9,10,11'],
    [12, 40, issues, '1,2,3,4,5', '1,2,3,4,5,6'],
  ])('of %i agents fit into %i columns', (count, cols, focus, left, right) => {
    expect(labels(count, cols, focus)).toEqual([left, right])
  })

  it('always show the focused agent and never more than there is room for', () => {
    for (let count = 1; count <= 12; count++) {
      for (let cols = 40; cols <= 100; cols++) {
        for (let index = 1; index <= count; index++) {
          const line = tabLine({agents: agents(count), focus: pane(index), cols})
          const taken = [...line.panels, ...line.agents].reduce((sum, {width}) => sum + width, 0)
          expect(taken).toBeLessThan(cols)
          expect(line.agents.some(tab => tab.focus.place === 'pane' && tab.focus.pane === `pane-${index}`)).toBe(true)
        }
      }
    }
  })

  it('are found where they are drawn', () => {
    const drawn = {agents: agents(12), focus: pane(9), cols: 40}
    expect(tabAt(drawn, 1)?.label).toBe(' 1 ')
    expect(tabAt(drawn, 39)?.label).toBe(' 11')
    expect(tabAt(drawn, 15)).toBeUndefined()
  })
})

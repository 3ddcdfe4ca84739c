import {describe, expect, it} from 'vitest'
import {textWidth} from '../../src/base/text.ts'
import {reasonColumn} from '../../src/client/panels/reason.ts'
import {ticket} from './samples.ts'

const arrow = {to: '→'}
const rows = [
  ticket({number: 1, agent: 'agent001', phase: 'working', attention: 'asks: run npm install cookie@1.0.2'}),
  ticket({number: 2, gate: {kind: 'waits', text: 'waits for #127 and #128'}}),
  ticket({number: 3, gate: {kind: 'label', text: 'no label route:ready'}}),
  ticket({number: 4, agent: 'agent004', phase: 'review', detail: 'checks'}),
  ticket({number: 5, foreignOwner: 'studio-of-somebody-else'}),
  ticket({number: 6, priority: 'high'}),
]

describe('the reasons of the queue', () => {
  it('are words in a narrow list, all in one column', () => {
    const reasonOf = reasonColumn(rows, 40, arrow)
    expect(rows.map(reasonOf)).toEqual([
      'a001       ',
      '→127       ',
      'label      ',
      'checks     ',
      expect.stringMatching(/^studio.*…$/),
      'high       ',
    ])
  })

  it('are sentences where there is room, cut with an ellipsis', () => {
    const reasonOf = reasonColumn(rows, 78, arrow)
    expect(rows.map(reasonOf).map(text => text.trimEnd())).toEqual([
      expect.stringMatching(/^a001 asks: run npm inst.*…$/),
      'waits for #127 and #128',
      'no label route:ready',
      'a004 checks',
      expect.stringMatching(/^claimed by studio/),
      'high',
    ])
    expect(new Set(rows.map(row => textWidth(reasonOf(row)))).size).toBe(1)
  })

  it('take no more than the longest of them', () => {
    expect(reasonColumn([ticket({number: 1, priority: 'high'})], 78, arrow)(rows[5]!)).toBe('high')
    expect(reasonColumn([ticket({number: 1})], 78, arrow)(ticket({number: 1}))).toBe('')
  })
})

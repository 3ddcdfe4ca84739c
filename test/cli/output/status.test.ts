import {stripVTControlCharacters} from 'node:util'
import {describe, expect, it} from 'vitest'
import {textWidth} from '../../../src/base/text.ts'
import {statusText} from '../../../src/cli/output/status.ts'
import {columns, paperOf} from '../../../src/cli/output/text.ts'
import type {DaemonState} from '../../../src/protocol/daemon.ts'
import {NOW, shop} from '../../client/samples.ts'

const TERMINAL = {columns: 80, colour: true}

const text = (state: DaemonState, change: Partial<Parameters<typeof statusText>[1]> = {}) =>
  statusText(state, {agentsOnly: false, now: NOW, running: true, ...change})

describe('status', () => {
  it('shows agents, queue, pull requests, train, what landed today and what happened', async () => {
    const state = shop
    const shown = await text({
      ...state,
      events: [
        {seq: 2, at: NOW, repository: 'r', type: 'pr_merged', ticket: 120, message: '#120 landed through #130'},
        {seq: 1, at: NOW - 3 * 86_400_000, repository: 'r', type: 'pr_merged', ticket: 99, message: '#99 landed'},
      ],
    })
    expect(shown).toMatch(/^Queue: \d+ ready/m)
    expect(shown).toMatch(/^Pull requests: \d+ open/m)
    expect(shown).toMatch(/^Train: /m)
    expect(shown).toMatch(/^Landed today: .*#120/m)
    expect(shown).not.toMatch(/^Landed today: .*#99/m)
    expect(shown).toContain('#120 landed through #130')
    expect(shown).toMatch(/^a001 /m)
  })

  it('of an empty repository says so', async () => {
    const state = {...shop, tickets: [], pulls: [], events: []}
    const shown = await text(state)
    expect(shown).toMatch(/^Queue: 0 ready\nPull requests: none open\nTrain: .*\nLanded today: nothing$/m)
  })

  it('without a daemon shows no agents and no time of a train', async () => {
    const shown = await text(shop, {running: false})
    expect(shown).not.toMatch(/^a001 /m)
    expect(shown).toContain('no train')
  })

  it('fits the width of a terminal, and colours nothing without one', async () => {
    const long = shop
    const state = {...long, pulls: long.pulls.map(row => ({...row, title: 'A title that goes on and on '.repeat(8)}))}
    const tables = (await text(state, {paper: TERMINAL})).split('\n').filter(line => /#\d+ +A title/.test(line))
    expect(tables.length).toBeGreaterThan(0)
    for (const line of tables) {
      expect(textWidth(stripVTControlCharacters(line))).toBeLessThanOrEqual(80)
      expect(line).toContain('…')
    }
    expect(await text(state, {paper: TERMINAL})).not.toBe(
      stripVTControlCharacters(await text(state, {paper: TERMINAL})),
    )
    const plain = await text(state)
    expect(plain).toBe(stripVTControlCharacters(plain))
  })
})

describe('columns on a terminal', () => {
  it('take from the widest until a row is one line, and say with an ellipsis what is cut', async () => {
    const rows = [['#1', 'x'.repeat(60), 'y'.repeat(50), 'clean']]
    const head = [{title: 'PULL'}, {title: 'TITLE'}, {title: 'WHY'}, {title: 'MERGE'}]
    for (const width of [120, 80, 50, 30]) {
      const lines = columns(head, rows, {paper: {columns: width, colour: false}}).split('\n')
      for (const line of lines) expect(textWidth(line), `${width}`).toBeLessThanOrEqual(width)
      expect(lines.join()).toMatch(/…/)
      expect(lines.join()).toContain('#1')
    }
    expect(columns(head, rows).split('\n')[1]).not.toContain('…')
  })

  it.each([
    ['no terminal', {isTTY: false, columns: 80}, {}, {columns: Number.POSITIVE_INFINITY, colour: false}],
    ['a terminal', {isTTY: true, columns: 80, hasColors: () => true}, {}, {columns: 80, colour: true}],
    ['NO_COLOR', {isTTY: true, columns: 80, hasColors: () => true}, {NO_COLOR: '1'}, {columns: 80, colour: false}],
    ['an unknown width', {isTTY: true, columns: 0, hasColors: () => false}, {}, {columns: 80, colour: false}],
  ])('are as %s is', (_, stdout, env, expected) => {
    expect(paperOf(stdout as never, env)).toEqual(expected)
  })
})

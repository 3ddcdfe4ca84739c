import {describe, expect, it} from 'vitest'
import {repositoryRow} from '../../src/client/fleet/repositories.ts'
import type {Update} from '../../src/client/state/client-store.ts'
import type {RepositoryRow} from '../../src/client/state/fleet.ts'
import {initialState} from '../../src/client/state/state.ts'
import * as update from '../../src/client/state/update.ts'
import {type Theme, themeFor} from '../../src/client/text/theme.ts'
import {header, NOW, shop} from '../client/samples.ts'
import {cellText, drawnCells} from './drawn-cells.tsx'
import {mountApp} from './render.tsx'

const empty = initialState({now: NOW, cols: 120, rows: 34})
const row = (name: string, change: Partial<RepositoryRow> = {}): RepositoryRow => ({
  ...repositoryRow(name, {...empty, header, link: {state: 'connected'}}),
  ...change,
})
const asking = {
  focus: {place: 'panel', panel: 'issues'} as const,
  issue: 9,
  agent: null,
  title: 'Slow answers',
  what: 'checks failed twice',
  since: NOW - 60_000,
}

const shown = repositoryRow('shop', {...empty, ...shop, link: {state: 'connected'}, lists: {...empty.lists}})
const repositories = [
  shown,
  row('api', {working: 2, needs: [asking, {...asking, issue: 11, what: 'asks who pays'}]}),
  row('docs', {health: 'opening'}),
  row('legacy', {health: 'troubled'}),
]
const told: readonly Update[] = [
  update.daemonSaid(shop),
  update.linkIs({state: 'connected'}),
  update.fleetIs({repositories, shown: 0}),
]

async function drawn(theme: Theme): Promise<string[]> {
  const cells = cellText(await drawnCells({cols: 80, rows: 24, theme, updates: told})).split('\n')
  return cells.slice(0, 2)
}

describe('the line of repositories', () => {
  it('shows what each one does, by glyph and colour', async () => {
    expect(await drawn(themeFor({}))).toEqual([
      '| shop ●3 ◆1    api ●2 ◆2    docs       ◐  legacy       ✗             [ ] switch |',
      ' aaaaaaaaaaaaaabbbbbcccbbbddddddddddddddddddddddddddddddee            ddddddddddd',
    ])
  })

  it('tells the same without colours, and in ASCII', async () => {
    expect(await drawn(themeFor({NO_COLOR: '1'}))).toEqual([
      '| shop ●3 ◆1    api ●2 ◆2    docs       ◐  legacy       ✗             [ ] switch |',
      ' aaaaaaaaaaaaaabbbbb   bbbccccccccccccccccccccccccccccccbb            ccccccccccc',
    ])
    const [ascii] = await drawn(themeFor({LC_ALL: 'C'}))
    expect(ascii).toBe('| shop *3 !1    api *2 !2    docs       ~  legacy       x             [ ] switch |')
  })

  it('stands above the header and leaves the rest as it was, in every size', async () => {
    for (const [cols, rows] of [
      [40, 10],
      [80, 24],
      [120, 34],
      [200, 50],
    ] as const) {
      const lines = await mountApp({cols, rows}).after(...told)
      expect(lines).toHaveLength(rows)
      expect(lines[0]).toMatch(/^ shop .*api.*docs.*legacy/)
      expect(lines[1]).toMatch(/^ clambake {2}/)
      const alone = await mountApp({cols, rows: rows - 1}).after(...told.slice(0, 2))
      if (rows !== 10) expect(lines.slice(1, 5)).toEqual(alone.slice(0, 4))
    }
  })

  it('is not there for one repository', async () => {
    const lines = await mountApp({cols: 80, rows: 24}).after(...told.slice(0, 2))
    expect(lines[0]).toMatch(/^ clambake {2}/)
  })

  it('tells of those that have no room, and whether one of them needs somebody', async () => {
    const many = Array.from({length: 12}, (_, index) =>
      row(`repository-${index}`, index === 11 ? {needs: [asking]} : {}),
    )
    const lines = await mountApp({cols: 40, rows: 10}).after(
      ...told.slice(0, 2),
      update.fleetIs({repositories: many, shown: 5}),
    )
    expect(lines[0]).toMatch(/^\+4 .*reposit….*\+\d/)
  })
})

it('lists what needs a person in all of them, with where that is', async () => {
  const lines = await mountApp({cols: 100, rows: 30}).after(...told, update.openDialog({kind: 'attention', index: 1}))
  const text = lines.join('\n')
  expect(text).toMatch(/Needs you .* 3 places/)
  expect(text).toMatch(/ {2}◆ shop {4} #123 a001 {2}asks Bash npm install cookie@1\.0\.2 .* 3m/)
  expect(text).toMatch(/▸ ◆ api {5} {3}#9 {7}checks failed twice {2}Slow answers .* 1m/)
  expect(text).toMatch(/#11 {7}asks who pays/)
  expect(text).toContain('⏎ go there')
})

it.each([
  [80, 24],
  [120, 34],
])('tells at %ix%i why a repository cannot be opened, and what mends it', async (cols, rows) => {
  const error = {
    code: 'wrong-config',
    message: '/work/legacy/clambake.toml: unknown key routing.agent; did you mean routing.agents?',
    next: 'correct the file',
    exitCode: 2,
  } as const
  const screen = mountApp({cols, rows})
  const lines = await screen.after(
    update.fleetIs({repositories, shown: 3}),
    update.linkIs({state: 'failed', since: NOW, error}),
  )
  expect(lines[1]).toMatch(/✗ cannot be opened ?$/)
  const text = lines.map(line => line.slice(1, cols === 80 ? 79 : 41).trim()).join(' ')
  expect(text).toContain('unknown')
  expect(text).toContain('next: correct the file')
})

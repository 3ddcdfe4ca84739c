import {describe, expect, it} from 'vitest'
import {textWidth} from '../../src/base/text.ts'
import * as update from '../../src/client/state/update.ts'
import {themeFor} from '../../src/client/text/theme.ts'
import {NO_HUB} from '../../src/protocol/daemon/hub.ts'
import {agent, header, NOW, shop, ticket} from '../client/samples.ts'
import {mountApp} from './render.tsx'

/** Nothing is held and no other session is here, so that the lists have their usual room. */
const quiet = {...shop, hub: {...NO_HUB, link: {is: 'here'} as const}}
const told = [update.daemonSaid(quiet), update.linkIs({state: 'connected'})]

describe('the screen', () => {
  it.each([
    [40, 10],
    [80, 24],
    [100, 30],
    [120, 34],
    [200, 50],
  ])('fills %ix%i exactly: every border ends in its column', async (cols, rows) => {
    const screen = mountApp({cols, rows})
    const lines = await screen.after(...told)
    expect(lines).toHaveLength(rows)
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(cols)
    const layout = screen.store.getState().layout
    const frames = [...layout.panels.map(({rect}) => rect), ...layout.panes.map(({frame}) => frame)]
    expect(frames.length).toBeGreaterThan(0)
    for (const {row, col, width, height} of frames) {
      // The panel of peers has nothing to show.
      if (height === 1) {
        expect(lines[row]!.slice(col, col + width)).toMatch(/^── 5 Peers ─+ no other session ──$/)
        continue
      }
      expect(lines[row]?.[col], `top left at ${row},${col}`).toMatch(/[╭┏]/)
      expect(cell(lines[row]!, col + width - 1)).toMatch(/[╮┓]/)
      expect(cell(lines[row + height - 1]!, col)).toMatch(/[╰┗]/)
      expect(cell(lines[row + height - 1]!, col + width - 1)).toMatch(/[╯┛]/)
    }
  })

  it('is the drawing at 120x34', async () => {
    const lines = await mountApp({cols: 120, rows: 34}).after(...told)
    expect(lines.slice(0, 12).map(line => line.slice(0, 43))).toEqual([
      ' clambake  acme/shop  main 4f2c9d1  ● 3 wor',
      '┏━ 1 Issues ━━━━━━━━━━━━━━━━━━━ 3 ready ━┓╭',
      '┃▸ ◆ #123 Fix login redirect a… a001   3m┃│',
      '┃  ● #131 Add rate limit to /s… a002  11m┃│',
      '┃  ● #118 Drop moment.js        a003  24m┃│',
      '┃  ● #140 Cart: round totals    a004   1m┃│',
      '┃  ↑ #127 Search index stalls   high   2d┃│',
      '┃  · #133 Docs: webhook retries        5d┃│',
      '┃  · #136 Typo in checkout             6d┃│',
      '┃  ⚑ #129 Split cart service    →127   9d┃│',
      '┃  ◇ #101 Choose a tax provider human  3w┃│',
      '┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛│',
    ])
    expect(lines[0]).toMatch(/◆ 1 needs you {2}○ 0 free +train 04:12 · 2 aboard {3}api 4,812 {3}\$3\.41 ?$/)
    expect(lines[1]).toMatch(/╭─ a001 #123 Fix login … ─ ◆ asks 3m ─╮╭─ a002 #131 Add rate … ─ ● Edit 11m ─╮$/)
    expect(lines[13]).toContain('✗ #209 Retry payment webho… ci red 31m')
    expect(lines[14]).toContain('◐ #214 bundle 09:40 · 3 ti… ci 4/6  2m')
    expect(lines[18]).toContain('train: 2 aboard, leaves at 09:51')
    expect(lines[21]).toContain('✗ #131 × #140 cart/total.ts +1      6m')
    expect(lines[27]).toContain('09:46  a001 asks: run npm install')
    expect(lines[33]).toMatch(/^ p pop {2}r route {2}L land {2}X recover .* \? help {2}q quit/)
  })

  it('names no time of a train that a halt keeps from leaving', async () => {
    const screen = mountApp({cols: 120, rows: 34})
    const lines = await screen.after(update.daemonSaid({...quiet, header: {...shop.header, halted: 'paused by ada'}}))
    expect(lines[18]).toContain('train: halted, 2 aboard ')
  })

  it('puts a pull request that waits for a person first, in the colour that calls one', async () => {
    const screen = mountApp({cols: 120, rows: 34})
    const waiting = shop.pulls.map(row => (row.number === 214 ? {...row, attention: '0 of 1 approvals'} : row))
    const lines = await screen.after(update.daemonSaid({...quiet, pulls: waiting}))
    expect(lines[13]).toContain('◆ #214 bundle 09:40 · 3… needs you  2m')
    expect(lines[14]).toContain('✗ #209 Retry payment webho… ci red 31m')
  })

  it('leaves the inside of panes blank for the compositor', async () => {
    const screen = mountApp({cols: 120, rows: 34})
    const lines = await screen.after(...told)
    for (const {inner} of screen.store.getState().layout.panes) {
      for (let row = inner.row; row < inner.row + inner.height; row++) {
        expect(lines[row]!.slice(inner.col, inner.col + inner.width).trim()).toBe('')
      }
    }
  })

  it('has tabs and one place at 80x24', async () => {
    const screen = mountApp({cols: 80, rows: 24})
    const lists = await screen.after(...told)
    expect(lists[1]).toMatch(
      /^ 1 Issues {2}2 PRs {2}3 Conflicts {2}4 Events {2}5 Peers +a001◆ {2}a002● {2}a003● {2}a004● ?$/,
    )
    expect(lists[2]).toMatch(/^┏━ 1 Issues/)
    const pane = await screen.after(update.focusPane('pane-1', {attached: true}))
    expect(pane[2]).toMatch(/^┏━ a001 #123 Fix logi… ━ typing ◆ asks Bash npm install cookie@1\.0\.2 3m \$0\.42 ━┓$/)
    expect(pane[23]).toMatch(/\^\] detach .*keys go to a001/)
  })

  it('says so when the terminal is too small', async () => {
    const lines = await mountApp({cols: 38, rows: 9}).after(...told)
    expect(lines.join('\n')).toContain('terminal is 38x9\nclambake needs 40x10\nagents keep running\nq leaves')
  })

  it('draws a heavier border where the focus is', async () => {
    const screen = mountApp({cols: 120, rows: 34})
    await screen.after(...told)
    const lines = await screen.after(update.focusPane('pane-2', {attached: false}))
    expect(lines[1]).toMatch(/^╭─ 1 Issues.*┏━ a002 #131/)
  })

  it('tells how far a pane is scrolled back', async () => {
    const screen = mountApp({cols: 200, rows: 50})
    await screen.after(...told)
    expect((await screen.after(update.paneScrolled('pane-1', 1204)))[1]).toContain(
      '─ ↑1,204 ◆ asks Bash npm install coo… 3m $0.42 ─╮',
    )
    expect((await screen.after(update.paneScrolled('pane-1', 0)))[1]).not.toContain('↑1,204')
  })

  it('draws the same in ASCII', async () => {
    const lines = await mountApp({cols: 120, rows: 34, theme: themeFor({LC_ALL: 'C'})}).after(
      ...told,
      update.daemonSaid({pulls: [], events: []}),
    )
    expect(lines.slice(1).join('')).toMatch(/^[\x20-\x7e]*$/)
    expect(lines[2]).toMatch(/^#> ! #123 Fix login/)
  })

  it('draws colours by meaning, and none under NO_COLOR', async () => {
    const colored = mountApp({cols: 120, rows: 34})
    await colored.after(...told)
    expect(colored.raw()).toContain('\x1b[33m')
    const plain = mountApp({cols: 120, rows: 34, theme: themeFor({NO_COLOR: '1'})})
    await plain.after(...told)
    expect(plain.raw()).not.toMatch(/\x1b\[3[0-7]m|\x1b\[9[0-7]m|\x1b\[38/)
    expect(plain.lines()[2]).toContain('◆ #123')
  })
})

describe('lists', () => {
  it('show a window of 1,100 issues and follow the selection', async () => {
    const tickets = Array.from({length: 1100}, (_, index) => ticket({number: 1000 + index}))
    const screen = mountApp({cols: 120, rows: 34})
    const first = await screen.after(update.daemonSaid({...quiet, tickets}), update.linkIs({state: 'connected'}))
    expect(first[1]).toContain('1,100 ready')
    expect(first[2]).toContain('▸ · #1000 ')
    expect(first[10]).toContain('#1008 ')
    const last = await screen.after(update.moveSelection('issues', Number.POSITIVE_INFINITY))
    expect(last[10]).toContain('▸ · #2099 ')
    expect(last[2]).toContain('#2091 ')
  })

  it('make text from outside harmless and keep columns with wide characters', async () => {
    const tickets = [
      ticket({number: 1, title: 'evil \x1b]52;c;aGk=\x07\x1b[31mred\u202e title'}),
      ticket({number: 2, title: '日本語のとても長いタイトルです、はみ出します'}),
    ]
    const screen = mountApp({cols: 120, rows: 34})
    const lines = await screen.after(update.daemonSaid({...shop, tickets}))
    expect(screen.raw()).not.toContain(']52')
    expect(lines[2]).toContain('evil red\ufffd title')
    expect(cell(lines[3]!, 41)).toBe('┃')
    expect(lines[3]).toMatch(/… +5d┃/)
  })

  it('say what to press when they are empty', async () => {
    const screen = mountApp({cols: 120, rows: 34})
    const empty = {...shop, tickets: [], pulls: [], conflicts: [], events: [], agents: []}
    const text = (await screen.after(update.daemonSaid(empty))).join('\n')
    expect(text).toContain('no open issue')
    expect(text).toContain('R looks again')
    expect(text).toContain('no pull request is open')
    expect(text).toContain('nothing conflicts')
    const touched = [{label: '#9', agent: null, path: 'cart/a.ts'}]
    const kept = {
      id: 1,
      pattern: 'cart/**',
      from: 'docs-77b1',
      instance: 'docs-77b1',
      why: '',
      at: 0,
      expiresAt: 1,
      agent: null,
    }
    const reserved = {
      ...empty,
      hub: {
        ...empty.hub,
        reservations: [
          {...kept, touched},
          {...kept, id: 2, touched: []},
        ],
      },
    }
    const shown = (await screen.after(update.daemonSaid(reserved))).join('\n')
    expect(shown.match(/cart\/\*\* is reserved by/g)).toHaveLength(1)
    expect(text).toMatch(/no agent runs[\s\S]*no issue is open[\s\S]*R {2}looks at GitHub again/)
    const starting = shop.agents.map((agent, index) => ({...agent, ticket: index + 1, pane: null}))
    const begun = (
      await screen.after(update.daemonSaid({...empty, agents: starting, tickets: [ticket({number: 9})]}))
    ).join()
    expect(begun).toContain(`${starting.length} agents are starting`)
    // All are taken: there is none to press a key for.
    expect(begun).not.toContain('claims the next of')
    await screen.after(update.daemonSaid(empty))
    const filtered = await screen.after(update.filterIs('issues', {text: 'xyz', editing: false}))
    expect(filtered.join('\n')).toMatch(/no issue matches xyz[\s\S]*Esc clears the filter/)
  })
})

describe('waiting', () => {
  it('says what is waited for since the start, how to leave after a while, and which keys wait', async () => {
    const screen = mountApp({cols: 120, rows: 34})
    const first = (await screen.after(update.timeIs(NOW + 3000), update.earlyKeysAre(['j', 'P']))).join('\n')
    expect(first).toMatch(/starting the daemon 3s[\s\S]*pressed once it is there: j P/)
    expect(first).not.toContain('leaves; it continues')
    const reading = update.daemonSaid({...shop, agents: [], tickets: [], header: {...header, main: null}})
    const later = (await screen.after(reading, update.linkIs({state: 'connected'}), update.timeIs(NOW + 12_000))).join()
    expect(later).toMatch(/reading issues and pull requests from GitHub 12s/)
    expect(later).toContain('q  leaves; it continues, and agents keep running')
  })

  it('says that the daemon is starting, or away, and since when', async () => {
    const screen = mountApp({cols: 120, rows: 34})
    expect((await screen.after(update.timeIs(NOW + 3000)))[0]).toContain('starting the daemon 3s')
    const away = await screen.after(...told, update.linkIs({state: 'reconnecting', since: NOW}))
    expect(away[0]).toContain('daemon away, agents keep running 3s')
    expect(away[2]).toContain('#123')
  })

  it('shows an operation with its age, and how to leave it after ten seconds', async () => {
    const screen = mountApp({cols: 120, rows: 34})
    const pending = update.operationStarted({id: 1, label: 'claiming', since: NOW})
    expect((await screen.after(...told, pending, update.timeIs(NOW + 2000)))[33]).toMatch(/claiming 2s $|claiming 2s$/)
    expect((await screen.after(update.timeIs(NOW + 12_000)))[33]).toContain('q leaves, it continues 12s')
  })

  it('reads no keys itself: they go through the input router', async () => {
    const screen = mountApp({cols: 100, rows: 30})
    await screen.after(...told)
    const [before, state] = [screen.frames(), screen.store.getState()]
    for (const key of ['q', '?', '\r', '\x1b[B', '\x03']) await screen.type(key)
    expect(screen.frames()).toBe(before)
    expect(screen.store.getState()).toBe(state)
  })

  it('draws nothing when nothing that is shown changes', async () => {
    const screen = mountApp({cols: 120, rows: 34})
    await screen.after(...told)
    const before = screen.frames()
    await screen.after(update.timeIs(NOW + 250), update.timeIs(NOW + 500))
    expect(screen.frames()).toBe(before)
  })
})

describe('the header', () => {
  it('shows what is left of the budget that is nearer to its end', async () => {
    const api = {...header.api!, graphql: {limit: 5000, remaining: 1234, resetAt: NOW}}
    const [line] = await mountApp({cols: 120, rows: 34}).after(...told, update.daemonSaid({header: {...header, api}}))
    expect(line).toContain('api 1,234 ')
  })

  it('puts trouble in front and drops the least when it is narrow', async () => {
    const troubled = {...header, troubles: ['GitHub answers 503 since 09:41'], readOnly: true}
    const wide = await mountApp({cols: 120, rows: 34}).after(...told, update.daemonSaid({header: troubled}))
    expect(wide[0]).toContain('✗ GitHub answers 503 since 09:41')
    expect(wide[0]).toContain('◆ 1 needs you')
    const narrow = await mountApp({cols: 60, rows: 20}).after(...told)
    expect(narrow[0]).toContain('●3 ◆1 ○0')
    expect(narrow[0]).toContain('clambake')
  })

  it.each([
    [120, 34],
    [80, 24],
  ])('cuts a long trouble to the room that is left at %ix%i', async (cols, rows) => {
    const text =
      'git could not fetch: https://github.example/acme/shop.git does not answer (Failed to connect: timed out)'
    const troubled = {...header, troubles: [text]}
    const [line] = await mountApp({cols, rows}).after(...told, update.daemonSaid({header: troubled}))
    expect(line).toMatch(/✗ git could not fetch: .*… *$/)
    expect(line).toContain('acme/shop')
  })

  it('counts agents by what a person has to know', async () => {
    const agents = [
      agent(1, {state: 'waiting'}),
      agent(2, {state: 'available', pane: null}),
      agent(3, {state: 'cleanup'}),
    ]
    const screen = mountApp({cols: 120, rows: 34})
    const lines = await screen.after(...told, update.daemonSaid({agents, tickets: []}))
    expect(lines[0]).toContain('● 1 working  ◆ 1 needs you  ○ 1 free')
    // No agent holds it, and it waits for a person all the same.
    const left = ticket({number: 9, attention: 'it failed 5 times'})
    expect((await screen.after(update.daemonSaid({tickets: [left]})))[0]).toContain('◆ 2 need you')
  })
})

/** The character that stands in a column, wide ones before it counted as two. */
function cell(line: string, column: number): string {
  let at = 0
  for (const {segment} of new Intl.Segmenter().segment(line)) {
    if (at === column) return segment
    at += textWidth(segment)
  }
  return ''
}

import {setTimeout as sleep} from 'node:timers/promises'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import type {App} from '../e2e/driver/app.ts'
import {openPlay} from '../e2e/stage.ts'
import type {SvgTheme} from './svg.ts'

const LONG_MS = 600_000
/** Twelve programs start, on few cores. */
const START_MS = 180_000
/** A pane's first frame comes well within this time. */
const PANES_MS = 3000

const TITLES = [
  'Fix login redirect after signup',
  'Add rate limit to /search',
  'Drop moment.js',
  'Cart: round totals to cents',
  'Search index stalls under load',
  'Retry payment webhooks',
  'Export orders as CSV',
  'Cache the product list',
  'Show tax for each line',
  'Typo in checkout',
  'Docs: webhook signatures',
  'Log failed logins',
]

/** Twelve at work, of which three ask; behind them issues of every kind of wait. */
const ISSUES: readonly DemoIssue[] = [
  ...TITLES.map(
    (title, index): DemoIssue => ({
      title,
      body: title,
      labels: ['route:ready', 'route:priority-high'],
      turns: [
        [
          {do: 'say', text: `I begin with ${title}.`},
          {do: 'run', args: ['git', 'log', '--oneline', '-3']},
          ...(index % 5 === 0 ? [{do: 'ask', command: 'npm install cookie@1.0.2'} as const] : []),
          {do: 'sleep', ms: LONG_MS},
        ],
      ],
    }),
  ),
  {title: 'Split cart service', body: 'Depends on #5', labels: ['route:ready'], turns: []},
  {title: 'Choose a tax provider', body: '', labels: ['route:ready', 'human-only'], turns: []},
  {title: 'Rename the shop', body: '', labels: [], turns: []},
  {title: 'Move to the new address book', body: '', labels: ['route:ready'], turns: []},
]

const LOOKS: readonly {name: string; theme: SvgTheme; env: Readonly<Record<string, string>>}[] = [
  {name: 'dark', theme: 'dark', env: {COLORTERM: 'truecolor', COLORFGBG: '15;0'}},
  {name: 'light', theme: 'light', env: {COLORTERM: 'truecolor', COLORFGBG: '0;15'}},
  {name: 'no-color', theme: 'dark', env: {NO_COLOR: '1'}},
  {name: '16', theme: 'dark', env: {COLORTERM: '', TERM: 'xterm-16color'}},
  {name: 'ascii', theme: 'dark', env: {CLAMBAKE_ASCII: '1'}},
]
const SIZES = [
  {cols: 80, rows: 24},
  {cols: 120, rows: 40},
  {cols: 200, rows: 50},
]

/** Takes the pictures of a day of twelve agents: every size in the dark, and every look in the middle size. */
export async function twelve(save: (app: App, name: string, theme: SvgTheme) => void): Promise<void> {
  await using play = await openPlay({issues: ISSUES, agents: 12, pace: 150, env: {TZ: 'UTC'}})
  const empty = play.open(SIZES[1]!)
  await empty.sees('no agent runs')
  save(empty, 'twelve-empty', 'dark')
  await empty.press('r')
  await empty.sees('12 working', {timeoutMs: START_MS}).catch(() => empty.sees('need you', {timeoutMs: START_MS}))
  await empty.sees('3 need you', {timeoutMs: START_MS})
  await sleep(PANES_MS)
  save(empty, 'twelve-started', 'dark')
  const take = async (name: string, size: {cols: number; rows: number}, look: (typeof LOOKS)[number]) => {
    await using app = play.open({...size, env: look.env})
    await app.sees('3 need you').catch(() => app.sees('3'))
    await sleep(PANES_MS)
    save(app, name, look.theme)
    if (look.name !== 'dark') return
    await app.press('p')
    await sleep(PANES_MS)
    save(app, `${name}-message`, look.theme)
    // Together they would be one key with Alt.
    await app.press('escape')
    await sleep(200)
    await app.press('!')
    await sleep(PANES_MS)
    save(app, `${name}-need`, look.theme)
    await app.press('1', 'G', 'i')
    await sleep(PANES_MS)
    save(app, `${name}-details`, look.theme)
  }
  for (const size of SIZES) await take(`twelve-${size.cols}x${size.rows}`, size, LOOKS[0]!)
  for (const look of LOOKS.slice(1)) await take(`twelve-120x40-${look.name}`, SIZES[1]!, look)
  // One leaves its place, and the next agent takes it.
  await play.command(['agents', 'stop', 'agent005'])
  await sleep(PANES_MS)
  await sleep(PANES_MS)
  save(empty, 'twelve-one-gone', 'dark')
}

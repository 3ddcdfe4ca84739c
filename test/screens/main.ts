import {mkdirSync, writeFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import type {App} from '../e2e/driver/app.ts'
import {openPlay} from '../e2e/stage.ts'
import {PICTURE_ISSUES, pictureCi} from './issues.ts'
import {record} from './record.ts'
import type {SvgTheme} from './svg.ts'
import {twelve} from './twelve.ts'

/**
 * Takes the pictures of docs/screens from the real screen, on a stage of its own: `npm run screenshot`. Beside them it
 * puts more views, at two sizes, into .cache/screens, to be looked at after a change of the screen. `--record` records the
 * demo instead, as a picture that plays by itself, and puts some of its frames there; `--twelve` takes those of a day of
 * twelve agents, at three sizes and in every look.
 */
const ROOT = resolve(import.meta.dirname, '../..')
const DOCS = join(ROOT, 'docs/screens')
const VIEWS = join(ROOT, '.cache/screens')
/** What would tell of the machine or change with every run must not be in a picture. */
const FORBIDDEN = /\/tmp\/|\/root|\/home\/|clambake-e2e/

function save(app: App, name: string, {theme = 'dark', folder = DOCS}: {theme?: SvgTheme; folder?: string} = {}): void {
  const svg = app.svg(theme)
  const found = FORBIDDEN.exec(app.screen())
  if (found) throw new Error(`the picture ${name} shows ${found[0]}:\n${app.screen()}`)
  writeFileSync(join(folder, `${name}.svg`), svg)
  console.log(`${folder === DOCS ? 'docs/screens' : '.cache/screens'}/${name}.svg ${Math.round(svg.length / 1024)} kB`)
}

/** Fits beside text on a page and holds four agents. */
const SIZE = {cols: 132, rows: 36}
/** A pane's first frame comes well within this time; agents at work never stop drawing, so none is waited for. */
const PANES_MS = 1500
/** A small terminal, and a large one. */
const SIZES = [
  {cols: 80, rows: 24},
  {cols: 200, rows: 50},
]

for (const folder of [DOCS, VIEWS]) mkdirSync(folder, {recursive: true})
const asked = parseArgs({options: {record: {type: 'boolean'}, twelve: {type: 'boolean'}}}).values
if (asked.twelve) {
  await twelve((app, name, theme) => save(app, name, {theme, folder: VIEWS}))
  process.exit()
}
if (asked.record) {
  await record(join(DOCS, 'demo.svg'), {views: VIEWS})
  process.exit()
}
const pictures = pictureCi()
await using play = await openPlay({
  issues: PICTURE_ISSUES,
  ci: pictures.script,
  pace: 150,
  trainMinutes: 15,
  env: {TZ: 'UTC'},
})
using _released = pictures
// As wide as the demo's titles need: the rest is the agents'.
mkdirSync(join(play.env.HOME!, '.config/clambake'), {recursive: true})
writeFileSync(join(play.env.HOME!, '.config/clambake/taste.json'), JSON.stringify({layouts: {'*': {lists: 44}}}))

/** Takes the same view at both sizes. */
async function views(name: string, walk: (app: App) => Promise<void>): Promise<void> {
  for (const size of SIZES) {
    await using app = play.open(size)
    await app.sees('acme/shop')
    await walk(app)
    // The panes come after the lists, and their agents never stop drawing.
    await sleep(PANES_MS)
    save(app, `${name}-${size.cols}x${size.rows}`, {folder: VIEWS})
  }
}

const wide = play.open(SIZE)
await wide.sees('#1 Docs')
// One after another, so that the same board the train in the same order in every picture.
for (const ticket of [1, 2, 3, 4]) {
  await play.popped(ticket)
  await play.bottled(ticket)
}
await wide.sees(/#1 ?× ?#4|#4 ?× ?#1/, {timeoutMs: 60_000})
// Messages have gone.
await wide.seesNo('to tell both', {timeoutMs: 60_000})
await wide.press('L')
await wide.sees('board one bundle')
await sleep(PANES_MS)
save(wide, 'land')
await views('land', async app => {
  await app.press('L')
  await app.sees('board one bundle')
})
await views('land-edit', async app => {
  await app.press('L')
  await app.sees('board one bundle')
  await app.press('e', 'j', 'space', 'j', 'j')
  await app.sees('cannot board')
})
await wide.press('enter')
await wide.sees('ci 1/2', {timeoutMs: 60_000})
await wide.press('r')
for (const text of ['1 needs you', 'want to proceed', '60 a minute', 'M src/date', 'src/cart/page.ts:']) {
  await wide.sees(text, {timeoutMs: 60_000})
}
await wide.sees(/#3 ?× ?#6|#6 ?× ?#3/, {timeoutMs: 60_000})
await wide.seesNo('claimed #')
await wide.seesNo('to tell both', {timeoutMs: 60_000})
await wide.press('g')
await wide.sees(/▸ ◆ +#5/)
save(wide, 'main')
await wide.press('m')
await wide.sees('Who conflicts with whom')
save(wide, 'conflicts')
await wide.press('escape')
await wide.seesNo('Who conflicts')
const toBundle = async (app: App) => {
  await app.press('2')
  await app.sees('Bundle of 3')
  await app.press('d')
  await app.sees('@@')
}
await toBundle(wide)
await wide.sees('Retries')
await wide.press('c')
await wide.type('Say what happens after a day.')
await wide.press('ctrl+s', ']')
await wide.sees('toLowerCase')
await wide.press('j', 'c')
await wide.type('The entries are not all in lower case.')
await wide.press('ctrl+s', 's')
await wide.sees('Send the review?')
await sleep(PANES_MS)
save(wide, 'review')
await wide.press('escape')
await wide.seesNo('Send the review?')
await wide.press('escape')
await wide.seesNo('against main')
await wide.press('1', '?')
await wide.sees('read and answer messages between sessions')
save(wide, 'help')
await wide.press('q')
await wide.seesNo('read and answer messages between sessions')

const light = play.open({...SIZE, env: {COLORFGBG: '0;15'}})
await light.sees('want to proceed')
await sleep(PANES_MS)
save(light, 'light', {theme: 'light'})
await light.press('q')
await light.gone()

const small = play.open(SIZES[0])
await small.sees('Search index')
await small.press('!')
await small.sees('want to proceed')
await sleep(PANES_MS)
save(small, 'small')
await small.press('q')
await small.gone()

// Another width changes what the terminals show, so these come after the pictures.
await views('main', app => app.sees('#5 Fix login'))
await views('conflicts', async app => {
  await app.press('3')
  await app.sees('docs/webhooks.md')
})
await views('matrix', async app => {
  await app.press('m')
  await app.sees('Who conflicts with whom')
})
await views('bundle-diff', toBundle)
await views('review', async app => {
  await toBundle(app)
  await app.sees('not sent')
  await app.press('s')
  await app.sees('Send the review?')
})

pictures.turnRed()
await wide.sees('Bundle of 1', {timeoutMs: 60_000})
await views('parted', async app => {
  await app.press('2')
  await app.sees('Bundle of')
})
await views('parted-land', async app => {
  await app.press('L')
  await app.sees('under way')
})
await wide.press('q')
await wide.gone()

import {mkdirSync, writeFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import type {App} from '../e2e/driver/app.ts'
import {openPlay} from '../e2e/stage.ts'
import {PICTURE_CI, PICTURE_ISSUES} from './issues.ts'
import type {SvgTheme} from './svg.ts'

/** Takes the pictures of docs/screens from the real screen, on a stage of its own: `npm run screenshot`. */
const OUT = resolve(import.meta.dirname, '../../docs/screens')
/** What would tell of the machine or change with every run must not be in a picture. */
const FORBIDDEN = /\/tmp\/|\/root|\/home\/|clambake-e2e/

function save(app: App, name: string, theme: SvgTheme = 'dark'): void {
  const svg = app.svg(theme)
  const found = FORBIDDEN.exec(app.screen())
  if (found) throw new Error(`the picture ${name} shows ${found[0]}:\n${app.screen()}`)
  writeFileSync(join(OUT, `${name}.svg`), svg)
  console.log(`docs/screens/${name}.svg ${Math.round(svg.length / 1024)} kB`)
}

/** Fits beside text on a page and holds four agents. */
const SIZE = {cols: 132, rows: 36}

mkdirSync(OUT, {recursive: true})
await using play = await openPlay({
  issues: PICTURE_ISSUES,
  ci: PICTURE_CI,
  pace: 150,
  trainMinutes: 15,
  env: {TZ: 'UTC'},
})
// As wide as the demo's titles need: the rest is the agents'.
mkdirSync(join(play.env.HOME!, '.config/clambake'), {recursive: true})
writeFileSync(join(play.env.HOME!, '.config/clambake/taste.json'), JSON.stringify({layouts: {'*': {lists: 44}}}))
const wide = play.open(SIZE)
await wide.sees('#1 Docs')
await wide.press('p')
await wide.sees('bottled', {timeoutMs: 60_000})
await wide.sees('4 free')
await wide.seesNo('claimed by a001')
await wide.press('L')
await wide.sees('pull request is opened')
await wide.idle()
save(wide, 'land')
await wide.press('enter')
await wide.sees('ci 1/2', {timeoutMs: 60_000})
await wide.press('r')
for (const text of ['1 needs you', 'want to proceed', '60 a minute', 'M src/date', 'src/cart/page.ts:']) {
  await wide.sees(text, {timeoutMs: 60_000})
}
await wide.seesNo('claimed #')
await wide.press('g')
await wide.sees(/▸ ◆ +#2/)
save(wide, 'main')
await wide.press('?')
await wide.sees('Moving')
save(wide, 'help')
await wide.press('q')
await wide.seesNo('Moving')
await wide.press('q')
await wide.gone()

const light = play.open({...SIZE, env: {COLORFGBG: '0;15'}})
await light.sees('want to proceed')
save(light, 'light', 'light')
await light.press('q')
await light.gone()

const small = play.open({cols: 80, rows: 24})
await small.sees('Search index')
await small.press('!')
await small.sees('want to proceed')
await small.idle()
save(small, 'small')
await small.press('q')
await small.gone()

import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {TRUE_COLOR} from '../../src/protocol/cells.ts'
import type {App} from './driver/app.ts'
import {openPlay, type Play} from './stage.ts'

/** No agent runs: the screen is looked at. */
const ISSUES = [{title: 'Fix login redirect', body: '', labels: ['route:ready'], turns: []}]

let play: Play
beforeAll(async () => {
  play = await openPlay({issues: ISSUES})
})
afterAll(() => play[Symbol.asyncDispose]())
// A person without a taste of their own.
beforeEach(() => rmSync(tasteFile(), {force: true}))

function tasteFile(): string {
  return join(play.env.HOME!, '.config/clambake/taste.json')
}

function likes(taste: unknown): void {
  mkdirSync(join(tasteFile(), '..'), {recursive: true})
  writeFileSync(tasteFile(), JSON.stringify(taste))
}

/** Colours of all cells that have one, but the terminal's own. */
function colors(app: App): Set<number> {
  const {fg, bg} = app.grid()
  return new Set([...fg, ...bg].filter(color => color !== -1))
}

const DARK_ACCENT = TRUE_COLOR + 0x7cc0ff
const LIGHT_ACCENT = TRUE_COLOR + 0x1f56c4

/** What a screen shows that is opened, looked at and left. */
async function shown(env: Record<string, string> = {}): Promise<{colors: Set<number>; screen: string}> {
  const app = play.open({env})
  await app.sees('Fix login')
  await app.idle()
  const seen = {colors: colors(app), screen: app.screen()}
  await app.press('q')
  await app.gone()
  return seen
}

describe('the screen looks as the terminal wants it', () => {
  it('dark, with all its colours and borders', async () => {
    const {colors: dark, screen} = await shown()
    expect(dark).toContain(DARK_ACCENT)
    expect(screen).toContain('┏━ 1 Issues')
  })

  it('light', async () => {
    expect((await shown({COLORFGBG: '0;15'})).colors).toContain(LIGHT_ACCENT)
  })

  it('in sixteen colours', async () => {
    const named = (await shown({TERM: 'xterm', COLORTERM: ''})).colors
    expect([...named].every(color => color < 16)).toBe(true)
  })

  it('without colours', async () => {
    expect((await shown({NO_COLOR: '1'})).colors).toEqual(new Set())
  })

  it('in ASCII', async () => {
    expect((await shown({LANG: 'C', LC_ALL: 'C'})).screen).toMatch(/^[\x20-\x7e\n]*$/)
  })
})

it("a person's theme and glyphs outweigh what the terminal says", async () => {
  likes({theme: 'light', glyphs: 'ascii'})
  const liked = await shown()
  expect(liked.colors).toContain(LIGHT_ACCENT)
  expect(liked.screen).toContain('#= 1 Issues')
  likes({theme: 'plain'})
  expect((await shown()).colors).toEqual(new Set())
})

it('has the keys that the person likes', async () => {
  likes({keys: {'app.help': 'f1', 'app.quit': 'ctrl+q', 'app.zoom': []}})
  const app = play.open()
  await app.sees('Fix login')
  await app.sees(/f1 help +\^q quit/i)
  await app.type('\x1bOP')
  await app.sees('claim the next ready issue')
  await app.press('pagedown', 'pagedown', 'pagedown')
  await app.sees(/f1 +show all keys/i)
  await app.sees(/\^q +leave the screen/)
  await app.press('escape')
  await app.seesNo('show all keys')
  await app.press('ctrl+q')
  expect(await app.gone()).toMatchObject({exitCode: 0})
})

it.each([
  [{keys: {'queue.route': 'p'}}, 'the key `p` is set for both `queue.pop` and `queue.route`', 'another key'],
  [{keys: {'app.hlep': 'h'}}, '`app.hlep`, which is not a command'],
  [{keys: {'app.help': 'hyper+h'}}, '`hyper+h` for `app.help` is not a key'],
  [{theme: 'neon'}, 'theme must be one of', 'correct the file'],
] as const)('says what is wrong with a taste: %j', async (taste, ...said) => {
  likes(taste)
  const wrong = play.open({cols: 200})
  expect(await wrong.gone()).toMatchObject({exitCode: 2})
  expect(wrong.isFullScreen).toBe(false)
  for (const text of ['taste.json', ...said]) expect(wrong.screen()).toContain(text)
  expect(wrong.screen()).not.toContain('acme/shop')
})

it('remembers how the screen was divided, for this repository', async () => {
  likes({glyphs: 'unicode'})
  const width = (app: App) => (app.screen().split('\n')[1]?.indexOf('┓') ?? -1) + 1
  const first = play.open()
  await first.sees('Fix login')
  expect(width(first)).toBe(42)
  await first.press('>', '>')
  await first.until(() => width(first) === 50, 'to widen the lists')
  await first.press('q')
  await first.gone()
  expect(JSON.parse(readFileSync(tasteFile(), 'utf8'))).toEqual({
    glyphs: 'unicode',
    layouts: {[play.checkout]: {lists: 50}},
  })
  const again = play.open()
  await again.sees('Fix login')
  expect(width(again)).toBe(50)
  await again.press('q')
  await again.gone()
})

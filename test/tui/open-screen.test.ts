import {constants} from 'node:os'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {TRUE_COLOR} from '../../src/protocol/cells.ts'
import {type App, type AppOptions, openApp} from '../e2e/driver/app.ts'
import {bundleProgram} from './programs/bundle.ts'

let program: Awaited<ReturnType<typeof bundleProgram>>
beforeAll(async () => {
  program = await bundleProgram('screen')
})
afterAll(() => program[Symbol.dispose]())

function start(
  options: Partial<Pick<AppOptions, 'cols' | 'rows' | 'background' | 'lateMs'>> & {
    args?: string[]
    env?: Record<string, string>
  } = {},
): App {
  const {args = [], env = {}, ...terminal} = options
  return openApp({
    command: process.execPath,
    args: [program.path, ...args],
    cwd: import.meta.dirname,
    env: sealedEnv('/nonexistent', {NODE_COMPILE_CACHE: program.compiled, ...env}),
    ...{cols: 120, rows: 34, ...terminal},
  })
}

describe('the screen program in a terminal', () => {
  it('shows the queue and the live panes, attaches, detaches and leaves', async () => {
    await using app = start()
    await app.sees('c l a m b a k e')
    await app.sees('acme/shop')
    await app.sees(/pane-1 is \d+x\d+/)
    await app.press('!', 'enter')
    await app.type('hello')
    await app.sees('> hello')
    await app.press('q')
    await app.sees('> helloq')
    await app.press('ctrl+]', 'q')
    expect(await app.gone()).toEqual({exitCode: 0, signal: undefined})
    expect(app.isFullScreen).toBe(false)
    expect(app.modes()).toEqual({wrap: true, cursor: true, paste: false, mouse: 'none', focus: false})
  })

  it('gives the program a paste and never the end of it', async () => {
    await using app = start()
    await app.sees(/pane-1 is/)
    await app.press('!', 'enter')
    await app.paste('two\nlines\x1b[31m')
    await app.sees('> two<d>lines[31m')
  })

  it('starts in the terminal of an agent', async () => {
    await using app = start({args: ['agent002']})
    await app.sees(/pane-2 is/)
    await app.type('straight in')
    await app.sees('> straight in')
    expect(app.screen()).not.toContain('pane-1')
  })

  it('goes from one repository to another, where each has its own terminals', async () => {
    await using app = start({args: ['fleet']})
    await app.sees(/pane-1 is/)
    await app.sees(/shop ●3 ◆1 +api {4}◆1 +nowhere {7}✗/)
    await app.press(']')
    await app.sees(/api-1 is \d+x\d+/)
    expect(app.screen()).toContain('acme/api')
    expect(app.screen()).not.toContain('pane-1')
    await app.press('!', 'enter')
    await app.type('for api]')
    await app.sees('> for api]')
    await app.press('ctrl+]', ']')
    await app.sees('/nowhere is not in a git repository')
    await app.sees('next: git init')
    await app.press('!')
    await app.sees(/pane-1 is/)
    await app.press('!')
    await app.sees('> for api]')
    await app.press('[', 'q')
    expect(await app.gone()).toEqual({exitCode: 0, signal: undefined})
  })

  it('lists what needs somebody in all of them and goes there, with a click on a tab, too', async () => {
    await using app = start({args: ['fleet'], cols: 80, rows: 24})
    await app.sees(/api {4}◆1/)
    await app.press('A')
    await app.sees(/api +#7 a001 {2}asks Bash make/)
    await app.press('j', 'enter')
    await app.sees(/api-1 is \d+x\d+/)
    await app.press('enter')
    await app.type('typed')
    await app.sees('> typed')
    // From a terminal that has the keyboard, and back to it.
    await app.click({row: 0, col: 2})
    await app.sees('acme/shop')
    await app.click({row: 0, col: 18})
    await app.sees('acme/api')
    await app.type(' on')
    await app.sees('> typed on')
  })

  it('says when that agent has no terminal', async () => {
    await using app = start({args: ['agent009']})
    await app.sees('a009 has no terminal now')
  })

  it('fits the panes to the size of the terminal, down to nothing and back', async () => {
    await using app = start({cols: 160, rows: 45})
    await app.sees(/pane-1 is/)
    const before = /pane-1 is \d+x\d+/.exec(app.screen())![0]
    app.resize(200, 50)
    await app.until(() => app.screen().includes('pane-1 is') && !app.screen().includes(before), 'to fit its panes')
    app.resize(20, 5)
    await app.sees(/40/)
    app.resize(160, 45)
    await app.sees(before)
  })

  it('survives a storm of resizes and shows the last size', async () => {
    await using app = start()
    await app.sees(/pane-1 is/)
    for (let step = 0; step < 200; step++) app.resize(1 + ((step * 37) % 180), 1 + ((step * 13) % 60))
    app.resize(120, 34)
    // A picture of an earlier size may stand for a moment, and may have the header in the same place.
    const isWhole = () => /^[^\n]*acme\/shop(?:.*\n){33}.*q quit\s*$/.test(app.screen())
    await app.until(isWhole, 'to fill 34 rows')
    await app.idle()
    expect(isWhole()).toBe(true)
  })

  it('draws anew when the size changed and came back', async () => {
    await using app = start()
    for (const pane of [1, 2, 3, 4]) await app.sees(`pane-${pane} is`)
    await app.idle()
    const before = app.screen()
    // What the terminal does to the picture, and the one signal that is left of two when the program is busy.
    await app.scribble('\x1b[2J')
    app.kill('SIGWINCH')
    await app.until(() => app.screen() === before, 'to draw its screen again')
  })

  it('takes the colours that can be read on the background, which the program in a pane never hears of', async () => {
    await using app = start({background: 'fdfd/f6f6/e3e3', args: ['agent001']})
    await app.sees(/pane-1 is/)
    await app.type('x')
    await app.sees('> x')
    expect(app.screen()).not.toContain('rgb:')
    const shows = (app: App, color: number) =>
      app.until(() => app.grid().fg.includes(TRUE_COLOR + color), `to draw in ${color.toString(16)}`)
    await shows(app, 0x5f6672)
    await using dark = start({background: '1e1e/1e1e/2e2e'})
    await dark.sees(/pane-1 is/)
    await shows(dark, 0x9aa2ae)
  })

  it('takes them though a slow line brings the answer after the first picture', async () => {
    await using app = start({background: 'fdfd/f6f6/e3e3', lateMs: 400, args: ['agent001']})
    await app.sees(/pane-1 is/)
    await app.until(() => app.grid().fg.includes(TRUE_COLOR + 0x5f6672), 'to draw on a light background')
    await app.type('x')
    await app.sees('> x')
  })

  it('draws without colours when it is asked to', async () => {
    await using app = start({env: {NO_COLOR: '1'}})
    await app.sees(/pane-1 is/)
    const {fg, bg} = app.grid()
    expect(fg.every(color => color === -1) && bg.every(color => color === -1)).toBe(true)
  })

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('ends on %s and gives the terminal back', async signal => {
    await using app = start()
    await app.sees(/pane-1 is/)
    app.kill(signal)
    expect((await app.gone()).signal).toBe(constants.signals[signal])
    await app.until(() => !app.isFullScreen && app.modes().cursor, 'to give the terminal back')
  })

  it('goes on after it was stopped and others wrote on the terminal', async () => {
    await using app = start()
    await app.sees(/pane-1 is/)
    await app.idle()
    const before = app.screen()
    app.kill('SIGSTOP')
    await app.scribble('\x1b[?1049l\x1b[2J\x1b[Hshell prompt')
    app.kill('SIGCONT')
    await app.until(() => app.isFullScreen && app.screen() === before, 'to draw its screen again')
  })
})

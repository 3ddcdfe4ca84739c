import {describe, expect, it, vi} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {focusPane, focusPanel, openDialog, resized} from '../../src/client/state/update.ts'
import type {PaneModes} from '../../src/protocol/cells.ts'
import {InputRouter} from '../../src/tui/input/router.ts'
import {fakeClient, NO_MODES} from './fake-client.ts'

function setUp(options: {attached?: boolean; modes?: Partial<PaneModes>} = {}) {
  const clock = createFakeClock()
  const client = fakeClient({cols: 120, rows: 34, panes: ['a', 'b']})
  client.store.apply(focusPane('a', {attached: options.attached ?? false}))
  const onBackground = vi.fn<(rgb: number) => void>()
  const router = new InputRouter({client, clock, modes: () => ({...NO_MODES, ...options.modes}), onBackground})
  const inner = client.store.getState().layout.panes[0]!.inner
  return {
    router,
    onBackground,
    clock,
    client,
    inner,
    feed: (text: string) => router.feed(Buffer.from(text)),
    typed: () => client.typed.map(({data}) => data).join(''),
    pressed: () => client.pressed.map(({name}) => name),
    wheel: (direction: 'up' | 'down') =>
      router.feed(Buffer.from(`\x1b[<${direction === 'up' ? 64 : 65};${inner.col + 3};${inner.row + 2}M`)),
  }
}

const CTRL_BRACKET = ['\x1d', '\x1b[93;5u', '\x1b[27;5;93~']

/** Every way to cut the answers of a terminal in two, with the time that a slow line takes between the parts. */
const ANSWERS = '\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\\x1b[?62;4c'
const CUTS = Array.from({length: ANSWERS.length + 1}, (_, at) => [ANSWERS.slice(0, at), ANSWERS.slice(at)] as const)

describe('answers of the terminal', () => {
  it.each([true, false])('never become keys, however late and wherever they are cut (attached: %s)', async attached => {
    for (const [first, rest] of CUTS) {
      const {router, feed, clock, pressed, typed} = setUp({attached})
      router.expectAnswer()
      await clock.advance(1000)
      feed(first)
      await clock.advance(150)
      feed(rest)
      await clock.advance(5000)
      expect([pressed(), typed()], JSON.stringify([first, rest])).toEqual([[], ''])
    }
  })

  it('give the colour of the background, once', async () => {
    const {router, feed, onBackground} = setUp({attached: true})
    router.expectAnswer()
    feed('\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\\x1b[?62;4c')
    feed('\x1b]11;rgb:0000/0000/0000\x1b\\')
    expect(onBackground.mock.calls).toEqual([[0xfdf6e3]])
  })

  it('make no key wait once they are there, nor when they never come', async () => {
    for (const [wait, answer] of [
      [0, '\x1b[?62;4c'],
      [3000, ''],
    ] as const) {
      const {router, feed, clock, pressed} = setUp()
      router.expectAnswer()
      feed(answer)
      await clock.advance(wait)
      feed('\x1b')
      await clock.advance(30)
      expect(pressed()).toEqual(['escape'])
    }
  })
})

describe('keys', () => {
  it('do nothing but leave while the terminal is too small to show what they do', () => {
    const {feed, client, pressed, typed} = setUp({attached: true})
    client.store.apply(resized({cols: 20, rows: 5}))
    const run: string[] = []
    client.run = command => run.push(command)
    feed('L\r')
    expect([pressed(), typed(), run]).toEqual([[], '', []])
    feed('q')
    expect(run).toEqual(['app.quit'])
  })

  it('are commands while no program is attached', () => {
    const {feed, pressed, typed} = setUp()
    feed('j\x1b[A')
    expect(pressed()).toEqual(['j', 'up'])
    expect(typed()).toBe('')
  })

  it('go to the attached program as they came', () => {
    const {feed, pressed, typed} = setUp({attached: true})
    const bytes = 'q\x03\x1bb\x1b[1;5C\x1b[15~ä漢\x1b[13;2u'
    feed(bytes)
    expect(typed()).toBe(bytes)
    expect(pressed()).toEqual([])
  })

  it('are commands while a dialog lies over the attached program', () => {
    const {feed, client, pressed, typed} = setUp({attached: true})
    client.store.apply(openDialog({kind: 'help', top: 0}))
    feed('q')
    expect(pressed()).toEqual(['q'])
    expect(typed()).toBe('')
  })

  it('have the form that the program asked for', () => {
    const {feed, typed} = setUp({attached: true, modes: {applicationCursor: true}})
    feed('\x1b[A\x1b[H\x1bOB')
    expect(typed()).toBe('\x1bOA\x1bOH\x1bOB')
  })

  it('have the form that every program knows, whatever our terminal speaks', () => {
    const {feed, typed} = setUp({attached: true})
    feed('\x1b[99;5u\x1b[27;5;97~\x1b[120;3u\x1b[13u\x1b[27u\x1b[9;2u\x1b[32u')
    expect(typed()).toBe('\x03\x01\x1bx\r\x1b\x1b[Z ')
  })

  it('have the form of xterm, also from tmux, rxvt and the Linux console', () => {
    const {feed, typed} = setUp({attached: true})
    feed('\x1b[1~\x1b[4~\x1b[7~\x1b[8~\x1b[11~\x1b[[A\x1b[14~\x1b[[E\x1b[4;5~')
    expect(typed()).toBe('\x1b[H\x1b[F\x1b[H\x1b[F\x1bOP\x1bOP\x1bOS\x1b[15~\x1b[4;5~')
    const application = setUp({attached: true, modes: {applicationCursor: true}})
    application.feed('\x1b[4~')
    expect(application.typed()).toBe('\x1bOF')
  })

  it('wait only a moment when they begin as a sequence does', async () => {
    const {feed, typed, clock} = setUp({attached: true})
    feed('\x1b')
    expect(typed()).toBe('')
    await clock.advance(30)
    expect(typed()).toBe('\x1b')
    expect(clock.pending).toBe(0)
  })
})

describe('the detach key', () => {
  it.each(CTRL_BRACKET)('%j gives the keyboard back', bytes => {
    const {feed, client, typed} = setUp({attached: true})
    feed(`a${bytes}j`)
    expect(typed()).toBe('a')
    expect(client.store.getState().ui.focus).toEqual({place: 'pane', pane: 'a', attached: false})
    expect(client.pressed.map(({name}) => name)).toEqual([']', 'j'])
  })

  it.each(CTRL_BRACKET)('%j twice is given to the program, which keeps the keyboard', bytes => {
    const {feed, client, typed} = setUp({attached: true})
    feed(bytes + bytes)
    expect(typed()).toBe('\x1d')
    expect(client.store.getState().ui.focus).toEqual({place: 'pane', pane: 'a', attached: true})
  })

  it('pressed again much later, or elsewhere, is a key like others', async () => {
    const {feed, client, clock, typed} = setUp({attached: true})
    feed('\x1d')
    await clock.advance(2000)
    feed('\x1d')
    client.store.apply(focusPane('a', {attached: true}))
    feed('\x1d')
    client.store.apply(focusPanel('issues'))
    feed('\x1d')
    expect(typed()).toBe('')
  })
})

describe('a program that ends while a person types', () => {
  it('gets the rest of what is typed: no key of it is a command', async () => {
    const {feed, client, clock, pressed, typed} = setUp({attached: true})
    feed('git comm')
    client.store.apply(focusPanel('issues'))
    for (const key of ['i', 't', '\r', 'q', 'p']) {
      await clock.advance(300)
      feed(key)
    }
    expect(typed()).toBe('git comm')
    expect(pressed()).toEqual([])
    await clock.advance(800)
    feed('j')
    expect(pressed()).toEqual(['j'])
  })

  it('makes no key wait after the person left it', () => {
    const {feed, pressed} = setUp({attached: true})
    feed('a\x1dj')
    expect(pressed()).toEqual([']', 'j'])
  })
})

describe('a paste', () => {
  const hostile = 'one\rtwo\x1b[201~'

  it('is one key of ours', () => {
    const {feed, client} = setUp()
    feed('\x1b[200~one\rtwo\x1b[201~')
    expect(client.pressed).toMatchObject([{paste: true, text: 'one\ntwo'}])
  })

  it('comes to the program without brackets unless it asked for them', () => {
    const {feed, typed} = setUp({attached: true})
    feed('\x1b[200~one\rtwo\tthree\x1b[201~')
    expect(typed()).toBe('one\rtwo\tthree')
  })

  it('can neither end itself nor command the program', () => {
    const {feed, typed} = setUp({attached: true, modes: {bracketedPaste: true}})
    feed(`\x1b[200~a\x9b201~b\x1b[31mc\x1b]52;c;x\x07d\x03e\x1b[201~`)
    expect(typed()).toBe('\x1b[200~a201~b[31mc]52;c;xde\x1b[201~')
  })

  it('cannot bring its end in pieces', () => {
    const {feed, typed} = setUp({attached: true, modes: {bracketedPaste: true}})
    for (const char of `\x1b[200~${hostile}`) feed(char)
    expect(typed()).toBe('\x1b[200~one\rtwo\x1b[201~')
  })

  it('that stalls is given in parts to the program, and is no key at any cut', async () => {
    const bytes = '\x1b[200~first line\rsecond\x1b[201~'
    for (let cut = '\x1b[200~'.length; cut < bytes.length; cut++) {
      const {feed, typed, client, clock} = setUp({attached: true, modes: {bracketedPaste: true}})
      feed(bytes.slice(0, cut))
      await clock.advance(7000)
      feed(bytes.slice(cut))
      await clock.advance(50)
      feed('x')
      const parts = typed().split(/\x1b\[20[01]~/)
      // Outside of the brackets there is only the key after the paste.
      expect(parts.filter((_, index) => index % 2 === 0).join(''), String(cut)).toBe('x')
      expect(parts.filter((_, index) => index % 2 === 1).join('')).toBe('first line\rsecond')
      expect(client.notices).toHaveLength(1)
    }
  })

  it('that stalls runs no command of the lists, however often it stalls', async () => {
    const {feed, client, clock} = setUp()
    for (const part of ['\x1b[200~a note', '? rest', 'p', 'r', '\x1b', '[201~']) {
      feed(part)
      await clock.advance(1500)
    }
    expect(client.pressed.every(({paste}) => paste)).toBe(true)
    expect(client.pressed.map(({text}) => text).join('')).toBe('a note? restpr')
    feed('j')
    expect(client.pressed.at(-1)).toMatchObject({name: 'j', paste: false})
  })

  it.each(['\x03', '\x1b\x1b'])('whose end is lost ends with %j', async key => {
    const {feed, pressed, clock, client} = setUp()
    feed('\x1b[200~never ended')
    await clock.advance(1100)
    expect(client.notices[0]?.text).toMatch(/has begun and has not ended/)
    feed(key)
    await clock.advance(1100)
    feed('j')
    expect(pressed()).toEqual(['paste', 'j'])
  })

  it('over the limit is refused, and says what was typed of it', async () => {
    const whole = setUp({attached: true})
    whole.feed('\x1b[200~')
    for (let n = 0; n < 12; n++) whole.feed('x'.repeat(100_000))
    whole.feed('\x1b[201~y')
    expect(whole.typed()).toBe('y')
    expect(whole.client.notices).toMatchObject([
      {text: 'The paste has 1,200,000 characters; at most 1,000,000 are taken', kept: 'nothing of it was typed'},
    ])
    const stalled = setUp({attached: true})
    stalled.feed('\x1b[200~begin')
    await stalled.clock.advance(1100)
    stalled.feed(`${'x'.repeat(1_100_000)}\x1b[201~`)
    expect(stalled.typed()).toBe('begin')
    expect(stalled.client.notices.at(-1)?.kept).toBe('its first 5 characters were typed, the rest was not')
  })
})

describe('the wheel', () => {
  it('scrolls the view under the pointer, attached or not', () => {
    for (const attached of [true, false]) {
      const {wheel, client, typed} = setUp({attached})
      wheel('up')
      wheel('down')
      expect(client.scrolled).toEqual([
        {pane: 'a', lines: 3},
        {pane: 'a', lines: -3},
      ])
      expect(typed()).toBe('')
    }
  })

  it('goes to the attached program that asked for the mouse, with its place in the pane', () => {
    const {wheel, client, typed} = setUp({attached: true, modes: {mouse: 'vt200'}})
    wheel('up')
    expect(typed()).toBe('\x1b[<64;3;2M')
    expect(client.scrolled).toEqual([])
  })

  it('is arrow keys for a full-screen program without a mouse', () => {
    const {wheel, typed} = setUp({attached: true, modes: {alternateScreen: true}})
    wheel('down')
    expect(typed()).toBe('\x1b[B\x1b[B\x1b[B')
  })

  it('does nothing under a dialog or beside the panes', () => {
    const {wheel, feed, client} = setUp()
    feed('\x1b[<64;1;1M')
    client.store.apply(state => ({
      ...state,
      layout: {...state.layout, overlays: [{row: 0, col: 0, width: 120, height: 34}]},
    }))
    wheel('up')
    expect(client.scrolled).toEqual([])
  })
})

describe('focus of the terminal', () => {
  it('is told to the attached program if it asked', () => {
    const deaf = setUp({attached: true})
    deaf.feed('\x1b[O\x1b[I')
    expect(deaf.typed()).toBe('')
    const listening = setUp({attached: true, modes: {focusEvents: true}})
    listening.feed('\x1b[O\x1b[I')
    expect(listening.typed()).toBe('\x1b[O\x1b[I')
  })
})

import {EventEmitter} from 'node:events'
import {describe, expect, it} from 'vitest'
import {awaitFirstFrame, namedBackground} from '../../src/tui/first-frame.ts'
import {manualClock} from '../client/clock.ts'

const QUERY = '\x1b]11;?\x07\x1b[c'

function start({env = {}, ask = true, ready = Promise.resolve()}: Partial<Parameters<typeof awaitFirstFrame>[0]> = {}) {
  const stdin = new EventEmitter()
  const clock = manualClock()
  const written: string[] = []
  const stdout = {write: (data: string) => written.push(data) > 0}
  const asked = awaitFirstFrame({stdin, stdout, clock, env, ask, ready})
  return {asked, stdin, clock, written, says: (text: string) => stdin.emit('data', Buffer.from(text))}
}

describe('the background', () => {
  it.each([
    ['\x1b]11;rgb:0000/0000/0000\x07', 'dark'],
    ['\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\', 'dark'],
    ['\x1b]11;rgb:00/2b/36\x07', 'dark'],
    ['\x1b]11;rgb:ffff/ffff/ffff\x07', 'light'],
    ['\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\', 'light'],
    ['\x1b]11;rgba:ffff/ffff/ffff/ffff\x07', 'light'],
    ['\x1b]11;rgb:8/8/8\x07', 'light'],
    ['\x1b]10;rgb:0000/0000/0000\x07', 'unknown'],
    ['', 'unknown'],
  ])('is told by %j: %s', async (answer, background) => {
    const {asked, says, written} = start()
    says(`${answer}\x1b[?62;4c`)
    expect(await asked).toMatchObject({background, pending: false})
    expect(written).toEqual([QUERY])
  })

  it('is taken in pieces, and keys that were typed meanwhile are kept', async () => {
    const {asked, says, stdin} = start()
    for (const piece of ['p\x1b', ']11;rgb:ff', 'ff/ffff/ffff', '\x07q\x1b[?1;2c']) says(piece)
    const {background, early} = await asked
    expect(background).toBe('light')
    expect(Buffer.concat(early).toString()).toContain('p')
    expect(stdin.listenerCount('data')).toBe(0)
  })

  it('is waited for no longer than 50 ms; then the environment says it', async () => {
    const {asked, clock} = start({env: {COLORFGBG: '0;15'}})
    clock.pass(50)
    expect(await asked).toEqual({background: 'light', early: [], pending: true})
    expect(clock.waiting()).toBe(0)
  })

  it('is not asked for where it changes nothing', async () => {
    const {asked, written} = start({ask: false, env: {TERM: 'linux'}})
    expect(await asked).toEqual({background: 'dark', early: [], pending: false})
    expect(written).toEqual([])
  })

  it.each([
    [{COLORFGBG: '15;0'}, 'dark'],
    [{COLORFGBG: '0;default;15'}, 'light'],
    [{COLORFGBG: '12;7'}, 'light'],
    [{COLORFGBG: '12;8'}, 'dark'],
    [{COLORFGBG: 'default;default'}, 'unknown'],
    [{TERM: 'linux'}, 'dark'],
    [{}, 'unknown'],
  ])('is named by %j: %s', (env, background) => {
    expect(namedBackground(env)).toBe(background)
  })
})

describe('the first frame', () => {
  it('waits for what the daemon knows as well, with the keys that are typed meanwhile', async () => {
    const known = Promise.withResolvers<void>()
    const {asked, says, clock} = start({ready: known.promise})
    says('\x1b[?62;4c')
    says('j')
    clock.pass(49)
    known.resolve()
    expect(Buffer.concat((await asked).early).toString()).toBe('\x1b[?62;4cj')
    expect(clock.waiting()).toBe(0)
  })

  it('waits for neither longer than 50 ms', async () => {
    const {asked, says, clock} = start({ready: new Promise(() => {})})
    says('\x1b[?62;4c')
    clock.pass(50)
    expect(await asked).toMatchObject({pending: false})
  })
})

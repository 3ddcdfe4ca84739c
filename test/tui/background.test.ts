import {EventEmitter} from 'node:events'
import {describe, expect, it} from 'vitest'
import {askBackground, namedBackground} from '../../src/tui/background.ts'
import {manualClock} from '../client/clock.ts'

const QUERY = '\x1b]11;?\x07\x1b[c'

function ask(env: NodeJS.ProcessEnv = {}) {
  const stdin = new EventEmitter()
  const clock = manualClock()
  const written: string[] = []
  const stdout = {write: (data: string) => written.push(data) > 0}
  const asked = askBackground({stdin, stdout, clock, env})
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
    const {asked, says, written} = ask()
    says(`${answer}\x1b[?62;4c`)
    expect(await asked).toMatchObject({background, pending: false})
    expect(written).toEqual([QUERY])
  })

  it('is taken in pieces, and keys that were typed meanwhile are kept', async () => {
    const {asked, says, stdin} = ask()
    for (const piece of ['p\x1b', ']11;rgb:ff', 'ff/ffff/ffff', '\x07q\x1b[?1;2c']) says(piece)
    const {background, early} = await asked
    expect(background).toBe('light')
    expect(Buffer.concat(early).toString()).toContain('p')
    expect(stdin.listenerCount('data')).toBe(0)
  })

  it('is waited for no longer than 50 ms; then the environment says it', async () => {
    const {asked, clock} = ask({COLORFGBG: '0;15'})
    clock.pass(50)
    expect(await asked).toEqual({background: 'light', early: [], pending: true})
    expect(clock.waiting()).toBe(0)
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

import {createHash} from 'node:crypto'
import {mkdtempSync, realpathSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {ViewFrame} from '../../src/protocol/host-api.ts'
import {FrameClock} from '../../src/terminal/frame-clock.ts'
import {endSession} from '../../src/terminal/processes.ts'
import type {PtyExit} from '../../src/terminal/pty.ts'
import {Scheduler} from '../../src/terminal/scheduler.ts'
import {Terminal} from '../../src/terminal/terminal.ts'
import {processorTime} from '../processor-time.ts'
import {ClientGrid, eventually} from './helpers.ts'

const PATH = process.env.PATH ?? '/usr/bin:/bin'

let folder: string
let started: Terminal[]
let session: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'terminal-')))
  session = `test-${process.pid}-${Math.random()}`
  started = []
})

afterEach(async () => {
  for (const terminal of started) await endSession({session, root: terminal.pid, graceMs: 0})
  for (const terminal of started) terminal[Symbol.dispose]()
  rmSync(folder, {recursive: true})
})

function start(command: readonly [string, ...string[]], size = {cols: 60, rows: 10}) {
  const exit = Promise.withResolvers<PtyExit>()
  const env = {PATH, HOME: folder, TERM: 'xterm-256color', CLAMBAKE_SESSION: session}
  const terminal = new Terminal({
    spec: {command, cwd: folder, env, ...size},
    scheduler: new Scheduler(),
    frameClock: new FrameClock(),
    onExit: exit.resolve,
  })
  started.push(terminal)
  return {terminal, exit: exit.promise}
}

const shell = (script: string) => start(['sh', '-c', script])

describe('a program in a terminal', () => {
  it('has a terminal of its size, its folder and its environment alone', async () => {
    const {terminal, exit} = shell('stty size; pwd; env | sort')
    expect(await exit).toEqual({code: 0, signal: null})
    const lines = terminal.text(100).split('\n')
    expect(lines.slice(0, 2)).toEqual(['10 60', folder])
    const names = lines.slice(2).map(line => line.split('=')[0])
    expect(names.filter(name => !['_', 'SHLVL', 'OLDPWD'].includes(name!))).toEqual([
      'CLAMBAKE_SESSION',
      'HOME',
      'PATH',
      'PWD',
      'TERM',
    ])
  })

  it('hears keys and changes of size', async () => {
    const {terminal, exit} = shell(`
      trap 'stty size' WINCH
      echo ready
      until [ "$line" = bye ]; do read -r line && echo "got $line"; done`)
    await eventually('ready', () => terminal.text(10).includes('ready'))
    terminal.write('hello\r')
    await eventually('the echo', () => terminal.text(10).includes('got hello'))
    terminal.resize(33, 7)
    await eventually('the new size', () => terminal.text(10).includes('7 33'))
    terminal.write('bye\r')
    expect((await exit).code).toBe(0)
  })

  it('leaves its last line and its screen when it ends in the middle of a flood', async () => {
    const {terminal, exit} = start([
      'node',
      '-e',
      `
      process.stdout.write('x'.repeat(2_000_000) + '\\n'); process.stdout.write('the end'); process.exit(3)`,
    ])
    expect(await exit).toEqual({code: 3, signal: null})
    expect(terminal.text(1)).toMatch(/the end$/)
    terminal.resize(20, 5)
    terminal.write('nobody hears')
    expect(terminal.text(1)).toMatch(/the end$/)
  })

  it('says which signal ended it', async () => {
    const {terminal, exit} = shell('kill -9 $$')
    expect((await exit).signal).toBe(9)
    expect(terminal.text(5)).toBe('')
  })

  it('gets the answers to its questions', async () => {
    const {terminal, exit} = shell(`stty raw -echo; printf '\\033[6n'; head -c 6 | od -c | head -1`)
    await exit
    expect(terminal.text(5).replace(/\s+/g, ' ')).toContain('033 [ 1 ; 1 R')
  })

  it('delivers what was typed while it did not read, whole and in order, and costs nothing meanwhile', async () => {
    const {terminal, exit} = shell(`stty raw -echo; echo ready; kill -STOP $$; head -c 600000 | md5sum`)
    await eventually('ready', () => terminal.text(10).includes('ready'))
    const typed = Array.from({length: 100}, (_, n) => String(n).padStart(6, '.').repeat(1000))
    for (const part of typed) terminal.write(part)
    expect(() => terminal.write('x'.repeat(1024 * 1024))).toThrow('does not read')
    const [used, waited] = [processorTime(), performance.now()]
    await eventually('a while', () => performance.now() - waited > 300)
    // Who tries again and again would use all of it.
    expect(used()).toBeLessThan(150)
    process.kill(terminal.pid, 'SIGCONT')
    await exit
    expect(terminal.text(1)).toContain(createHash('md5').update(typed.join('')).digest('hex'))
  })

  it('survives a storm of sizes down to 1x1, and the last size wins', async () => {
    const {terminal, exit} = shell(`yes 'some words' | head -c 300000; read -r line; stty size`)
    for (let n = 0; n < 1000; n++) terminal.resize((n % 90) + 1, (n % 31) + 1)
    await eventually('all lines', () => terminal.text(3).includes('words'))
    terminal.resize(41, 9)
    terminal.write('\r')
    await exit
    expect(terminal.text(1)).toMatch(/9 41$/)
  })

  it('is refused with the reason when it cannot start', () => {
    expect(() => start(['no-such-program'])).toThrow('There is no program no-such-program on the PATH')
    expect(() => start(['./missing'])).toThrow('There is no program ./missing')
    folder = join(folder, 'gone')
    expect(() => start(['sh'])).toThrow('There is no folder')
    folder = join(folder, '..')
  })
})

describe('its views', () => {
  it('show it live, each at its own pace', async () => {
    const {terminal} = shell('while read -r line; do clear; echo "got $line"; done')
    const grids = {fast: new ClientGrid(60, 10), slow: new ClientGrid(60, 10)}
    const held: ViewFrame[] = []
    terminal
      .view('fast', frame => {
        grids.fast.apply(frame.runs)
        setImmediate(() => terminal.view('fast', () => {}).ack(frame.seq))
      })
      .show({cols: 60, rows: 10, offset: 0})
    const slow = terminal.view('slow', frame => held.push(frame))
    slow.show({cols: 60, rows: 10, offset: 0})
    for (const word of ['one', 'two', 'three']) {
      terminal.write(`${word}\r`)
      await eventually(word, () => grids.fast.text().includes(`got ${word}`))
    }
    expect(held).toHaveLength(1)
    slow.ack(held[0]!.seq)
    await eventually('one frame with the newest', () => held.length === 2)
    for (const frame of held) grids.slow.apply(frame.runs)
    expect(grids.slow.text()).toContain('got three')
    expect(grids.slow.text()).not.toContain('got one')
    terminal.closeView('slow')
  })
})

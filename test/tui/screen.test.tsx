import {EventEmitter} from 'node:events'
import {afterEach, describe, expect, it, onTestFinished, vi} from 'vitest'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import type {Client} from '../../src/client/client.ts'
import {createFleet} from '../../src/client/fleet/fleet.ts'
import {createKeymap} from '../../src/client/keys/keymap.ts'
import {focusPane, openDialog, zoomed} from '../../src/client/state/update.ts'
import {defaultTheme} from '../../src/client/text/theme.ts'
import {type Screen, showScreen} from '../../src/tui/screen.ts'
import {key} from '../client/keys.ts'
import {daemonPeer, hostPeer} from '../client/links.ts'
import {agent, header, shop} from '../client/samples.ts'
import {type FakeClient, fakeClient, NO_MODES, plainRuns} from './fake-client.ts'
import {cellsOf, TestTerminal} from './fake-terminal.ts'
import {gridText} from './grid-text.ts'

/** A terminal with a keyboard that the test holds. */
class Outer extends EventEmitter {
  readonly terminal: TestTerminal
  readonly stdin = new EventEmitter()
  columns: number
  rows: number
  written = 0
  /** While true the terminal takes nothing more. */
  stalled = false
  #waiting: (() => void)[] = []

  constructor(cols: number, rows: number) {
    super()
    this.columns = cols
    this.rows = rows
    this.terminal = new TestTerminal(cols, rows)
    // What the terminal's mode does before there is a screen.
    void this.terminal.write('\x1b[?25l')
  }

  write(data: string, done?: () => void): boolean {
    this.written++
    void this.terminal.write(data).then(() => {
      if (!done) return
      if (this.stalled) this.#waiting.push(done)
      else done()
    })
    return !this.stalled
  }

  release(): void {
    this.stalled = false
    for (const done of this.#waiting.splice(0)) done()
  }

  resize(cols: number, rows: number): void {
    this.columns = cols
    this.rows = rows
    this.terminal.resize(cols, rows)
    this.emit('resize')
  }
}

let screen: Screen | undefined
afterEach(() => screen?.[Symbol.dispose]())

function show(client: Client, outer: Outer): Screen {
  screen = showScreen({
    stdin: outer.stdin,
    stdout: outer,
    env: {TERM: 'xterm-256color', COLORTERM: 'truecolor'},
    clock: systemClock,
    client,
    theme: defaultTheme,
    themeOn: () => defaultTheme,
  })
  return screen
}

async function open(cols: number, rows: number, panes: readonly string[] = []) {
  const client = fakeClient({cols, rows, panes})
  const outer = new Outer(cols, rows)
  show(client, outer)
  await vi.waitFor(() => expect(outer.terminal.text()).toContain('clambake'))
  return {client, outer, sees: (text: string) => vi.waitFor(() => expect(outer.terminal.text()).toContain(text))}
}

/** The columns of a pane in the terminal's text. */
function insideOf(client: FakeClient, outer: Outer, pane: string): string[] {
  const {inner} = client.store.getState().layout.panes.find(slot => slot.pane === pane)!
  return outer.terminal
    .text()
    .split('\n')
    .slice(inner.row, inner.row + inner.height)
    .map(line => line.slice(inner.col, inner.col + inner.width).trimEnd())
}

describe('the screen', () => {
  it('shows chrome and live panes in one picture', async () => {
    const {client, outer, sees} = await open(120, 34, ['a', 'b'])
    client.frame('a', ['hello from a', 'second line'])
    client.frame('b', ['hello from b'])
    await sees('hello from b')
    expect(insideOf(client, outer, 'a').slice(0, 3)).toEqual(['hello from a', 'second line', ''])
    expect(outer.terminal.text()).toContain('Issues')
    expect(outer.terminal.cells()).toEqual(cellsOf(screen!.grid!))
  })

  it('changes only the cells that a diff names', async () => {
    const {client, outer, sees} = await open(120, 34, ['a'])
    client.frame('a', ['one', 'two'])
    await sees('two')
    client.frame('a', ['ONE'], {full: false})
    await sees('ONE')
    expect(insideOf(client, outer, 'a').slice(0, 2)).toEqual(['ONE', 'two'])
  })

  it('lays a dialog over panes and takes it away again', async () => {
    const {client, outer, sees} = await open(120, 34, ['a'])
    const line = 'x'.repeat(client.store.getState().layout.panes[0]!.inner.width)
    client.frame('a', Array(30).fill(line))
    await sees(line)
    client.store.apply(openDialog({kind: 'help', top: 0}))
    await vi.waitFor(() => expect(insideOf(client, outer, 'a').every(row => row === line)).toBe(false))
    client.store.apply(state => ({...state, ui: {...state.ui, dialogs: []}}))
    await vi.waitFor(() => expect(insideOf(client, outer, 'a').every(row => row === line)).toBe(true))
  })

  it('shows the cursor of the attached program only', async () => {
    const {client, outer, sees} = await open(120, 34, ['a'])
    client.frame('a', ['$ ls'])
    await sees('$ ls')
    expect(outer.terminal.cursorVisible).toBe(false)
    client.store.apply(focusPane('a', {attached: true}))
    await vi.waitFor(() => expect(outer.terminal.cursorVisible).toBe(true))
    const {inner} = client.store.getState().layout.panes[0]!
    expect(outer.terminal.cursor).toEqual({row: inner.row, col: inner.col + 4})
  })

  it('follows the size of the terminal and keeps the cells of panes', async () => {
    const {client, outer, sees} = await open(120, 34, ['a'])
    client.frame('a', ['kept through all'])
    await sees('kept through all')
    for (const [cols, rows] of [
      [160, 50],
      [100, 30],
      [80, 24],
      [120, 34],
    ] as const)
      outer.resize(cols, rows)
    await vi.waitFor(() => expect(screen!.grid).toMatchObject({cols: 120, rows: 34}))
    outer.resize(150, 40)
    await vi.waitFor(() => expect(screen!.grid).toMatchObject({cols: 150, rows: 40}))
    await sees('kept through all')
    expect(outer.terminal.cells()).toEqual(cellsOf(screen!.grid!))
  })

  it('says so when the terminal is too small, and comes back', async () => {
    const {outer, sees} = await open(80, 24)
    outer.resize(30, 5)
    await vi.waitFor(() => expect(screen!.grid).toMatchObject({cols: 30, rows: 5}))
    await sees('40')
    outer.resize(1, 1)
    await vi.waitFor(() => expect(screen!.grid).toMatchObject({cols: 1, rows: 1}))
    outer.resize(80, 24)
    await sees('Issues')
  })

  it('moves borders and panes together', async () => {
    const {client, outer, sees} = await open(120, 34, ['a', 'b'])
    client.frame('a', ['cells of a'])
    client.frame('b', ['cells of b'])
    await sees('cells of b')
    const pictures = new Set<string>()
    const write = outer.write.bind(outer)
    outer.write = (data, done) => {
      pictures.add(gridText(screen!.grid!))
      return write(data, done)
    }
    client.store.apply(focusPane('a', {attached: false}))
    client.store.apply(zoomed(true))
    await vi.waitFor(() => expect(outer.terminal.text()).not.toContain('cells of b'))
    // The queue and the other pane go together; one without the other is a torn picture.
    expect(pictures.size).toBeGreaterThan(0)
    for (const picture of pictures) expect(picture.includes('cells of b')).toBe(picture.includes('1 Issues'))
  })

  it('goes from one repository to another as a whole, the cells of its panes too', async () => {
    const hosts = ['shop', 'api'].map(name => {
      const host = hostPeer()
      host.answers['view.open'] = ({view, cols, rows}) => {
        const frame = {view, seq: 1, full: true, cols, rows, runs: plainRuns(`cells of ${name}`), cursor: null}
        queueMicrotask(() => host.tell('frame', {...frame, modes: NO_MODES, scrollback: 0, offset: 0}))
        return null
      }
      return {name, host}
    })
    const client = createFleet({
      clock: systemClock,
      log: silentLog,
      name: 'test',
      keymap: createKeymap(),
      size: {cols: 120, rows: 34},
      desktop: {open: async () => true, copy: () => true, suspend: () => true},
      onQuit: () => {},
      repositories: hosts.map(({name, host}) => {
        const agents = [agent(1, {pane: `${name}-1`})]
        return {
          name,
          host: host.open,
          daemon: daemonPeer({...shop, agents, header: {...header, repository: `acme/${name}`}}).open,
        }
      }),
    })
    onTestFinished(() => client[Symbol.dispose]())
    const outer = new Outer(120, 34)
    show(client, outer)
    const sees = (text: string) => vi.waitFor(() => expect(outer.terminal.text()).toContain(text))
    await sees('cells of shop')
    client.press(key(']'))
    await sees('cells of api')
    const pictures: string[] = []
    const write = outer.write.bind(outer)
    outer.write = (data, done) => {
      pictures.push(gridText(screen!.grid!))
      return write(data, done)
    }
    for (const name of ['shop', 'api', 'shop']) {
      client.press(key(']'))
      await sees(`cells of ${name}`)
    }
    expect(pictures.length).toBeGreaterThanOrEqual(3)
    const torn = pictures.filter(
      picture => picture.includes('cells of shop') !== picture.includes('acme/shop') || !picture.includes('cells of'),
    )
    expect(torn).toEqual([])
  })

  it('writes the newest picture, once, to a terminal that was slow', async () => {
    const {client, outer, sees} = await open(120, 34, ['a'])
    outer.stalled = true
    client.frame('a', ['frame 0'])
    await sees('frame 0')
    const before = outer.written
    for (let number = 1; number <= 50; number++) client.frame('a', [`frame ${number}`])
    await new Promise(resolve => setImmediate(resolve))
    expect(outer.written).toBe(before)
    outer.release()
    await sees('frame 50')
    expect(outer.written).toBe(before + 1)
  })

  it('heals the terminal when it is told to', async () => {
    const {outer} = await open(80, 24)
    await outer.terminal.write('\x1b[2J\x1b[Hrubbish of another program')
    screen!.repaint()
    await vi.waitFor(() => expect(outer.terminal.cells()).toEqual(cellsOf(screen!.grid!)))
  })

  it('gives keys to the program at once', async () => {
    const {client, outer} = await open(120, 34, ['a'])
    client.store.apply(focusPane('a', {attached: true}))
    outer.stdin.emit('data', Buffer.from('ls\r'))
    expect(client.typed.map(({data}) => data).join('')).toBe('ls\r')
  })
})

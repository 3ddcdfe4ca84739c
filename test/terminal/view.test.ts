import fc from 'fast-check'
import {beforeEach, describe, expect, it} from 'vitest'
import type {ViewFrame} from '../../src/protocol/host-api.ts'
import {blankCapture, diffCaptures} from '../../src/terminal/capture.ts'
import {Emulator} from '../../src/terminal/emulator.ts'
import {FrameClock} from '../../src/terminal/frame-clock.ts'
import {View} from '../../src/terminal/view.ts'
import {ClientGrid, ManualClock} from './helpers.ts'
import {stream} from './streams.ts'

let clock: ManualClock
let emulator: Emulator
let frames: ViewFrame[]
let view: View

beforeEach(() => {
  clock = new ManualClock()
  frames = []
  emulator = new Emulator({cols: 20, rows: 4, reply() {}, onUpdated: () => view.update(true)})
  view = new View({id: 'v', emulator, clock, frameClock: new FrameClock(clock), send: frame => frames.push(frame)})
})

const last = () => frames.at(-1)!
/** What a client shows that applied all frames. */
function seen(): string {
  return applied(frames).text()
}

function applied(all: readonly ViewFrame[]): ClientGrid {
  let grid = new ClientGrid(0, 0)
  for (const frame of all) {
    if (frame.full) grid = new ClientGrid(frame.cols, frame.rows)
    grid.apply(frame.runs)
  }
  return grid
}

const texts = () => last().runs.map(run => run.text)

function write(data: string) {
  emulator.write(data)
  view.update()
}

function open() {
  view.show({cols: 20, rows: 4, offset: 0})
  view.ack(last().seq)
  clock.advance(100)
}

describe('a view', () => {
  it('begins with everything and goes on with what changed', () => {
    write('hello\r\nworld')
    view.show({cols: 20, rows: 4, offset: 0})
    expect(last()).toMatchObject({seq: 1, full: true, cols: 20, rows: 4, cursor: {row: 1, col: 5}})
    expect(texts()).toEqual(['hello', 'world'])
    view.ack(1)
    clock.advance(100)
    write('\x1b[1;1HJ')
    expect(last()).toMatchObject({seq: 2, full: false})
    expect(texts()).toEqual(['J'])
  })

  it('sends a change after a pause at once and then forty a second', () => {
    open()
    write('a')
    expect(texts()).toEqual(['a'])
    view.ack(last().seq)
    write('b')
    expect(frames).toHaveLength(2)
    clock.advance(25)
    expect(texts()).toEqual(['b'])
  })

  it('sends the echo of a key without waiting for the beat, and then keeps to it again', () => {
    open()
    write('a')
    view.ack(last().seq)
    view.hurry()
    for (const [count, key] of [...'bcd'].entries()) {
      write(key)
      expect(frames).toHaveLength(3 + count)
      view.ack(last().seq)
    }
    write('e')
    expect(frames).toHaveLength(5)
  })

  it('sends with the other views of its host, in one beat', () => {
    const frameClock = new FrameClock(clock)
    const sentAt: number[] = []
    const views = [0, 1].map(n => {
      const other = new View({id: `${n}`, emulator, clock, frameClock, send: () => sentAt.push(clock.monotonic())})
      other.show({cols: 20, rows: 4, offset: 0})
      other.ack(1)
      return other
    })
    sentAt.length = 0
    clock.advance(100)
    emulator.write('first')
    views[0]!.update()
    clock.advance(3)
    emulator.write(' second')
    views[1]!.update()
    clock.advance(8)
    views[0]!.ack(2)
    views[0]!.update()
    clock.advance(100)
    expect(sentAt).toEqual([100, 125, 125])
  })

  it('catches the end of a synchronized update that its beat has found unfinished', () => {
    open()
    write('a')
    view.ack(last().seq)
    write('\x1b[?2026hhalf')
    clock.advance(25)
    expect(frames).toHaveLength(2)
    write(' whole\x1b[?2026l\x1b[?2026hnext')
    expect(texts()).toEqual(['half whole'])
  })

  it('waits for the acknowledgement and then sends the newest, never a queue', () => {
    open()
    for (const key of 'abc') {
      write(key)
      clock.advance(100)
    }
    expect(frames).toHaveLength(2)
    view.ack(1)
    expect(frames).toHaveLength(2)
    view.ack(2)
    expect(frames).toHaveLength(3)
    expect(texts()).toEqual(['bc'])
  })

  it('sends nothing when nothing that it shows changed', () => {
    open()
    write('\x1b[m')
    clock.advance(100)
    expect(frames).toHaveLength(1)
    write('\x1b[?2004h')
    expect(last()).toMatchObject({runs: [], modes: {bracketedPaste: true}})
  })

  it('does not show half of a synchronized update, unless it never ends', () => {
    open()
    write('\x1b[?2026hhalf')
    clock.advance(100)
    expect(frames).toHaveLength(1)
    write(' whole\x1b[?2026l\x1b[?2026hnext')
    expect(texts()).toEqual(['half whole'])
    view.ack(last().seq)
    clock.advance(200)
    expect(texts()).toEqual(['next'])
  })

  it('is full again after a change of size and blank beyond the pane', () => {
    write('0123456789')
    open()
    view.show({cols: 30, rows: 6, offset: 0})
    expect(last()).toMatchObject({full: true, cols: 30, rows: 6})
    expect(texts()).toEqual(['0123456789'])
    view.ack(last().seq)
    clock.advance(100)
    view.show({cols: 3, rows: 1, offset: 0})
    expect(last()).toMatchObject({full: true, cursor: null})
  })
})

describe('scrolled back', () => {
  const lines = (from: number, to: number) => {
    for (let n = from; n <= to; n++) emulator.write(`line ${n}\r\n`)
    view.update()
  }

  it('shows older lines and stays on them while output goes on', () => {
    lines(1, 50)
    open()
    view.show({cols: 20, rows: 4, offset: 10})
    expect(seen()).toBe('line 38\nline 39\nline 40\nline 41')
    expect(last()).toMatchObject({offset: 10, scrollback: 47, cursor: null})
    view.ack(last().seq)
    clock.advance(100)
    lines(51, 60)
    expect(last()).toMatchObject({offset: 20, scrollback: 57, runs: []})
    expect(seen()).toBe('line 38\nline 39\nline 40\nline 41')
  })

  it('ends at the oldest line, also when that leaves the scrollback', () => {
    lines(1, 50)
    open()
    view.show({cols: 20, rows: 4, offset: 1000})
    expect(last().offset).toBe(47)
    view.ack(last().seq)
    clock.advance(100)
    lines(51, 6000)
    expect(last()).toMatchObject({offset: 5000, scrollback: 5000})
  })

  it('is live on the alternate screen', () => {
    lines(1, 50)
    open()
    view.show({cols: 20, rows: 4, offset: 10})
    view.ack(last().seq)
    clock.advance(100)
    write('\x1b[?1049h\x1b[Hfull screen')
    expect(last()).toMatchObject({offset: 0, scrollback: 0})
    expect(seen()).toBe('full screen')
  })
})

describe('whatever happens', () => {
  it('the frames applied one after another give what the screen shows', () => {
    const step = fc.oneof(
      stream.map(bytes => ({do: 'write' as const, bytes})),
      fc.constant({do: 'ack' as const}),
      fc.nat({max: 40}).map(ms => ({do: 'wait' as const, ms})),
      fc.record({
        do: fc.constant('show' as const),
        cols: fc.integer({min: 1, max: 30}),
        rows: fc.integer({min: 1, max: 8}),
        offset: fc.nat({max: 20}),
      }),
      fc.record({
        do: fc.constant('resize' as const),
        cols: fc.integer({min: 1, max: 30}),
        rows: fc.integer({min: 1, max: 8}),
      }),
    )
    fc.assert(
      fc.property(fc.array(step, {maxLength: 30}), steps => {
        clock = new ManualClock()
        frames = []
        emulator = new Emulator({cols: 20, rows: 4, scrollback: 30, reply() {}, onUpdated: () => view.update(true)})
        view = new View({
          id: 'v',
          emulator,
          clock,
          frameClock: new FrameClock(clock),
          send: frame => frames.push(frame),
        })
        view.show({cols: 20, rows: 4, offset: 0})
        for (const item of steps) {
          if (item.do === 'write') emulator.write(Buffer.from(item.bytes).toString())
          if (item.do === 'ack') view.ack(last().seq)
          if (item.do === 'wait') clock.advance(item.ms)
          if (item.do === 'show') view.show(item)
          if (item.do === 'resize') emulator.resize(item.cols, item.rows)
          view.update()
        }
        for (let n = 0; n < 3; n++) {
          view.ack(last().seq)
          clock.advance(1000)
        }
        const {cols, rows, offset} = last()
        const wanted = new ClientGrid(cols, rows)
        const below = Math.max(0, emulator.rows - rows)
        const truth = emulator.capture(emulator.scrollback + below - offset, cols, rows)
        wanted.apply(diffCaptures(blankCapture(cols, rows), truth))
        expect(applied(frames).cells).toEqual(wanted.cells)
      }),
      {numRuns: 300},
    )
  })
})

import {spawn} from 'node:child_process'
import {join} from 'node:path'
import xterm from '@xterm/headless'
import {expect, it} from 'vitest'
import {createRedraw} from '../../src/cli/output/redraw.ts'
import {watchState} from '../../src/cli/output/watch.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import {manualClock} from '../client/clock.ts'
import {shop} from '../client/samples.ts'
import {refusal} from '../git/setup.ts'

type Stdout = Parameters<typeof watchState>[4] & {}
type Listener = (slices: Partial<DaemonState>) => void

/** Follows the conflicts of a state that the test changes, on a terminal or into a pipe. */
function watched({isTTY = false, json = false} = {}) {
  const written: string[] = []
  const clock = manualClock()
  const closed = Promise.withResolvers<void>()
  let tell: Listener = () => {}
  const daemon = {
    closed: closed.promise,
    on(_topic: string, listener: Listener) {
      tell = listener
      return {[Symbol.dispose]() {}}
    },
  }
  const write = (text: string) => {
    written.push(text)
    return true
  }
  const done = watchState(
    daemon as never,
    shop,
    {json, clock},
    {
      part: ({conflicts}) => conflicts,
      text: (conflicts, now) => conflicts.map(({one, since}) => `${one.label} ${now - since} ms`).join('\n'),
    },
    {isTTY, columns: 80, rows: 24, write} as unknown as Stdout,
  )
  return {
    clock,
    written,
    tell(slices: Partial<DaemonState>) {
      tell(slices)
    },
    async end() {
      closed.resolve()
      return refusal(done)
    },
  }
}

const [first] = shop.conflicts
const other = {...first!, one: {...first!.one, label: '#7'}}

it('a pipe gets one block for each change of what is shown: none for an age, and none for anything else', async () => {
  const watch = watched()
  watch.clock.pass(60_000)
  watch.tell({events: []})
  expect(watch.written).toHaveLength(1)
  watch.tell({conflicts: [other]})
  watch.tell({conflicts: []})
  const age = watch.clock.now() - other.since
  expect(watch.written.slice(1)).toEqual([`\n#7 ${age} ms\n`, '\n\n'])
  expect(await watch.end()).toMatchObject({code: 'not-running'})
  expect(watch.written).toHaveLength(3)
})

it('with --json each change is one line of what is shown, and nothing follows the last', async () => {
  const watch = watched({json: true})
  watch.tell({events: []})
  watch.tell({conflicts: [other]})
  await watch.end()
  expect(watch.written.map(line => JSON.parse(line))).toEqual([shop.conflicts, [other]])
})

it('a terminal shows ages as they grow, and is written to only when something differs', async () => {
  const watch = watched({isTTY: true})
  watch.tell({events: []})
  expect(watch.written).toHaveLength(1)
  watch.clock.pass(1000)
  expect(watch.written).toHaveLength(2)
  await watch.end()
})

/** What a terminal shows after these texts. */
async function shown(texts: readonly string[], size: {cols: number; rows: number}): Promise<string[]> {
  const terminal = new xterm.Terminal({...size, allowProposedApi: true, convertEol: true})
  const write = (text: string) => new Promise<void>(resolve => terminal.write(text, resolve))
  await write('$ before\n')
  const pieces: string[] = []
  const draw = createRedraw({
    columns: size.cols,
    rows: size.rows,
    write: (text: string) => pieces.push(text) > 0,
  } as never)
  for (const text of texts) draw(text)
  // One write for each picture.
  expect(pieces).toHaveLength(texts.length)
  for (const piece of pieces) await write(piece)
  const {active} = terminal.buffer
  return Array.from({length: active.length}, (_, row) => active.getLine(row)!.translateToString(true)).filter(Boolean)
}

it('is drawn over itself, and what stood above stays', async () => {
  expect(await shown(['one\ntwo\nthree', 'ONE', 'one and more\ntwo'], {cols: 40, rows: 10})).toEqual([
    ...['$ before', 'one and more', 'two'],
  ])
})

it('is cut where the terminal is too small, so that it never leaves half of itself behind', async () => {
  const many = Array.from({length: 9}, (_, line) => `line ${line} is longer than that`).join('\n')
  expect(await shown([many, many, many], {cols: 12, rows: 5})).toEqual([
    ...['$ before', 'line 0 is …', 'line 1 is …', 'line 2 is …', 'and 6 more…'],
  ])
})

it('a reader that has gone is no stack trace', async () => {
  const run = join(import.meta.dirname, '../../src/cli/run.ts')
  // The program lives on after its first words, as a command that works does.
  const script = `import {runCli} from ${JSON.stringify(run)}
    const {exit} = process
    process.exit = () => {}
    await runCli(['no-such-command'])
    process.stdout.write('late')
    setTimeout(() => exit(0), 100)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {stdio: ['ignore', 'pipe', 'pipe']})
  child.stdout.destroy()
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += String(chunk)
  })
  expect(await new Promise(resolve => child.once('close', resolve))).toBe(0)
  expect(errors).toContain('no-such-command')
  expect(errors).not.toContain('EPIPE')
})

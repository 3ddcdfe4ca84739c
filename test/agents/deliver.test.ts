import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {createFakeClock, type FakeClock} from '../../fixtures/clock/clock.ts'
import {deliverPrompt, LEAD, type Terminal, typeCommand, untilReady, untilSettled} from '../../src/agents/deliver.ts'
import {disposable} from '../../src/base/dispose.ts'
import {bracketedPaste} from '../../src/base/text.ts'
import type {MailItem, PaneInfo} from '../../src/model/data/pane.ts'

/** Our own words come before the paste, which the client takes for text from elsewhere. */
const PASTE = `${LEAD}${bracketedPaste('Do it')}`

/** Lets code that awaits promises reach its timers first. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  await clock.advance(0)
  await clock.advance(ms)
}

/** A terminal host in memory: `post` and `end` act as the agent, `written` has what was typed and when. */
function fakeHost(clock: FakeClock) {
  const mail: MailItem[] = []
  const mailListeners = new Set<(item: MailItem) => void>()
  const paneListeners = new Set<(info: PaneInfo) => void>()
  const startedAt = clock.now()
  const info: PaneInfo = {
    pane: 'p',
    title: 'agent001',
    session: 's',
    meta: {},
    cwd: '/',
    cols: 80,
    rows: 24,
    pid: 1,
    startedAt,
    exit: null,
  }
  const written: [ms: number, data: string][] = []
  const terminal: Terminal = {
    panes: async () => [info],
    write: async (_, data) => void written.push([clock.now() - startedAt, data]),
    mail: async after => mail.filter(item => item.seq > after),
    onMail(listener) {
      mailListeners.add(listener)
      return disposable(() => mailListeners.delete(listener))
    },
    onPane(listener) {
      paneListeners.add(listener)
      return disposable(() => paneListeners.delete(listener))
    },
  }
  return {
    terminal,
    written,
    listeners: () => mailListeners.size + paneListeners.size,
    post(kind: string, pane = 'p') {
      const item = {seq: mail.length + 1, pane, at: clock.now(), kind, body: {}, reply: false}
      mail.push(item)
      for (const listener of mailListeners) listener(item)
    },
    end() {
      info.exit = {code: 1, signal: null, at: clock.now()}
      for (const listener of paneListeners) listener(info)
    },
  }
}

function deliver(acknowledged = true) {
  const clock = createFakeClock()
  const host = fakeHost(clock)
  const start = () => deliverPrompt({host: host.terminal, pane: 'p', text: 'Do it', clock, acknowledged})
  return {clock, host, start}
}

describe('deliverPrompt', () => {
  it('waits after the start, pastes, waits, presses Enter, and ends with the acknowledgement', async () => {
    const {clock, host, start} = deliver()
    host.post('SessionStart')
    const done = start()
    await pass(clock, 700)
    expect(host.written).toEqual([
      [500, PASTE],
      [600, '\r'],
    ])
    host.post('UserPromptSubmit', 'another pane')
    host.post('UserPromptSubmit')
    await done
    expect(clock.pending).toBe(0)
    expect(host.listeners()).toBe(0)
  })

  it('ignores an acknowledgement of an earlier prompt', async () => {
    const {clock, host, start} = deliver()
    host.post('SessionStart')
    host.post('UserPromptSubmit')
    await pass(clock, 1000)
    const failed = expect(start()).rejects.toMatchObject({code: 'prompt-not-taken', next: expect.any(String)})
    await pass(clock, 20_000)
    await failed
    expect(host.written.map(([, data]) => data)).toEqual([PASTE, '\r', '\r', '\r', '\r', '\r'])
  })

  it('stops pressing when the agent is gone, and does not press again when prompts are never acknowledged', async () => {
    const gone = deliver()
    const done = gone.start()
    await pass(gone.clock, 700)
    gone.host.end()
    await done
    const silent = deliver(false)
    const over = silent.start()
    await pass(silent.clock, 700)
    await over
    expect(silent.host.written).toHaveLength(2)
  })
})

it('a prompt begins with words that no client takes for a command', () => {
  expect(LEAD).toMatch(/^[A-Z][^\r\n\x1b]* $/)
})

describe('untilReady', () => {
  it('sees a start before and after the call, and an end', async () => {
    const clock = createFakeClock()
    const host = fakeHost(clock)
    const ready = untilReady(host.terminal, 'p', clock)
    await pass(clock, 100)
    host.post('SessionStart')
    expect(await ready).toBe('ready')
    expect(await untilReady(host.terminal, 'p', clock)).toBe('ready')
    const ended = fakeHost(clock)
    const exited = untilReady(ended.terminal, 'p', clock)
    ended.end()
    expect(await exited).toBe('exited')
    expect(await untilReady(ended.terminal, 'p', clock)).toBe('exited')
  })

  it('does not wait long for one that shows something else first', async () => {
    const clock = createFakeClock()
    const host = fakeHost(clock)
    const late = untilReady(host.terminal, 'p', clock)
    await pass(clock, 15_000)
    expect(await late).toBe('late')
    expect(host.listeners()).toBe(0)
  })
})

describe('untilSettled', () => {
  async function settling(chars: (ms: number) => number, ends = Number.POSITIVE_INFINITY) {
    const clock = createFakeClock()
    const host = fakeHost(clock)
    const start = clock.now()
    const output = async () => [{pane: 'p', chars: chars(clock.now() - start)}]
    let settled: [outcome: string, ms: number] | undefined
    const wait = untilSettled({...host.terminal, output}, 'p', {clock, atStart: true})
    void wait.then(outcome => {
      settled = [outcome, clock.now() - start]
    })
    for (let ms = 0; ms < 20_000 && !settled; ms += 100) {
      if (ms >= ends) host.end()
      await pass(clock, 100)
    }
    return settled!
  }
  const near = (ms: number) => expect.closeTo(ms, -3)

  it('waits until the first screen is complete, a little for one that prints nothing, and not for ever', async () => {
    expect(await settling(ms => Math.min(ms, 2000))).toEqual(['ready', near(3000)])
    expect(await settling(() => 0)).toEqual(['ready', near(3000)])
    expect(await settling(ms => ms)).toEqual(['ready', near(15_000)])
    expect(await settling(ms => ms, 2000)).toEqual(['exited', near(2000)])
  })
})

it('nothing in a pasted text ends the paste or acts as a key', () => {
  const part = fc.oneof(
    fc.constantFrom('\u001b', '[', '201~', '[201~', '\u009b', '\r', '\u0003', '\n', 'a'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(part), parts => {
      const inside = bracketedPaste(parts.join('')).slice('\u001b[200~'.length, -'\u001b[201~'.length)
      expect(inside).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
    }),
  )
})

it("types a client's own command, and Enter once it is read", async () => {
  const clock = createFakeClock()
  const host = fakeHost(clock)
  const typed = typeCommand({host: host.terminal, pane: 'p', command: '/compact', clock})
  await pass(clock, 100)
  await typed
  expect(host.written).toEqual([
    [0, '/compact'],
    [100, '\r'],
  ])
})

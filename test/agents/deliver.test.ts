import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {createFakeClock, type FakeClock} from '../../fixtures/clock/clock.ts'
import {holdsPrompt} from '../../src/agents/claude/input-line.ts'
import {deliverPrompt, type Terminal, typeCommand, untilReady, untilSettled} from '../../src/agents/terminal/deliver.ts'
import {LEAD} from '../../src/agents/terminal/lead.ts'
import {disposable} from '../../src/base/dispose.ts'
import {bracketedPaste} from '../../src/base/text.ts'
import {lineClient} from './line-client.ts'

const TEXT = 'Do it:\nall\nof\nit'

/** Lets code that awaits promises reach its timers first. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  await clock.advance(0)
  await clock.advance(ms)
}

function deliver(options: Partial<Parameters<typeof deliverPrompt>[0]> = {}) {
  const clock = createFakeClock()
  const host = lineClient(clock)
  host.post('SessionStart')
  const start = () =>
    deliverPrompt({host: host.terminal, pane: 'p', text: TEXT, clock, acknowledged: true, line: true, ...options})
  /** Lets time pass until it has ended; its error, or null. */
  const over = async (delivery: Promise<unknown> = start(), ms = 40_000) => {
    let outcome: unknown
    void delivery.then(
      () => {
        outcome = null
      },
      error => {
        outcome = error
      },
    )
    for (let passed = 0; passed < ms && outcome === undefined; passed += 50) await pass(clock, 50)
    return outcome
  }
  return {clock, host, client: host.client, start, over}
}

describe('deliverPrompt', () => {
  it('waits after the start, sees its lead in the line, pastes, and ends when its own prompt is reported', async () => {
    const {host, client, over} = deliver()
    expect(await over()).toBeNull()
    expect(host.written).toEqual([
      [500, LEAD],
      [500, bracketedPaste(TEXT)],
      [600, '\r'],
    ])
    expect(client.prompts).toEqual([LEAD + TEXT])
    expect(host.listeners()).toBe(0)
  })

  it.each(['half a thought', '!touch steered', '/comp', 'two\nlines'])(
    'puts %j aside, which a person left in the line, and the client brings it back',
    async draft => {
      const {client, host, over} = deliver()
      host.press(draft)
      expect(await over()).toBeNull()
      expect(client.prompts).toEqual([LEAD + TEXT])
      expect(client.shells).toEqual([])
      expect(client.line).toBe(draft)
    },
  )

  it('leaves shell mode', async () => {
    const {client, host, over} = deliver()
    host.press('!')
    expect(await over()).toBeNull()
    expect(client).toMatchObject({prompts: [LEAD + TEXT], shells: []})
  })

  it('is not misled by a hint in an empty line', async () => {
    const {client, over} = deliver()
    client.hint = 'commit this'
    client.stash = 'put aside before'
    expect(await over()).toBeNull()
    expect(client.prompts).toEqual([LEAD + TEXT])
  })

  it('puts aside what a slow client draws only later, and keeps none of it in the prompt', async () => {
    const {client, host, clock, start, over} = deliver()
    client.slow = true
    void host.terminal.write('p', '/comp')
    const delivery = start()
    await pass(clock, 1000)
    host.wake()
    expect(await over(delivery)).toBeNull()
    expect(client).toMatchObject({prompts: [LEAD + TEXT], line: '/comp'})
  })

  it('waits while a person types', async () => {
    const {client, host, clock, start, over} = deliver()
    const delivery = start()
    for (const key of 'I am typing') {
      host.press(key)
      await pass(clock, 400)
      expect(client.line).not.toContain('Please')
    }
    expect(await over(delivery)).toBeNull()
    expect(client).toMatchObject({prompts: [LEAD + TEXT], line: 'I am typing'})
  })

  it('changes nothing where it cannot make room, and says so', async () => {
    const both = deliver()
    Object.assign(both.client, {line: 'a draft', shown: 'a draft', stash: 'another'})
    expect(await both.over()).toMatchObject({code: 'input-line-taken', next: expect.any(String)})
    expect(both.client).toMatchObject({line: 'a draft', stash: 'another', prompts: []})
    const dialog = deliver()
    dialog.client.dialog = true
    expect(await dialog.over()).toMatchObject({code: 'input-line-taken'})
    expect(dialog.host.written).toEqual([])
  })

  it('takes no other prompt for its own', async () => {
    const {client, host, clock, start, over} = deliver()
    client.deaf = 1
    const delivery = start()
    await pass(clock, 700)
    host.post('UserPromptSubmit', 'another pane', {prompt: LEAD + TEXT})
    host.post('UserPromptSubmit', 'p', {prompt: 'words of a person'})
    await pass(clock, 500)
    expect(client.prompts).toEqual([])
    expect(await over(delivery)).toBeNull()
    expect(client.prompts).toEqual([LEAD + TEXT])
  })

  it('does not send the draft that came back when the report of its own prompt is late', async () => {
    const {client, host, clock, over} = deliver()
    host.press('half a thought')
    const {terminal} = host
    const end = clock.now() + 6000
    const late: Terminal = {
      ...terminal,
      mail: async after => (clock.now() < end ? [] : await terminal.mail(after)),
      onMail: () => disposable(() => {}),
    }
    const delivery = deliverPrompt({host: late, pane: 'p', text: TEXT, clock, acknowledged: true, line: true})
    expect(await over(delivery)).toBeNull()
    expect(client).toMatchObject({prompts: [LEAD + TEXT], line: 'half a thought'})
  })

  it('erases a prompt that was not taken, and gives the draft back', async () => {
    const {client, host, over} = deliver()
    client.deaf = 99
    host.press('half a thought')
    expect(await over()).toMatchObject({code: 'prompt-not-taken', next: expect.any(String)})
    expect(host.written.filter(([, data]) => data === '\r')).toHaveLength(5)
    expect(client).toMatchObject({prompts: [], line: 'half a thought'})
  })

  it('replaces a task that the client gave back, or adds to it', async () => {
    for (const adds of [false, true]) {
      const {client, host, clock, start, over} = deliver({adds})
      host.press(LEAD)
      host.press(bracketedPaste('The\nold\ntask\n'))
      client.slow = true
      const delivery = start()
      await pass(clock, 1000)
      host.wake()
      expect(await over(delivery)).toBeNull()
      expect(client.prompts).toEqual([adds ? `${LEAD}The\nold\ntask\n${LEAD}${TEXT}` : LEAD + TEXT])
    }
  })

  it('stops pressing when the agent is gone, and does not press again when prompts are never acknowledged', async () => {
    const gone = deliver()
    gone.client.deaf = 99
    const done = gone.start()
    await pass(gone.clock, 700)
    gone.host.end()
    await done
    const silent = deliver({acknowledged: false, line: false})
    expect(await silent.over()).toBeNull()
    expect(silent.host.written.map(([, data]) => data)).toEqual([LEAD + bracketedPaste(TEXT), '\r'])
  })
})

it('a prompt begins with words that no client takes for a command', () => {
  expect(LEAD).toMatch(/^[A-Z][^\r\n\x1b]* $/)
})

describe('untilReady', () => {
  it('sees a start before and after the call, and an end', async () => {
    const clock = createFakeClock()
    const host = lineClient(clock)
    const ready = untilReady(host.terminal, 'p', clock)
    await pass(clock, 100)
    host.post('SessionStart')
    expect(await ready).toBe('ready')
    expect(await untilReady(host.terminal, 'p', clock)).toBe('ready')
    const ended = lineClient(clock)
    const exited = untilReady(ended.terminal, 'p', clock)
    ended.end()
    expect(await exited).toBe('exited')
    expect(await untilReady(ended.terminal, 'p', clock)).toBe('exited')
  })

  it('does not wait long for one that shows something else first', async () => {
    const clock = createFakeClock()
    const host = lineClient(clock)
    const late = untilReady(host.terminal, 'p', clock)
    await pass(clock, 15_000)
    expect(await late).toBe('late')
    expect(host.listeners()).toBe(0)
  })
})

describe('untilSettled', () => {
  async function settling(chars: (ms: number) => number, ends = Number.POSITIVE_INFINITY) {
    const clock = createFakeClock()
    const host = lineClient(clock)
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

it("types a client's own command into an empty line, and Enter once it is read", async () => {
  const {host, client, clock, over} = deliver()
  host.press('half a thought')
  expect(await over(typeCommand({host: host.terminal, pane: 'p', command: '/compact', clock}))).toBeNull()
  expect(client).toMatchObject({prompts: ['/compact'], line: 'half a thought'})
})

it('knows its own prompt in what the client reports, and no other', () => {
  const reported = `${LEAD}\n\n<pasted_content id="800d">\nDo  it <\\/b>\n</pasted_content id="800d">\n`
  expect(holdsPrompt(reported, 'Do  it </b>\n')).toBe(true)
  expect(holdsPrompt(reported, 'Do it </b>, all of it')).toBe(false)
  expect(holdsPrompt('Do', 'Do it')).toBe(false)
})

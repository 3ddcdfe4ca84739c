import fc from 'fast-check'
import {expect, it} from 'vitest'
import {Emulator} from '../../src/terminal/emulator.ts'
import {createCallFilter, type ProgramCall} from '../../src/terminal/program-calls.ts'

function callsOf(data: string): ProgramCall[] {
  const found: ProgramCall[] = []
  using emulator = new Emulator({
    cols: 20,
    rows: 4,
    reply() {},
    onProgramCall: call => found.push(call),
  })
  emulator.write(data)
  return found
}

it.each<[string, string, ProgramCall[]]>([
  ['OSC 9', '\x1b]9;Turn complete\x1b\\', [{by: 'osc9', text: 'Turn complete'}]],
  ['OSC 9 that BEL ends, once', '\x1b]9;Turn complete\x07', [{by: 'osc9', text: 'Turn complete'}]],
  ['OSC 777', '\x1b]777;notify;Codex;It is done\x07', [{by: 'osc777', text: 'Codex: It is done'}]],
  ['a bell', 'a\x07b', [{by: 'bell', text: ''}]],
  ['no progress', '\x1b]9;4;1;50\x07', []],
  ['no working folder', '\x1b]9;9;/tmp\x07', []],
  ['no other OSC 777', '\x1b]777;precmd\x07', []],
  ['no title', '\x1b]0;title\x07', []],
])('%s', (_name, data, expected) => {
  expect(callsOf(data)).toEqual(expected)
})

it('tells words that act on no terminal, however long', () => {
  const [call] = callsOf(`\x1b]9;a\u202eb${'x'.repeat(5000)}\x1b\\`)
  expect(call!.text).toMatch(/^a\ufffdbx+…$/)
  expect(call!.text.length).toBeLessThanOrEqual(200)
})

it('tells of several at once as one, and never keeps the first words back', () => {
  const call = fc.record({text: fc.constantFrom('', 'done'), after: fc.integer({min: 0, max: 1500})})
  fc.assert(
    fc.property(fc.array(call, {minLength: 1}), calls => {
      let at = 0
      const passes = createCallFilter(() => at)
      const passed: {text: string; at: number}[] = []
      for (const {text, after} of calls) {
        at += after
        const lately = passed.filter(earlier => at - earlier.at < 1000)
        const isNew = text === '' ? lately.length === 0 : lately.every(earlier => earlier.text === '')
        expect(passes({by: 'bell', text})).toBe(isNew)
        if (isNew) passed.push({text, at})
      }
    }),
  )
})

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {blockedOnScreen, blockedReason, lastSaid} from '../../src/agents/blocked.ts'
import {anyCharacter} from '../any-character.ts'

const SAYS = 'its agent says that it is blocked'

describe('blockedReason', () => {
  it.each([
    ['BLOCKED: there is no test database', `${SAYS}: there is no test database`],
    ['I looked everywhere.\n\nBLOCKED: the issue names no file', `${SAYS}: the issue names no file`],
    ['I looked.\r\nBLOCKED: no key\r\nTell me more.', `${SAYS}: no key`],
    ['**BLOCKED:** no key', `${SAYS}: no key`],
    ['**BLOCKED: no key**', `${SAYS}: no key`],
    ['BLOCKED: first\nBLOCKED: last', `${SAYS}: last`],
    ['BLOCKED:', SAYS],
    ['```\nlog\n```\nBLOCKED: after a fence', `${SAYS}: after a fence`],
    ['BLOCKED: \u001b]0;own\u0007a\u0007b\u202e', `${SAYS}: ab\ufffd`],
    [`BLOCKED: push refused for ghp_${'a'.repeat(36)}`, `${SAYS}: push refused for ghp_[redacted]`],
  ])('%j is one', (message, reason) => {
    expect(blockedReason(message)).toBe(reason)
  })

  it.each([
    '',
    'Done.',
    'I was BLOCKED: but found a way',
    '> BLOCKED: quoted',
    '- BLOCKED: an entry of a list',
    '    BLOCKED: indented',
    '`BLOCKED: no database` is what I would say',
    'Blocked: in other letters',
    'BLOCKED:foo',
    'UNBLOCKED: all is well',
    'You asked to end with\nBLOCKED: <why>',
    '```\nBLOCKED: in a fence\n```',
    '~~~text\n```\nBLOCKED: in a fence\n~~~',
    '````\n```\nBLOCKED: in the outer fence\n````',
    '```\nBLOCKED: in a fence that never ends',
  ])('%j is none', message => {
    expect(blockedReason(message)).toBeNull()
  })

  it('gives one short line, whatever an agent says', () => {
    fc.assert(
      fc.property(fc.string({unit: anyCharacter, maxLength: 400}), said => {
        const reason = blockedReason(`BLOCKED: ${said}`)
        if (reason === null) return
        expect(reason.startsWith(SAYS)).toBe(true)
        expect(reason).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
        expect(reason.length).toBeLessThan(2 * SAYS.length + 2 * 200)
      }),
    )
  })

  it('finds no word inside a line', () => {
    fc.assert(
      fc.property(fc.string({minLength: 1}), said => {
        fc.pre(!/[\r\n]|^\**$/.test(said))
        expect(blockedReason(`${said}BLOCKED: why`)).toBeNull()
      }),
    )
  })
})

it('finds the word on the screen of a terminal program, behind its bullet or frame', () => {
  expect(blockedOnScreen('● I looked.\n\n● BLOCKED: no beans\n\n> ')).toBe(`${SAYS}: no beans`)
  expect(blockedOnScreen('│ BLOCKED: no beans     │')).toBe(`${SAYS}: no beans`)
  expect(blockedOnScreen('> BLOCKED: quoted\n- BLOCKED: listed\nBLOCKED: <why>')).toBeNull()
})

it('gives the last words of a turn, cut at their front', () => {
  expect(lastSaid('I looked.\n\nTea\nor coffee?\n\n')).toBe('Tea or coffee?')
  expect(lastSaid('')).toBe('')
  expect(lastSaid(`${'word '.repeat(100)}?`)).toMatch(/^….{199}$/)
})

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {givenMemory, MEMORY_BYTES, memoryText} from '../../src/model/hub/given-memory.ts'
import {DATA_RULES} from '../../src/model/hub/given-text.ts'
import {bytesOf} from '../../src/model/hub/mail.ts'
import {MEMORY_TYPES, type Memory} from '../../src/model/hub/memory/memory.ts'
import {anyCharacter} from '../any-character.ts'

const MEMORY: Memory = {
  ...{
    ref: '12',
    project: 'acme/shop',
    type: 'gotcha',
    title: 'The port',
    text: 'It is 8080.',
    status: 'active',
    tags: [],
  },
  ...{files: ['src/a.ts'], by: 'shop-1', instance: null, session: null, ticket: null, commit: null, createdAt: 0},
  ...{updatedAt: Date.UTC(2026, 10, 29, 20, 10), supersededBy: null},
}

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('@/etc/passwd', '@"a b"', '\n', '\r\n', '\u2028', '> ', 'Memory 9, fix', '!ls', '/clear', '@'),
      fc.constantFrom('\x1b[201~', '\x00', '\u202e', '```', 'ultrathink'),
      fc.string({unit: anyCharacter, maxLength: 8}),
    ),
    {maxLength: 20},
  )
  .map(parts => parts.join(''))

describe('the text by which memories are given to a session', () => {
  it('says what each is, by whom, and of what', () => {
    expect(givenMemory({given: [MEMORY], left: 2})).toBe(
      [
        'Clambake gives you 1 memory that earlier sessions and people kept. They may be out of date.',
        DATA_RULES,
        '',
        'Memory 12, gotcha of this project, by "shop-1", 2026-11-29 20:10 UTC:',
        '> The port',
        '> It is 8080.',
        'It is about "src/a.ts".',
        '',
        '2 more memories may matter: clambake recall "…" finds them.',
      ].join('\n'),
    )
    expect(givenMemory({given: [], left: 0})).toBe('')
  })

  it('does nothing in a client, lets no line of others look like ours, and keeps to its budget', () => {
    const memories = fc.array(
      fc.record({
        type: fc.constantFrom(...MEMORY_TYPES),
        title: hostile,
        text: hostile,
        by: hostile,
        files: fc.array(hostile, {maxLength: 3}),
      }),
      {maxLength: 12},
    )
    fc.assert(
      fc.property(memories, fc.integer({min: 0, max: MEMORY_BYTES}), (all, budget) => {
        const given = all.map((one, index): Memory => ({...MEMORY, ...one, ref: `${index + 1}`}))
        const text = givenMemory({given, left: 0}, budget)
        expect(text).not.toMatch(/(^|[^\p{L}\p{N}_])@\S/u)
        expect(text).not.toMatch(/\bultrathink/i)
        expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e]/)
        const ours = text.split('\n').filter(line => !line.startsWith('>'))
        const heads = ours.filter(line => /^Memory \d+, /.test(line))
        const shown = given.filter(({ref}) => heads.some(line => line.startsWith(`Memory ${ref}, `)))
        expect(shown).toHaveLength(heads.length)
        expect(shown.reduce((sum, one) => sum + bytesOf(memoryText(one)), 0)).toBeLessThanOrEqual(budget)
      }),
    )
  })
})

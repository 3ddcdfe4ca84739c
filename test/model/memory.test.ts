import {DatabaseSync} from 'node:sqlite'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {memoryRefusal, tidyDraft, titleOf} from '../../src/model/hub/memory/draft.ts'
import {filesMeet} from '../../src/model/hub/memory/files.ts'
import {isExport, MARK, readExport, sectionsOf, typeFor, writeExport} from '../../src/model/hub/memory/markdown.ts'
import {
  GLOBAL_TYPES,
  MEMORY_STATUSES,
  type Memory,
  memoryRef,
  PROJECT_TYPES,
  parseMemoryRef,
} from '../../src/model/hub/memory/memory.ts'
import {anyWordOf, indexedWords, loosened, parseQuery, partsOf, soughtWords} from '../../src/model/hub/memory/query.ts'
import {ranked} from '../../src/model/hub/memory/rank.ts'
import {chooseRelevant} from '../../src/model/hub/memory/relevant.ts'
import {showsCredential} from '../../src/model/hub/memory/secrets.ts'
import {snippetOf} from '../../src/model/hub/memory/snippet.ts'
import {duplicatesOf, similarity} from '../../src/model/hub/memory/trigrams.ts'
import {anyCharacter} from '../any-character.ts'
import {processorTime} from '../processor-time.ts'

const NOW = 1_700_000_000_000
const DAY = 24 * 60 * 60_000

const aMemory = (more: Partial<Memory> = {}): Memory => ({
  ref: '1',
  project: 'acme/widgets',
  type: 'gotcha',
  title: 'title',
  text: 'text',
  status: 'active',
  tags: [],
  files: [],
  by: 'w-1',
  instance: 'w-1',
  session: null,
  ticket: null,
  commit: null,
  createdAt: NOW,
  updatedAt: NOW,
  supersededBy: null,
  ...more,
})

const anyText = fc.oneof(fc.string({unit: anyCharacter}), fc.string({unit: 'grapheme'}), fc.lorem())
/** Words and marks of our formats, mixed. */
const anyLines = fc
  .array(fc.oneof(anyText, fc.constantFrom('---', MARK, `\\${MARK}`, `\\\\${MARK}`, '# a', '```', 'k: v', '')), {
    maxLength: 6,
  })
  .map(lines => lines.join('\n'))
const anyRef = fc
  .tuple(fc.constantFrom('project', 'global'), fc.integer({min: 1, max: 1e9}))
  .map(([s, id]) => memoryRef(s as 'project', id))
const anyMemory: fc.Arbitrary<Memory> = fc
  .record({
    ref: anyRef,
    title: anyText,
    text: anyLines,
    status: fc.constantFrom(...MEMORY_STATUSES),
    tags: fc.array(anyText, {maxLength: 3}),
    files: fc.array(anyText, {maxLength: 3}),
    by: fc.constantFrom('w-1', 'ada@laptop', 'true', '12', '- "x": y'),
    instance: fc.constantFrom(null, 'w-1'),
    session: fc.constantFrom(null, 'c0ffee', '123', '1e3'),
    ticket: fc.option(fc.nat()),
    commit: fc.constantFrom(null, 'abc1234', '1234567', '0x12'),
    createdAt: fc.integer({min: 0, max: 4e12}),
    updatedAt: fc.integer({min: 0, max: 4e12}),
    supersededBy: fc.option(anyRef),
    type: fc.constantFrom(...PROJECT_TYPES, ...GLOBAL_TYPES),
    project: fc.constantFrom(null, 'acme/widgets', 'null', '7'),
  })
  .map(tidyDraft)
  .filter(({title, text, tags, files}) => title !== '' && text !== '' && [...tags, ...files].every(one => one !== ''))

it('a name of a memory is read back', () => {
  fc.assert(fc.property(anyRef, ref => void expect(parseMemoryRef(ref)?.ref).toBe(ref)))
  for (const text of ['', '0', 'x1', '-1', '1.5', 'gg1', '12 monkeys']) expect(parseMemoryRef(text), text).toBeNull()
  expect(parseMemoryRef(' #12')).toEqual({scope: 'project', id: 12, ref: '12'})
})

describe('an export', () => {
  it('is read back as the same, one or many, whatever the texts hold', () => {
    fc.assert(
      fc.property(fc.array(anyMemory, {minLength: 1, maxLength: 4}), memories => {
        const text = writeExport(memories)
        expect(isExport(text)).toBe(true)
        expect(readExport(text)).toEqual(memories.map(written => ({written})))
        expect(readExport(text.replaceAll('\n', '\r\n'))).toEqual(memories.map(written => ({written})))
      }),
    )
  })

  it('that was damaged gives the parts that are whole', () => {
    const text = writeExport([aMemory(), aMemory({ref: '2'})]).replace('type: "gotcha"', 'type: "nonsense"')
    expect(readExport(text)).toEqual([{problem: expect.stringContaining('place 1')}, {written: aMemory({ref: '2'})}])
    fc.assert(fc.property(anyLines, lines => void expect(() => readExport(`${MARK}\n${lines}`)).not.toThrow()))
  })
})

describe('notes', () => {
  it('are parted by their headings, outside of code', () => {
    const text =
      '\ufeffHello.\n\n# Gotchas ##\n\n- one\n\n```sh\n# no heading\n```\n## Empty\n### Our decisions\r\ntwo\n'
    const sections = sectionsOf('CLAUDE', text)
    expect(sections).toEqual([
      {title: 'CLAUDE', text: 'Hello.', type: null},
      {title: 'Gotchas', text: '- one\n\n```sh\n# no heading\n```', type: null},
      {title: 'Our decisions', text: 'two', type: null},
    ])
    expect(sections.map(section => typeFor(section, false))).toEqual(['pattern', 'gotcha', 'decision'])
    expect(typeFor(sections[1]!, true)).toBe('lesson')
  })

  it('of Claude, with front matter that names them, are one memory', () => {
    const text = '---\nname: db-port\ndescription: Port of the database\ntype: gotcha\n---\n\n# One\n5433\n# Two\nx\n'
    expect(sectionsOf('db', text)).toEqual([
      {title: 'Port of the database', text: '# One\n5433\n# Two\nx', type: 'gotcha'},
    ])
  })

  it('of any content lose no line but their headings', () => {
    fc.assert(
      fc.property(anyLines, text => {
        const kept = sectionsOf('n', `x\n${text}`)
          .map(section => section.text)
          .join('\n')
        const lines = `x\n${text}`.split(/\r?\n/).filter(line => line.trim() !== '' && !/^ {0,3}#{1,6}\s/.test(line))
        for (const line of lines) expect(kept).toContain(line.trim())
      }),
    )
  })
})

describe('a search', () => {
  it('is read as people type it', () => {
    expect(parseQuery('port "of the database" -docker OR src/cart')).toEqual([
      {all: [['port'], ['of', 'the', 'database']], none: [['docker']]},
      {all: [['src', 'cart']], none: []},
    ])
    expect(parseQuery('-only or')).toEqual([])
    expect(loosened(parseQuery('a b'))).toEqual(parseQuery('a or b'))
    expect(loosened(parseQuery('a or b'))).toBeNull()
    expect(soughtWords(anyWordOf('The port of the database is in the Port list'))).toEqual(['port', 'database', 'list'])
  })

  it('finds a language without spaces by two characters each', () => {
    expect(partsOf('価格をabc切る')).toBe('価格 格を 切る 価 格 を 切 る')
    expect(indexedWords(['切り捨て', 'price'])).toEqual(['切り', 'り捨', '捨て', 'price'])
    expect(indexedWords(['切'])).toEqual(['切'])
    expect(partsOf('plain words')).toBeNull()
  })

  it('of any text is one that FTS5 takes', () => {
    using database = new DatabaseSync(':memory:')
    database.exec("create virtual table f using fts5(a, tokenize = 'porter unicode61 remove_diacritics 2')")
    const statement = database.prepare('select rowid from f where f match ?')
    fc.assert(
      fc.property(fc.oneof(anyText, anyLines), text => {
        for (const words of parseQuery(text).flatMap(({all, none}) => [...all, ...none])) {
          expect(() => statement.all(`"${words.join(' ')}"`)).not.toThrow()
        }
      }),
    )
  })
})

describe('files meet', () => {
  it.each([
    ['src/cart', 'src/cart/total.ts', true],
    ['src/cart/**', 'src/cart/total.ts', true],
    ['src/cart/**', 'src/cart', true],
    ['src/**/*.ts', 'src/a/b/c.ts', true],
    ['src/**/*.ts', 'src/c.ts', true],
    ['src/*.ts', 'src/a/c.ts', false],
    ['src/*', 'src/a/c.ts', true],
    ['src/cart', 'src/cartoon.ts', false],
    ['docs/*.md', 'docs/a.ts', false],
    ['**', 'anything/at/all', true],
    ['a?c', 'abc', true],
  ])('%s and %s: %s', (one, other, meet) => {
    expect(filesMeet(one, other)).toBe(meet)
    expect(filesMeet(other, one)).toBe(meet)
  })

  it('in time in the length of what others wrote', () => {
    const took = processorTime()
    expect(filesMeet(`${'*a'.repeat(250)}b`, 'a'.repeat(500))).toBe(false)
    expect(filesMeet(`${'**/'.repeat(150)}b`, 'a/'.repeat(250))).toBe(false)
    expect(took()).toBeLessThan(1000)
  })
})

describe('likeness', () => {
  it('is that of the other way round, 1 for the same, and between 0 and 1', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        expect(similarity(one, other)).toBe(similarity(other, one))
        expect(similarity(one, one)).toBe(1)
        expect(similarity(one, other)).toBeGreaterThanOrEqual(0)
        expect(similarity(one, other)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('finds what was said in other words, and not what is about something else', () => {
    const known = aMemory({
      title: 'Port of the test database',
      text: 'The tests use port 5433, as 5432 is taken on CI.',
    })
    const draft = (title: string, text: string) => ({...aMemory({title, text})})
    expect(
      duplicatesOf(draft('Test database port', 'Tests use port 5433 since 5432 is taken on the CI.'), [known]),
    ).toHaveLength(1)
    expect(
      duplicatesOf(draft('Port of the web server', 'The server listens on 8080 in development.'), [known]),
    ).toEqual([])
  })
})

describe('order', () => {
  it('is the same in whatever order they come, and loses none', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyMemory, {selector: ({ref}) => ref, maxLength: 8}), memories => {
        const found = [memories.slice(0, 3).map(({ref}) => ref)]
        const around = {files: ['src'], tags: ['a'], now: NOW}
        const order = ranked(memories, found, around)
        expect(ranked(memories.toReversed(), found, around)).toEqual(order)
        expect(new Set(order)).toEqual(new Set(memories))
      }),
    )
  })

  it('puts what is in force, of the same file, with the same tag and of late first', () => {
    const found = [['1', '2', '3', '4', '5'] as const]
    const order = ranked(
      [
        aMemory({ref: '1', status: 'deprecated'}),
        aMemory({ref: '2', updatedAt: NOW - 365 * DAY}),
        aMemory({ref: '3'}),
        aMemory({ref: '4', tags: ['ci']}),
        aMemory({ref: '5', files: ['src/**']}),
      ],
      found,
      {files: ['src/a.ts'], tags: ['ci'], now: NOW},
    )
    expect(order.map(({ref}) => ref)).toEqual(['5', '4', '3', '2', '1'])
  })
})

describe('what a session is given', () => {
  const around = {files: [], tags: [], now: NOW}

  it('fits the budget, is whole, and is the same each time', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyMemory, {selector: ({ref}) => ref, maxLength: 8}),
        fc.integer({min: 0, max: 2000}),
        (memories, budget) => {
          const words = memories.map(({ref}) => ref)
          const sizeOf = ({text}: Memory) => text.length + 10
          const {given, left} = chooseRelevant(memories, {words, met: []}, around, budget, sizeOf)
          expect(given.reduce((sum, memory) => sum + sizeOf(memory), 0)).toBeLessThanOrEqual(budget)
          for (const memory of given) expect(memories).toContain(memory)
          expect(given.length + left).toBe(memories.filter(({status}) => status === 'active').length)
          expect(chooseRelevant(memories.toReversed(), {words, met: []}, around, budget, sizeOf).given).toEqual(given)
        },
      ),
    )
  })

  it('is what is in force and concerns its task, or all tasks', () => {
    const memories = [
      aMemory({ref: '1', type: 'fix'}),
      aMemory({ref: '2', type: 'fix', status: 'resolved'}),
      aMemory({ref: '3', type: 'update'}),
      aMemory({ref: 'g1', type: 'convention', project: null}),
    ]
    const {given} = chooseRelevant(memories, {words: ['1', '2'], met: []}, around, 9999)
    expect(given.map(({ref}) => ref)).toEqual(['1', 'g1'])
  })
})

describe('a snippet', () => {
  it('shows the part with the words', () => {
    const text = `${'Nothing of note here. '.repeat(20)}The database listens on port 5433. ${'And more. '.repeat(20)}`
    const snippet = snippetOf(text, ['databases', '5433'], 60)
    expect(snippet).toMatch(/^….*database listens on port 5433.*…$/)
    expect(snippetOf('short', ['x'], 60)).toBe('short')
  })

  it('fits its width', () => {
    fc.assert(
      fc.property(anyLines, fc.array(fc.lorem({maxCount: 1})), fc.integer({min: 1, max: 80}), (text, words, width) => {
        expect([...snippetOf(text, words, width)].length).toBeLessThanOrEqual(width + 2)
      }),
    )
  })
})

describe('a draft', () => {
  const draft = {project: null, type: 'credential', title: 'Deploy key', text: '', tags: [], files: []} as const

  it.each([
    'the password is hunter2',
    'password: correct-horse-9',
    'token = abc123def',
    'login with x7Kq92mZpL0vB3nR',
    'PIN: 4711',
  ])('of a credential does not hold it: %s', text => {
    expect(showsCredential(text)).toBe(true)
    expect(memoryRefusal({...draft, text})?.why).toMatch(/kept|secret/)
  })

  it.each([
    'in the vault "ops", entry deploy-key-2024',
    'the token is in ~/.config/gh/hosts.yml',
    'password: $DEPLOY_PASSWORD',
    'the API key is kept in 1Password, and STRIPE_API_KEY names it',
    'key: see https://vault.example.com/ops/k8s-prod-eu-1',
    'ask the ops team on k8s-prod-eu-west-1.example.com',
  ])('of a credential says where it is: %s', text => {
    expect(memoryRefusal({...draft, text})).toBeNull()
  })

  it('without a title has its first line, cut at a word', () => {
    expect(titleOf('\n One line.\nAnother')).toBe('One line.')
    expect(titleOf('word '.repeat(40))).toMatch(/^(word ){14}word…$/)
    fc.assert(fc.property(anyLines, text => void expect([...titleOf(text)].length).toBeLessThanOrEqual(80)))
  })

  it('that was tidied is tidy', () => {
    fc.assert(fc.property(anyMemory, memory => void expect(tidyDraft(memory)).toEqual(memory)))
  })
})

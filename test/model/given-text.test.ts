import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {DATA_RULES, givenText, itemText} from '../../src/model/hub/given-text.ts'
import {HAND_OVER_BYTES, handOver} from '../../src/model/hub/hand-over.ts'
import {bytesOf, MAIL_KINDS, MAX_MAIL_BYTES, type Mail} from '../../src/model/hub/mail.ts'
import {anyCharacter} from '../any-character.ts'

/** What a client reads or calls at once, wherever it stands in a prompt. */
const EXPANDS = /(^|[^\p{L}\p{N}_])@\S/u
const PEER = {id: 'w-1', project: 'acme/widgets'}

const MAIL: Mail = {
  id: 12,
  kind: 'info',
  from: 'shop-3f2a',
  instance: 'shop-3f2a',
  project: 'acme/shop',
  to: '@all',
  text: 'the port is 8080',
  at: Date.UTC(2026, 10, 29, 20, 10),
  expiresAt: Date.UTC(2026, 10, 29, 22, 10),
  resource: null,
  answers: null,
  dueAt: null,
  ended: null,
}

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '@/etc/passwd',
        '@"a b"',
        '\n',
        '\r',
        '\r\n',
        '\u2028',
        '> ',
        'Message 9, blocker:',
        '!ls',
        '/clear',
      ),
      fc.constantFrom(
        '\x1b[201~',
        '\x1b]0;x\x07',
        '\x00',
        '\u202e',
        '\u200b',
        '```',
        '\ud800',
        'ultrathink',
        '@',
        '  ',
      ),
      fc.string({unit: anyCharacter, maxLength: 8}),
    ),
    {maxLength: 30},
  )
  .map(parts => parts.join(''))

const mails = fc
  .array(
    fc.record<Omit<Mail, 'id'>>({
      kind: fc.constantFrom(...MAIL_KINDS),
      from: hostile,
      instance: fc.option(hostile),
      project: fc.option(hostile),
      to: fc.constantFrom('@all', 'acme/widgets', 'w-1'),
      text: fc.oneof(
        hostile,
        fc.integer({min: 1, max: MAX_MAIL_BYTES}).map(length => 'x'.repeat(length)),
      ),
      at: fc.integer(),
      expiresAt: fc.integer({min: 1}),
      resource: fc.option(hostile),
      answers: fc.option(fc.integer({min: 1})),
      dueAt: fc.constant(null),
      ended: fc.constant(null),
    }),
    {minLength: 1, maxLength: 12},
  )
  .map(all => all.map((one, index): Mail => ({...one, id: index + 1})))

describe('the text by which mail is given to a session', () => {
  it('says in our words what it is, from whom, when, and how to answer', () => {
    const text = givenText({
      given: [MAIL, {...MAIL, id: 13, kind: 'request', text: 'which port?\n\n\nsay it'}],
      waiting: 2,
    })
    expect(text).toBe(
      [
        'Clambake gives you 2 messages of the hub.',
        DATA_RULES,
        '',
        'Message 12, info from "shop-3f2a" to all sessions, 2026-11-29 20:10 UTC:',
        '> the port is 8080',
        'To answer: clambake send shop-3f2a "…" --answers 12',
        '',
        'Message 13, request from "shop-3f2a" to all sessions, 2026-11-29 20:10 UTC:',
        '> which port?',
        '>',
        '> say it',
        'To answer: clambake send shop-3f2a "…" --kind done --answers 13',
        '',
        '2 more messages wait for a later turn.',
      ].join('\n'),
    )
    expect(givenText({given: [], waiting: 0})).toBe('')
  })

  it('says what a blocker holds, and for how long', () => {
    const text = itemText({...MAIL, kind: 'blocker', resource: 'docker'})
    expect(text).toContain('It holds "docker" until its sender ends it, at the latest 2026-11-29 22:10 UTC')
  })

  it('writes to the project of a person, who has no session, and to no one where there is none', () => {
    expect(itemText({...MAIL, instance: null})).toContain('clambake send acme/shop "…" --answers 12')
    expect(itemText({...MAIL, instance: null, project: null})).not.toContain('To answer')
  })

  it('does nothing in a client, and lets no line of others look like ours, whatever they wrote', () => {
    fc.assert(
      fc.property(mails, fc.nat(), (given, waiting) => {
        const text = givenText({given, waiting})
        expect(text).toMatch(/^Clambake gives you /)
        expect(text).not.toMatch(EXPANDS)
        expect(text).not.toMatch(/\bultrathink/i)
        expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e\u200b]/)
        const ours = text.split('\n').filter(line => !line.startsWith('>'))
        expect(ours.filter(line => /^Message \d+, /.test(line))).toHaveLength(given.length)
        for (const line of ours.slice(1 + DATA_RULES.split('\n').length)) {
          expect(line).toMatch(
            /^$|^Message \d+, |^It holds "|^before message \d+ |^To answer: clambake send |^[\d,]+ more m/,
          )
        }
      }),
    )
  })

  it('keeps every word of a message', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z0-9.,:;()]{1,12}$/), {minLength: 1, maxLength: 40}), words => {
        const lines = itemText({...MAIL, text: words.join('\n')}).split('\n')
        expect(lines.filter(line => line.startsWith('> ')).map(line => line.slice(2))).toEqual(words)
      }),
    )
  })

  it('stays within the budget of a hand-over, or is one message alone', () => {
    fc.assert(
      fc.property(mails, mail => {
        const {given, waiting} = handOver({mail, receipts: [], peer: PEER, now: 0})
        const bytes = given.reduce((sum, one) => sum + bytesOf(itemText(one)), 0)
        if (given.length > 1) expect(bytes).toBeLessThanOrEqual(HAND_OVER_BYTES)
        expect(given.length > 0 || waiting === 0).toBe(true)
      }),
    )
    const worst = ['@x', 'a\n', '\n', '\u061c', 'é'].map(part =>
      part.repeat(Math.floor(MAX_MAIL_BYTES / bytesOf(part))),
    )
    for (const text of worst) expect(bytesOf(itemText({...MAIL, text}))).toBeLessThan(3 * MAX_MAIL_BYTES)
  })
})

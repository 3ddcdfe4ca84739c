import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {handOver} from '../../src/model/hub/hand-over.ts'
import {isOpen, MAIL_KINDS, type Mail, type Receipt} from '../../src/model/hub/mail.ts'
import {inFlight, turnMail} from '../../src/model/hub/turn-mail.ts'

const PEER = {id: 'agent001@/repo', project: 'acme/widgets'}
const NOW = 1000

const aMail = (change: Partial<Mail> = {}): Mail => ({
  ...{id: 1, kind: 'info', from: 'shop-1', instance: 'shop-1', project: 'acme/shop', to: '@all', text: 'x', at: 0},
  ...{expiresAt: 10_000, resource: null, answers: null, dueAt: null, ended: null},
  ...change,
})
const aReceipt = (change: Partial<Receipt> = {}): Receipt => ({
  ...{message: 1, instance: PEER.id, handedAt: null, tries: 0, begunAt: null, readAt: null},
  ...change,
})
const turnOf = (mail: Mail, more: {answered?: Mail[]; receipts?: Receipt[]} = {}) =>
  turnMail({mail: [mail], answered: [], receipts: [], ...more}, PEER, NOW).map(({id}) => id)

describe('mail that begins a turn of its own', () => {
  it.each([
    ['an info to all', {}, false],
    ['an info to its project', {to: PEER.project}, false],
    ['an info to itself', {to: PEER.id}, true],
    ['a request to its project', {to: PEER.project, kind: 'request'}, true],
    ['a warning to all', {kind: 'warning'}, true],
    ['a blocker to all', {kind: 'blocker', resource: 'docker'}, true],
    ['a done of something else', {kind: 'done', answers: 9}, false],
    ['what it sent itself', {kind: 'warning', instance: PEER.id}, false],
    ['one to another project', {kind: 'warning', to: 'acme/shop'}, false],
    ['an expired one', {to: PEER.id, expiresAt: NOW}, false],
    ['one that is done', {kind: 'request', ended: {at: 1, by: 'ada'}}, false],
  ] as [string, Partial<Mail>, boolean][])('%s: %o, %s', (_, change, begins) => {
    expect(turnOf(aMail(change))).toEqual(begins ? [1] : [])
  })

  it('is a done that ends what the agent asked or was told', () => {
    const done = aMail({kind: 'done', answers: 9})
    expect(turnOf(done, {answered: [aMail({id: 9, instance: PEER.id})]})).toEqual([1])
    expect(turnOf(done, {receipts: [aReceipt({message: 9, begunAt: 1})]})).toEqual([1])
    expect(turnOf(done, {answered: [aMail({id: 9})], receipts: [aReceipt({message: 9, instance: 'other'})]})).toEqual(
      [],
    )
  })

  it('is always among what the hub would hand over, and never what a turn began with', () => {
    const mail = fc.record({
      kind: fc.constantFrom(...MAIL_KINDS),
      to: fc.constantFrom('@all', PEER.id, 'else'),
      instance: fc.constantFrom('shop-1', PEER.id, null),
      expiresAt: fc.integer({min: 1, max: 2000}),
      answers: fc.constantFrom(null, 1),
    })
    const state = fc.record({
      handedAt: fc.constantFrom(null, 1),
      tries: fc.nat(4),
      begunAt: fc.constantFrom(null, 2),
      readAt: fc.constantFrom(null, 3),
    })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(mail, fc.option(state)), {maxLength: 8}),
        fc.integer({max: 200_000, min: 0}),
        (all, now) => {
          const mails = all.map(([change], index) => aMail({...change, id: index + 1}))
          const receipts = all.flatMap(([, change], index) =>
            change ? [aReceipt({...change, message: index + 1})] : [],
          )
          const looked = {mail: mails, answered: mails, receipts}
          const given = handOver({mail: mails, receipts, peer: PEER, now, budget: 1_000_000}).given.map(({id}) => id)
          const turn = turnMail(looked, PEER, now).map(({id}) => id)
          expect(given).toEqual(expect.arrayContaining(turn))
          expect(turnMail(looked, PEER, now, id => turn.includes(id))).toEqual([])
          for (const {id} of inFlight(looked, PEER)) {
            expect(receipts.find(({message}) => message === id)).toMatchObject({
              handedAt: 1,
              begunAt: null,
              readAt: null,
            })
          }
          for (const id of turn) expect(isOpen(mails[id - 1]!, now)).toBe(true)
        },
      ),
    )
  })
})

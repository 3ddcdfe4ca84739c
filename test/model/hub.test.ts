import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {holding} from '../../src/model/hub/blockers.ts'
import {handOver} from '../../src/model/hub/hand-over.ts'
import {GONE_MS, instanceName, STALE_MS, type Standing, standingOf} from '../../src/model/hub/instance.ts'
import {
  bytesOf,
  HANDED_MS,
  handed,
  isDue,
  isFor,
  isOpen,
  MAIL_KINDS,
  MAX_LIFE_MS,
  MAX_MAIL_BYTES,
  MAX_TRIES,
  type Mail,
  progressOf,
  type Receipt,
} from '../../src/model/hub/mail.ts'

const PEERS = [
  {id: 'w-1', project: 'acme/widgets'},
  {id: 'w-2', project: 'acme/widgets'},
  {id: 'g-1', project: 'acme/gadgets'},
]

const mailAt = (id: number) =>
  fc.record<Mail>({
    id: fc.constant(id),
    kind: fc.constantFrom(...MAIL_KINDS),
    from: fc.constant('ada'),
    instance: fc.constantFrom(null, ...PEERS.map(peer => peer.id)),
    project: fc.constant(null),
    to: fc.constantFrom('@all', 'acme/widgets', 'g-1', 'elsewhere'),
    text: fc.integer({min: 1, max: MAX_MAIL_BYTES}).map(length => 'x'.repeat(length)),
    at: fc.constant(0),
    expiresAt: fc.integer({min: 1, max: MAX_LIFE_MS}),
    resource: fc.constant('docker'),
    answers: fc.constant(null),
    dueAt: fc.constant(null),
    ended: fc.option(fc.record({at: fc.constant(1), by: fc.constant('ada')}), {freq: 5}),
  })
const mails = fc
  .integer({min: 0, max: 12})
  .chain(count => fc.tuple(...Array.from({length: count}, (_, n) => mailAt(n + 1))))

/** A recipient asks again and again; some of what it is given arrives, and some is lost on the way. */
const asks = fc.array(fc.record({afterMs: fc.integer({min: 0, max: 2 * HANDED_MS}), arrives: fc.boolean()}), {
  minLength: 1,
  maxLength: 40,
})

describe('mail', () => {
  it('that was handed over and began no turn is given once more, also after the clock was set back', () => {
    const receipt = handed(undefined, 1, 'me', 0)
    for (const now of [-24 * 3_600_000, HANDED_MS + 1]) expect(isDue(receipt, now)).toBe(true)
    expect(isDue(receipt, HANDED_MS)).toBe(false)
  })

  it('begins at most one turn of each recipient, and is never given to others, expired, ended or too often', () => {
    fc.assert(
      fc.property(mails, asks, fc.constantFrom(...PEERS), (mail, rounds, peer) => {
        const receipts = new Map<number, Receipt>()
        const begun: number[] = []
        let now = 0
        for (const {afterMs, arrives} of rounds) {
          now += afterMs
          const {given} = handOver({mail, receipts: [...receipts.values()], peer, now})
          expect(given.reduce((sum, {text}) => sum + bytesOf(text), 0)).toBeLessThanOrEqual(2 * MAX_MAIL_BYTES)
          for (const one of given) {
            expect(isFor(one, peer) && isOpen(one, now)).toBe(true)
            const receipt = handed(receipts.get(one.id), one.id, peer.id, now)
            expect(receipt.tries).toBeLessThanOrEqual(MAX_TRIES)
            receipts.set(one.id, arrives ? {...receipt, begunAt: now} : receipt)
            if (arrives) begun.push(one.id)
          }
        }
        expect(new Set(begun).size).toBe(begun.length)
      }),
    )
  })

  it('arrives, all of it, at a recipient that asks often enough', () => {
    fc.assert(
      fc.property(mails, fc.constantFrom(...PEERS), (mail, peer) => {
        const receipts: Receipt[] = []
        const got: number[] = []
        for (let round = 0; round <= mail.length; round++) {
          for (const {id} of handOver({mail, receipts, peer, now: 0}).given) {
            receipts.push({...handed(undefined, id, peer.id, 0), begunAt: 0})
            got.push(id)
          }
        }
        const meant = mail.filter(one => isFor(one, peer) && isOpen(one, 0)).map(({id}) => id)
        expect(got.toSorted((a, b) => a - b)).toEqual(meant)
      }),
    )
  })

  it('says how many of its recipients have it', () => {
    const receipt = (instance: string, more: Partial<Receipt>): Receipt => ({
      ...{message: 1, instance, handedAt: null, tries: 0, begunAt: null, readAt: null},
      ...more,
    })
    const receipts = [
      receipt('w-1', {handedAt: 1, tries: 1}),
      receipt('w-2', {readAt: 2}),
      receipt('g-1', {begunAt: 3}),
    ]
    expect(progressOf({id: 1}, receipts, 5)).toEqual({recipients: 5, handed: 3, begun: 2})
    // Those that left since are still counted.
    expect(progressOf({id: 1}, receipts, 0)).toEqual({recipients: 3, handed: 3, begun: 2})
  })
})

describe('a blocker', () => {
  it('has an end, whatever becomes of its sender, and before it holds only while the sender is there', () => {
    const standings = fc.dictionary(
      fc.constantFrom(...PEERS.map(({id}) => id)),
      fc.constantFrom<Standing>('active', 'stale', 'gone'),
    )
    fc.assert(
      fc.property(mails, standings, fc.integer({min: 0, max: 2 * MAX_LIFE_MS}), (mail, seen, now) => {
        const known = new Map(Object.entries(seen))
        for (const blocker of holding(mail, known, now)) {
          expect(blocker.kind).toBe('blocker')
          expect(now).toBeLessThan(MAX_LIFE_MS)
          if (blocker.instance !== null) expect(['active', 'stale']).toContain(known.get(blocker.instance))
        }
        expect(holding(mail, known, MAX_LIFE_MS)).toEqual([])
        expect(holding(mail, new Map(), now).every(({instance}) => instance === null)).toBe(true)
      }),
    )
  })
})

describe('an instance', () => {
  it('only moves from active over stale to gone while nothing is heard of it', () => {
    const order = ['active', 'stale', 'gone']
    const times = fc.array(fc.integer({min: 0, max: 2 * GONE_MS}), {minLength: 2, maxLength: 10})
    fc.assert(
      fc.property(times, fc.constantFrom(true, false, null), (at, alive) => {
        const standings = at
          .toSorted((a, b) => a - b)
          .map(now => standingOf({heartbeatAt: 0, host: 'h', process: {pid: 1, start: 's'}}, now, () => alive))
        expect(standings).toEqual(standings.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)))
        if (alive === false) expect(new Set(standings)).toEqual(new Set(['gone']))
      }),
    )
    const quiet = (ms: number) => standingOf({heartbeatAt: 0, host: null, process: null}, ms, () => false)
    expect([STALE_MS, STALE_MS + 1, GONE_MS, GONE_MS + 1].map(quiet)).toEqual(['active', 'stale', 'stale', 'gone'])
  })

  it('has a name that can be typed, from whatever its project is called', () => {
    expect(instanceName('acme/Widgets Shop', '3f2a')).toBe('widgets-shop-3f2a')
    expect(instanceName('/home/ada/api/', '3f2a')).toBe('api-3f2a')
    expect(instanceName('☕', '3f2a')).toBe('session-3f2a')
  })
})

import type {Clock} from '../base/clock.ts'
import type {PaneId} from '../model/data/ids.ts'
import {MAIL_DROPPED} from '../model/data/pane.ts'
import type {MailItem} from '../protocol/host-api.ts'

/** A pane's limit of mail: an agent that posts for days without a reader must not fill the memory. */
const MAIL = {items: 10_000, bytes: 16 * 1024 * 1024}
/** A pane's limit of telemetry, which comes every few seconds, is large and is dispensable: it never displaces mail. */
const BULK = {items: 2_000, bytes: 2 * 1024 * 1024}
/** The size of one answer to a reader, well within a message's limit. */
const PORTION_BYTES = 4 * 1024 * 1024
/** The number of dropped items per warning. */
const WARN_EVERY = 1000

type Stored = {item: MailItem; bytes: number}
type Limit = typeof MAIL
type Box = {limit: Limit; seqs: number[]; bytes: number; dropped: number}

/** Keeps mail in the order of arrival, with a limit per pane; the oldest is dropped first. */
export class Spool {
  readonly #clock: Clock
  readonly #stored = new Map<number, Stored>()
  readonly #boxes = new Map<PaneId, {mail: Box; bulk: Box}>()
  /** Starts from the time, so that numbers grow across restarts of the host and a reader's last one stays valid. */
  #lastSeq: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#lastSeq = clock.now() * 1000
  }

  /** Adds a post and gives the new items: its own, after a warning if older ones had to be dropped. */
  add(post: {pane: PaneId; kind: string; body: unknown; reply: boolean; bytes: number; bulk?: boolean}): MailItem[] {
    const {pane, kind, body, reply, bytes, bulk = false} = post
    const boxes = this.#boxes.get(pane) ?? {mail: newBox(MAIL), bulk: newBox(BULK)}
    this.#boxes.set(pane, boxes)
    const box = bulk ? boxes.bulk : boxes.mail
    const {limit, dropped: before} = box
    while (box.seqs.length > 0 && (box.seqs.length >= limit.items || box.bytes + bytes > limit.bytes)) this.#drop(box)
    const warn = before === 0 ? box.dropped > 0 : Math.trunc(before / WARN_EVERY) < Math.trunc(box.dropped / WARN_EVERY)
    const warning = {pane, kind: MAIL_DROPPED, body: {dropped: box.dropped}, reply: false}
    return [...(warn ? [this.#store(box, warning, 0)] : []), this.#store(box, {pane, kind, body, reply}, bytes)]
  }

  read(after: number): MailItem[] {
    const items: MailItem[] = []
    let bytes = 0
    for (const [seq, stored] of this.#stored) {
      if (seq <= after) continue
      bytes += stored.bytes
      if (items.length > 0 && bytes > PORTION_BYTES) break
      items.push(stored.item)
    }
    return items
  }

  /** Takes note that an item no longer waits for an answer. */
  answered(seq: number): void {
    const stored = this.#stored.get(seq)
    if (stored) stored.item = {...stored.item, reply: false}
  }

  /** Forgets a pane's items and gives their numbers. */
  forget(pane: PaneId): number[] {
    const boxes = this.#boxes.get(pane)
    const seqs = boxes ? [...boxes.mail.seqs, ...boxes.bulk.seqs] : []
    for (const seq of seqs) this.#stored.delete(seq)
    this.#boxes.delete(pane)
    return seqs
  }

  #store(box: Box, post: Omit<MailItem, 'seq' | 'at'>, bytes: number): MailItem {
    const item: MailItem = {...post, seq: ++this.#lastSeq, at: this.#clock.now()}
    this.#stored.set(item.seq, {item, bytes})
    box.seqs.push(item.seq)
    box.bytes += bytes
    return item
  }

  #drop(box: Box): void {
    const seq = box.seqs.shift()!
    box.bytes -= this.#stored.get(seq)?.bytes ?? 0
    box.dropped++
    this.#stored.delete(seq)
  }
}

function newBox(limit: Limit): Box {
  return {limit, seqs: [], bytes: 0, dropped: 0}
}

import type {Clock} from '../base/clock.ts'
import type {PaneId} from '../model/data/ids.ts'
import type {MailItem} from '../model/gateways/host.ts'

/** An agent that posts for days without a reader must not fill the memory. */
const MAIL = {items: 10_000, bytes: 16 * 1024 * 1024}
/** Telemetry comes every few seconds, is large and can be done without; it has its own room, so that it pushes no mail out. */
const BULK = {items: 2_000, bytes: 2 * 1024 * 1024}
/** One answer to a reader, well within a message's limit. */
const PORTION_BYTES = 4 * 1024 * 1024
/** Of how many lost items one warning tells. */
const WARN_EVERY = 1000

/** Kind of the item that says that older mail of its pane was dropped: `{dropped: number}`. */
export const MAIL_DROPPED = 'mail-dropped'

type Stored = {item: MailItem; bytes: number}
type Limit = typeof MAIL
type Box = {limit: Limit; seqs: number[]; bytes: number; dropped: number}

/** Mail in the order of arrival, bounded for each pane; the oldest goes first. */
export class Spool {
  readonly #clock: Clock
  readonly #stored = new Map<number, Stored>()
  readonly #boxes = new Map<PaneId, {mail: Box; bulk: Box}>()
  /** Begins with the time, so that numbers grow over the lives of hosts too and a reader's last one stays valid. */
  #lastSeq: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#lastSeq = clock.now() * 1000
  }

  /** Gives what was added: the item, and a warning before it when older ones of its room had to go. */
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

  /** Nobody waits for its answer any more. */
  answered(seq: number): void {
    const stored = this.#stored.get(seq)
    if (stored) stored.item = {...stored.item, reply: false}
  }

  /** Gives the numbers that were forgotten. */
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

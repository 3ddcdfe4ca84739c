import type {Reader} from './instance.ts'

export const MAIL_KINDS = ['info', 'warning', 'blocker', 'request', 'done'] as const
export type MailKind = (typeof MAIL_KINDS)[number]

/** The address of every instance. */
export const EVERYBODY = '@all'

/** A message between sessions. */
export type Mail = {
  id: number
  kind: MailKind
  /** Who sent it, as people read it: an instance's name, or `ada@laptop`. */
  from: string
  /** The instance that sent it; null: a person. */
  instance: string | null
  project: string | null
  /** `@all`, a project or an instance. */
  to: string
  text: string
  at: number
  expiresAt: number
  /** What a blocker holds; null for all other kinds. */
  resource: string | null
  /** The message that a done, or any other, answers. */
  answers: number | null
  /** When a request wants to be answered. */
  dueAt: number | null
  /** When a done ended it, and who sent that. */
  ended: {at: number; by: string} | null
  /** The claim that the agent worked on that sent it. */
  senderClaim?: string
  /** The claim that the agent worked on that it was sent to: it is for that work alone, whatever the slot does later. */
  claim?: string
}

/** What became of a message at one recipient, by its `receiptName`. */
export type Receipt = {
  message: number
  instance: string
  /** When it was given to the recipient's client last; null: not yet. */
  handedAt: number | null
  tries: number
  /** When a turn of the recipient began with it. */
  begunAt: number | null
  /** When the recipient read it on its own. */
  readAt: number | null
}

/** Most bytes of one message: a longer text is refused, so that none is ever cut. */
export const MAX_MAIL_BYTES = 4096
/** Longest life of a message, so that a blocker has an end even when its sender is forgotten. */
export const MAX_LIFE_MS = 24 * 60 * 60_000
/** When a request without a time of its own is overdue. */
export const DUE_MS = 30 * 60_000
/** After this long without the start of a turn, what was handed over is given once more: it may have been lost. */
export const HANDED_MS = 60_000
/** How often a message is given to one recipient at most. */
export const MAX_TRIES = 3

/** Whether a reader sent a message itself. */
export function isOwn(
  mail: Pick<Mail, 'instance' | 'senderClaim'>,
  {id, claim}: Pick<Reader, 'id' | 'claim'>,
): boolean {
  return mail.senderClaim === undefined || claim === undefined ? mail.instance === id : mail.senderClaim === claim
}

/** Whether a message is meant for a reader. What one sends is not given back to it. */
export function isFor(mail: Pick<Mail, 'to' | 'instance' | 'senderClaim' | 'claim'>, reader: Reader): boolean {
  if (isOwn(mail, reader)) return false
  if (mail.to === EVERYBODY || mail.to === reader.project) return true
  return mail.claim === undefined || reader.claim === undefined ? mail.to === reader.id : mail.claim === reader.claim
}

/** Whether a message still says something: it is not expired, and no done ended it. */
export function isOpen(mail: Pick<Mail, 'expiresAt' | 'ended'>, now: number): boolean {
  return mail.ended === null && now < mail.expiresAt
}

/** Whether a message still has to be given to a recipient. */
export function isDue(receipt: Receipt | undefined, now: number): boolean {
  if (receipt === undefined) return true
  if (receipt.begunAt !== null || receipt.readAt !== null) return false
  if (receipt.handedAt === null) return true
  // By its amount, as the clock may have been set back since.
  return receipt.tries < MAX_TRIES && Math.abs(now - receipt.handedAt) > HANDED_MS
}

/** A receipt after its message was handed over once more. */
export function handed(receipt: Receipt | undefined, message: number, instance: string, now: number): Receipt {
  const before = receipt ?? {message, instance, handedAt: null, tries: 0, begunAt: null, readAt: null}
  return {...before, handedAt: now, tries: before.tries + 1}
}

export type Progress = {
  recipients: number
  handed: number
  begun: number
}

/** Of a message that no session was given yet. */
export const NO_PROGRESS: Progress = {recipients: 0, handed: 0, begun: 0}

/** What the sender is shown: how many got it, and how many began a turn with it or read it. */
export function progressOf(mail: Pick<Mail, 'id'>, receipts: readonly Receipt[], recipients: number): Progress {
  const own = receipts.filter(({message}) => message === mail.id)
  const begun = own.filter(({begunAt, readAt}) => begunAt !== null || readAt !== null).length
  const got = own.filter(({handedAt, begunAt, readAt}) => (handedAt ?? begunAt ?? readAt) !== null).length
  return {recipients: Math.max(recipients, got), handed: got, begun}
}

/** Whether a request waits for longer than its sender wanted. */
export function isOverdue(mail: Mail, now: number): boolean {
  return mail.kind === 'request' && mail.ended === null && mail.dueAt !== null && now > mail.dueAt
}

export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}

import * as z from 'zod'
import {kept} from '../../base/kept.ts'
import {shortSha} from '../../base/words.ts'
import {sha} from '../data/claim.ts'
import type {EffectOf} from '../data/effects.ts'

const HALT_KINDS = ['rewrite', 'tree', 'unreadable', 'pause', 'held'] as const

/** Something that only a person can judge before anything more lands. */
const causeFields = z.object({
  /**
   * `rewrite`: main was force-pushed. `tree`: a merge made other files than its checks saw. `unreadable`: no record. `pause`: a
   * person wants it so. `held`: a blocker of the hub holds main; it is in no record, and ends with the blocker. A newer Clambake
   * may write another one, which halts as well.
   */
  kind: z.custom<(typeof HALT_KINDS)[number]>(kind => typeof kind === 'string' && kind !== ''),
  /** One line for people. */
  reason: z.string().min(1),
  /** The old tip of main, or the commit that was checked. */
  from: sha.nullable(),
  /** The new tip of main, or the commit that landed. */
  to: sha.nullable(),
  /** ISO time by the clock of the daemon that noticed it; only shown, never compared. */
  at: z.string(),
  /** The daemon that noticed it. */
  by: z.string().min(1),
  /** The person who looked at it and let landing continue; null: it still halts landing. */
  lifted: z.object({by: z.string().min(1), at: z.string()}).nullable(),
})
export type HaltCause = z.infer<typeof causeFields>

/** With what a newer Clambake added, as causes are written again. */
const haltCause = kept(causeFields)

/**
 * The record in the commit message of `refs/clambake/halt`. Causes that a person lifted stay for a while, so that another
 * clone which notices the same one later does not ask again.
 */
export const haltRecord = kept(
  z.object({version: z.literal(1), causes: z.array(haltCause).min(1).readonly(), nonce: z.string().min(8)}),
)
export type HaltRecord = z.infer<typeof haltRecord>

/** What a daemon noticed. */
export type NoticedCause = EffectOf<'haltLanding'>['noticed']

/** Why nothing lands in this repository. `oid`: the commit that says so; null: it is not written yet. */
export const halt = z.strictObject({oid: sha.nullable(), causes: z.array(haltCause).readonly()}).readonly()
export type Halt = z.infer<typeof halt>

/** What tells causes apart. */
type Event = Pick<HaltCause, 'kind' | 'from' | 'to'>

/** Whether two causes are the same event. */
export function isSameCause(one: Event, other: Event): boolean {
  return one.kind === other.kind && one.from === other.from && one.to === other.to
}

/** A forced push that took commits from main. */
export function rewriteCause({from, to}: {from: string; to: string}): NoticedCause {
  return {kind: 'rewrite', reason: `main was force-pushed from ${shortSha(from)} to ${shortSha(to)}`, from, to}
}

/** Why landing is halted, on one line. */
export function haltReason({causes}: Halt): string {
  return causes.map(({reason}) => reason).join('; ')
}

/** What a person looks at before landing continues: one command or place for each cause. */
export function haltLook({causes}: Halt): string {
  return causes.map(lookAt).join('; ')
}

function lookAt({kind, from, to}: HaltCause): string {
  switch (kind) {
    case 'rewrite':
      return `see what is gone: git log ${short(to)}..${short(from)}`
    case 'tree':
      return `see what differs: git diff ${short(from)} ${short(to)}`
    case 'unreadable':
      return 'look at the ref halt beside the claims on the remote'
    case 'pause':
      return 'ask who paused it'
    case 'held':
      return 'it continues by itself when the blocker ends'
    default:
      return 'a newer clambake halted it: look at it there, or update this one'
  }
}

function short(commit: string | null): string {
  return commit === null ? '?' : shortSha(commit)
}

/** What this daemon knows of the halt: what the remote's record says, and what it noticed and has not written yet. */
export type HaltState = {
  readonly seen: Halt | null
  readonly noticed: readonly NoticedCause[]
  /** A blocker on main; not there or null: none, or the hub does not say. */
  readonly held?: HaltCause | null
}

export const NO_HALT: HaltState = {seen: null, noticed: []}

/** A blocker on main as a cause: who holds it, why, until when, and how a person ends it sooner. */
export function heldCause(held: {message: number; by: string; why: string; until: number}): HaltCause {
  const until = `${new Date(held.until).toISOString().slice(11, 16)} UTC`
  const end = `clambake send @all "it is free" --kind done --answers ${held.message}`
  const reason = `main is held by ${held.by} until ${until} at most: ${held.why} (to end it: ${end})`
  return {kind: 'held', reason, from: null, to: null, at: '', by: held.by, lifted: null}
}

/** Whether a person can lift it; what only a blocker holds ends with that. */
export function isLiftable({causes}: Halt): boolean {
  return causes.some(({kind}) => kind !== 'held')
}

/** What a person looks at and does, so that landing continues. */
export function haltNext(halt: Halt): string {
  return isLiftable(halt) ? `${haltLook(halt)}; then ${LIFT}` : haltLook(halt)
}

/** Why nothing lands, by the record and by what was noticed; null: landing is not halted. */
export function haltOf({seen, noticed, held = null}: HaltState): Halt | null {
  const unwritten = without(noticed, seen?.causes ?? []).map(asCause)
  const causes = [...(seen?.causes ?? []), ...unwritten, ...(held === null ? [] : [held])]
  return causes.length === 0 ? null : {oid: unwritten.length > 0 ? null : (seen?.oid ?? null), causes}
}

/** What was noticed here, as it will be in the record. */
function asCause(noticed: NoticedCause): HaltCause {
  return {...noticed, at: '', by: 'this daemon', lifted: null}
}

/** The causes that are not among the others. */
export function without<T extends Event>(causes: readonly T[], others: readonly Event[]): T[] {
  return causes.filter(cause => !others.some(other => isSameCause(cause, other)))
}

/** One line for people: why nothing lands, what to look at, and how landing continues. */
export function haltText(halt: Halt): string {
  return `landing is halted: ${haltReason(halt)}; ${haltNext(halt)}`
}

/** How a person lets landing continue. */
export const LIFT = 'lift the halt: clambake land, or L on the screen'

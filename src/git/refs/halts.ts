import {ClambakeError} from '../../base/errors.ts'
import {
  type Halt,
  type HaltCause,
  type HaltRecord,
  haltRecord,
  isSameCause,
  type NoticedCause,
} from '../../model/landing/halt.ts'
import type {Context} from '../context.ts'
import {type Found, newNonce} from './records.ts'

/** Times that a change is made again when another daemon changed the record meanwhile. */
const TRIES = 10
/** Lifted causes that are kept, newest last. */
const KEPT = 20

export type Halts = {
  /** Why nothing may land; null: landing is not halted. As of the last look at the records, or with `fresh` as of now. */
  standing(options?: {fresh: boolean}): Promise<Halt | null>
  /** All causes, lifted ones too, as of now. */
  causes(): Promise<readonly HaltCause[]>
  /** Halts landing for every daemon of the repository. One that a person lifted is not raised again. */
  raise(noticed: NoticedCause): Promise<void>
  /** Lifts exactly these causes. Throws `halt-moved` when there is another one by now, `newer-record` when it cannot be read. */
  lift(shown: readonly HaltCause[], by: string): Promise<void>
}

/** Keeps the halt of landing in one ref of the remote, changed by compare-and-swap. */
export function createHalts({records, refs, clock}: Context, owner: string): Halts {
  const refName = async () => `${await records.namespace()}halt`
  const now = () => new Date(clock.now()).toISOString()

  async function look(): Promise<{ref: string; found: Found<HaltRecord> | null}> {
    const ref = await refName()
    return {ref, found: await records.look(ref, haltRecord)}
  }

  /** Changes the causes until no other daemon does so at the same time; null changes nothing. */
  async function change(make: (causes: readonly HaltCause[]) => readonly HaltCause[] | null, doing: string) {
    for (let tries = 0; tries < TRIES; tries++) {
      const {ref, found} = await look()
      if (found?.state === 'broken' && found.newer) throw newer(found.problem)
      const causes = make(causesOf(found))
      if (causes === null) return
      const reasons = causes.filter(isStanding).map(({reason}) => reason)
      const subject = reasons.length === 0 ? 'landing is not halted' : `landing is halted: ${reasons.join('; ')}`
      const oid = await records.write(subject, {
        ...(found?.state === 'good' ? found.record : {}),
        ...{version: 1, causes: trimmed(causes), nonce: newNonce()},
      })
      if ((await refs.push([{ref, from: found?.oid ?? null, to: oid}], doing)).state === 'done') {
        await records.refresh()
        return
      }
    }
    throw new ClambakeError({
      code: 'halt-moved',
      message: 'the halt of landing was changed by other daemons again and again',
      kept: 'the halt as it is',
      next: 'try again',
    })
  }

  return {
    async standing({fresh} = {fresh: false}) {
      if (fresh) await records.refresh()
      const [found] = await records.seen('halt', haltRecord)
      const causes = causesOf(found ?? null).filter(isStanding)
      return causes.length === 0 ? null : {oid: found!.oid, causes}
    },

    causes: async () => causesOf((await look()).found),

    async raise(noticed) {
      const cause = {...noticed, at: now(), by: owner, lifted: null}
      await change(causes => {
        // A pause that ended says nothing of the next one.
        const others =
          cause.kind === 'pause' ? causes.filter(known => known.kind !== 'pause' || isStanding(known)) : causes
        return others.some(known => isSameCause(known, cause)) ? null : [...others, cause]
      }, 'halt landing')
    },

    async lift(shown, by) {
      const lifted = {by, at: now()}
      await change(causes => {
        const other = causes.filter(isStanding).find(cause => !shown.some(known => isSameCause(known, cause)))
        if (other) throw moved(other)
        const unwritten = shown.filter(cause => !causes.some(known => isSameCause(known, cause)))
        return [...causes, ...unwritten].map(cause => (isStanding(cause) ? {...cause, lifted} : cause))
      }, 'lift the halt of landing')
    },
  }
}

function isStanding({lifted}: HaltCause): boolean {
  return lifted === null
}

/** A record that cannot be read halts landing, since what it said is unknown. */
function causesOf(found: Found<HaltRecord> | null): readonly HaltCause[] {
  if (found === null) return []
  if (found.state === 'good') return found.record.causes
  const reason = `${found.ref} cannot be read: ${found.problem}`
  return [{kind: 'unreadable', reason, from: null, to: null, at: '', by: 'unknown', lifted: null}]
}

function trimmed(causes: readonly HaltCause[]): HaltCause[] {
  const old = causes.filter(cause => !isStanding(cause)).slice(0, -KEPT)
  return causes.filter(cause => !old.includes(cause))
}

function newer(problem: string): ClambakeError {
  return new ClambakeError({
    code: 'newer-record',
    message: `the halt of landing stays as it is, as it cannot be read: ${problem}`,
    kept: 'the halt as it is: nothing lands here',
    next: 'update clambake here, or lift the halt with the newer one',
  })
}

function moved({reason}: HaltCause): ClambakeError {
  return new ClambakeError({
    code: 'halt-moved',
    message: `landing is halted for another reason too by now: ${reason}`,
    kept: 'the halt as it is',
    next: 'look at that as well, then try again',
  })
}

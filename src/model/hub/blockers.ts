import type {Reader, Standing} from './instance.ts'
import {isFor, isOpen, type Mail} from './mail.ts'

/**
 * The blockers that hold now. One ends with its done, at its expiry, or when the instance that sent it is gone; whether that
 * is so only `standings` says, so an owner that is not in it is gone.
 */
export function holding(mail: readonly Mail[], standings: ReadonlyMap<string, Standing>, now: number): Mail[] {
  return mail.filter(({kind, instance, ...one}) => {
    if (kind !== 'blocker' || !isOpen(one, now)) return false
    return instance === null || (standings.get(instance) ?? 'gone') !== 'gone'
  })
}

/** The blockers that hold for an instance: those of others that are sent to it. */
export function holdingFor(blockers: readonly Mail[], peer: Reader): Mail[] {
  return blockers.filter(blocker => isFor(blocker, peer))
}

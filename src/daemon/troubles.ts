import type {Clock} from '../base/clock.ts'
import type {ErrorData} from '../base/errors.ts'
import {handlingOf} from '../model/core/error-classes.ts'
import type {DaemonTopics} from '../protocol/daemon.ts'

export type Notice = DaemonTopics['notice']

export type Troubles = {
  /** Records that `name` fails with this error, or works again (null). */
  report(name: string, error: ErrorData | null): void
  /** The present troubles for the header, each with the time since which it lasts. */
  texts(): readonly string[]
}

/** Keeps the present troubles with GitHub, the remote and the hub. One that only a person can end is also a notice. */
export function createTroubles(options: {
  clock: Clock
  onChange: () => void
  notify: (notice: Notice) => void
}): Troubles {
  const {clock, onChange, notify} = options
  const troubles = new Map<string, {error: ErrorData; since: number}>()
  return {
    report(name, error) {
      if (!error) {
        if (troubles.delete(name)) onChange()
        return
      }
      if (troubles.get(name)?.error.message === error.message) return
      troubles.set(name, {error, since: clock.now()})
      if (handlingOf(error).notice) notify(noticeOf(error))
      onChange()
    },
    texts: () => {
      // Several works may fail for the same reason.
      const since = new Map<string, number>()
      for (const {error, since: at} of troubles.values()) {
        since.set(error.message, Math.min(at, since.get(error.message) ?? at))
      }
      return [...since].map(([message, at]) => `${message} since ${new Date(at).toTimeString().slice(0, 5)}`)
    },
  }
}

function noticeOf({message, kept, next}: ErrorData): Notice {
  return {level: 'error', text: message, ...(kept === undefined ? {} : {kept}), ...(next === undefined ? {} : {next})}
}

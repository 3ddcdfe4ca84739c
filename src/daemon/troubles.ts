import type {Clock} from '../base/clock.ts'
import type {ErrorData} from '../base/errors.ts'
import type {DaemonTopics} from '../protocol/daemon.ts'
import {needsPerson} from './transient.ts'

export type Notice = DaemonTopics['notice']

export type Troubles = {
  /** What `name` does fails for this reason now, or works again (null). */
  report(name: string, error: ErrorData | null): void
  /** For the header: what is wrong with the outside, and since when. */
  texts(): readonly string[]
}

/** What is wrong with the outside. A trouble that only a person can end is also told at once. */
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
      if (needsPerson(error)) notify(noticeOf(error))
      onChange()
    },
    texts: () =>
      [...troubles.values()].map(
        ({error, since}) => `${error.message} since ${new Date(since).toTimeString().slice(0, 5)}`,
      ),
  }
}

function noticeOf({message, kept, next}: ErrorData): Notice {
  return {level: 'error', text: message, ...(kept === undefined ? {} : {kept}), ...(next === undefined ? {} : {next})}
}

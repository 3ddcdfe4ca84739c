import type {State} from './state.ts'

/**
 * The state without times in the future: where the machine's clock was set back, or another machine's is ahead, a time since
 * which something waits counts as now. It would wait until that time comes again otherwise, a day say, and then for as long
 * as it always does. Gives the same state where there is none. Pure.
 */
export function notAfter(state: State, at: number): State {
  const {agents, tickets, written, retries, refused, train, radar} = state
  const {now, paused, trials} = train
  return changed(state, {
    agents: eachOf(agents, slot => changed(slot, {context: pastIn(slot.context, ['since'], at)})),
    tickets: eachOf(tickets, ticket =>
      changed(ticket, {
        context: pastIn(ticket.context, ['since', 'shownSince', 'awaitedSince', 'busySince', 'putBackAt'], at),
      }),
    ),
    written: eachOf(written, one => pastIn(one, ['at'], at)),
    retries: eachOf(retries, retry => pastIn(retry, ['since'], at)),
    // It holds for a minute from its own time.
    refused: eachOf(refused, one => changed(one, {until: Math.min(one.until, at + REFUSED_MS)})),
    train: changed(train, {
      now: changed(now, {context: pastIn(now.context, ['awaitedSince', 'departedAt'], at)}),
      paused: paused && paused.since > at ? {...paused, since: at, until: later(paused, at)} : paused,
      trials: trials.some(time => time > at) ? trials.map(time => Math.min(time, at)) : trials,
    }),
    radar: changed(radar, {
      conflicts: radar.conflicts.some(({since}) => since > at)
        ? radar.conflicts.map(conflict => pastIn(conflict, ['since'], at))
        : radar.conflicts,
    }),
  })
}

/** A refused claim is retried after this time: its owner is at work, or the server needs time. */
export const REFUSED_MS = 60_000

/** The end of what begins now and lasts as long as it did; null: it has none. */
function later({since, until}: {since: number; until: number | null}, at: number): number | null {
  return until === null ? null : at + until - since
}

/** With the times of these names at most `at`; null stays null. */
function pastIn<Key extends string, T extends Readonly<Record<Key, number | null>>>(
  value: T,
  names: readonly Key[],
  at: number,
): T {
  const late = names.filter(name => (value[name] ?? at) > at)
  return late.length === 0 ? value : {...value, ...Object.fromEntries(late.map(name => [name, at]))}
}

/** With these values; itself where it has them already. */
function changed<T extends object>(value: T, change: Partial<T>): T {
  const isSame = (Object.keys(change) as (keyof T)[]).every(key => value[key] === change[key])
  return isSame ? value : {...value, ...change}
}

/** Changes each entry; itself where none changes. */
function eachOf<T>(entries: Readonly<Record<string, T>>, change: (entry: T) => T): Readonly<Record<string, T>> {
  const next = Object.entries(entries).map(([key, entry]): [string, T] => [key, change(entry)])
  return next.every(([key, entry]) => entry === entries[key]) ? entries : Object.fromEntries(next)
}

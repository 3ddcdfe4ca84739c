import {safeLine} from '../../base/text.ts'
import type {StoredEvent} from '../../model/data/event.ts'

/** An event as a line: `09:41:07  · agent001 starts on #7`. */
export function eventLine(event: StoredEvent): string {
  const time = new Date(event.at).toTimeString().slice(0, 8)
  return `${time}  ${event.severity ? '✗' : '·'} ${safeLine(event.message)}`
}

/**
 * Prints events that are newer than those before, oldest first, each once. It takes the newest events, newest first, as
 * the daemon's state has them.
 */
export function createEventPrinter(
  print: (line: string) => void,
  before: readonly StoredEvent[],
  lineOf: (event: StoredEvent) => string = eventLine,
): (newest: readonly StoredEvent[]) => void {
  let last = before[0]?.seq ?? 0
  return newest => {
    for (const event of newest.toReversed()) {
      if (event.seq <= last) continue
      last = event.seq
      print(lineOf(event))
    }
  }
}

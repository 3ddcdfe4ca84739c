/** Minutes of the day between which a slot takes new issues; an end before its start is on the next day. */
type Hours = {from: number; to: number}

const DAY_MINUTES = 24 * 60

/** Whether a name is a time zone that this machine knows. */
export function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', {timeZone: name})
    return true
  } catch {
    return false
  }
}

export function isWorkingHours(text: string): boolean {
  return hoursOf(text) !== null
}

/** Reads `09:00-17:00` or `9-17`; null: it is neither, or its ends are the same. */
function hoursOf(text: string): Hours | null {
  const [, fromHour, fromMinute = '0', toHour, toMinute = '0'] =
    /^(\d{1,2})(?::(\d{2}))?\s*-\s*(\d{1,2})(?::(\d{2}))?$/.exec(text.trim()) ?? []
  if (fromHour === undefined || toHour === undefined) return null
  if (Number(fromMinute) > 59 || Number(toMinute) > 59) return null
  const from = Number(fromHour) * 60 + Number(fromMinute)
  const to = Number(toHour) * 60 + Number(toMinute)
  return from > DAY_MINUTES || to > DAY_MINUTES || from % DAY_MINUTES === to % DAY_MINUTES ? null : {from, to}
}

/** Whether a slot of these settings takes new issues at a moment. Without working hours it always does. Pure. */
export function isAtWork(
  {timezone, working_hours: text}: {timezone?: string | undefined; working_hours?: string | undefined},
  at: number,
): boolean {
  const hours = text === undefined ? null : hoursOf(text)
  if (hours === null) return true
  const minute = minuteOfDay(at, timezone)
  const {from, to} = hours
  return from < to ? minute >= from && minute < to : minute >= from || minute < to
}

function minuteOfDay(at: number, timezone: string | undefined): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timezone !== undefined && {timeZone: timezone}),
  })
  const part = (type: 'hour' | 'minute') => Number(format.formatToParts(at).find(found => found.type === type)?.value)
  return part('hour') * 60 + part('minute')
}

import {z} from 'zod'
import {safeLine} from '../base/text.ts'

const logLine = z.looseObject({time: z.string(), level: z.string(), msg: z.string()})

/**
 * A line of the log for people: time of day, level, message and fields, on one line and safe for a terminal.
 * A line that is no log line (a stack trace of Node itself) is given as it is, made safe.
 */
export function readableLogLine(line: string): string {
  const parsed = logLine.safeParse(parseJson(line))
  if (!parsed.success) return safeLine(line)
  const {time, level, msg, ...fields} = parsed.data
  const shown = Object.entries(fields).map(([key, value]) => `${key}=${shownValue(value)}`)
  return safeLine([time.slice(11, 19), level.toUpperCase().padEnd(5), msg, ...shown].join(' '))
}

function shownValue(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const UNIT_MS: Readonly<Record<string, number>> = {s: 1000, m: 60_000, h: 3_600_000}

export const MINUTE_MS = 60_000

/** Reads a time such as `90s`, `10m` or `2h` in milliseconds; null: it is none. */
export function durationMs(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? []
  return amount === undefined || unit === undefined ? null : Number(amount) * UNIT_MS[unit]!
}

const UNIT_MS: Readonly<Record<string, number>> = {s: 1000, m: 60_000, h: 3_600_000}

export const MINUTE_MS = 60_000

/** Reads a time such as `90s`, `10m` or `2h` in milliseconds; null: it is none. */
export function durationMs(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? []
  return amount === undefined || unit === undefined ? null : Number(amount) * UNIT_MS[unit]!
}

/** A duration as `12s`, `3m`, `2h`, `5d` or `3w`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`
  if (seconds < 14 * 86_400) return `${Math.floor(seconds / 86_400)}d`
  return `${Math.floor(seconds / (7 * 86_400))}w`
}

/** Whether the locale's characters are those of Unicode; without any locale, what terminals are made for today. */
export function hasUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  return /utf-?8/i.test(localeOf(env) || 'UTF-8')
}

/** The locale for characters, as programs choose it; '': none is set. */
export function localeOf(env: Readonly<Record<string, string | undefined>>): string {
  return env.LC_ALL || env.LC_CTYPE || env.LANG || ''
}

/** Whether the locale uses UTF-8; without any locale it is assumed, as in most terminals. */
export function hasUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  return /utf-?8/i.test(localeOf(env) || 'UTF-8')
}

/** The locale for characters, in the usual order of variables; '': none is set. */
export function localeOf(env: Readonly<Record<string, string | undefined>>): string {
  return env.LC_ALL || env.LC_CTYPE || env.LANG || ''
}

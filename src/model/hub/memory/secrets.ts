/** A word that says that what follows is a credential. */
const NAMES =
  /\b(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api[ _-]?key|key|pin)\b["'`]?\s*(?:is|=|:|->|→)\s*["'`]?(\S+)/gi
/** Shortest word that is looked at by itself: passwords that are shorter are found by the word before them. */
const LONG = 16

/**
 * Whether a text says a credential instead of where one is kept: a value after `password is`, or a long word that mixes
 * letters and digits as made ones do. Paths, addresses, names of variables and plain words are where one is kept.
 */
export function showsCredential(text: string): boolean {
  for (const [, value = ''] of text.matchAll(NAMES)) if (!isPlace(value) && /[^a-z]/.test(core(value))) return true
  return text.split(/\s+/).some(word => isMade(core(word)))
}

function core(word: string): string {
  return word.replace(/^["'`([{<]+|["'`)\]}>.,;:!?]+$/g, '')
}

function isPlace(word: string): boolean {
  const value = core(word)
  return (
    /[/\\]/.test(value) || /^[$~%@]/.test(value) || /^[A-Z][A-Z0-9_]*$/.test(value) || /^[A-Za-z][a-z]*$/.test(value)
  )
}

function isMade(word: string): boolean {
  if (word.length < LONG || isPlace(word) || /^[a-z]+:/i.test(word)) return false
  const digits = word.replace(/[^0-9]/g, '').length
  const letters = word.replace(/[^a-z]/gi, '').length
  // Words joined by dashes and dots, as in a host's name, have few digits.
  return digits >= 3 && letters >= 3 && digits * 6 >= word.length
}

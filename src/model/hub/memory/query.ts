/** Words that stand together; one word is a phrase too. */
export type Phrase = readonly string[]
/** What a memory must have, and must not have. */
export type Alternative = {all: readonly Phrase[]; none: readonly Phrase[]}
/** A search as people type it: one of the alternatives holds. */
export type Query = readonly Alternative[]

/** Most words of a search that are looked for; the others of a longer one add nothing. */
const MAX_WORDS = 32
const TOKEN = /(-?)(?:"([^"]*)"?|(\S+))/g
/** Scripts that write words without spaces between them: full text takes a sentence of them for one word. */
const SCRIPTS =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}'
const UNSPACED = new RegExp(`[${SCRIPTS}]`, 'u')
const RUNS = new RegExp(`[${SCRIPTS}]+`, 'gu')

/** Words that say nothing about what a text is about. */
const COMMON = new Set(
  (
    'the and for are but not you all any can had her was one our out has him his how its may new now old see two way who ' +
    'did get let put say she too use that this with have from they been were will what when where which while your their ' +
    'there than then them these those into over some such only also just should would could about after before because ' +
    'does done each more most other same very make made must need like well still being both between during through ' +
    'under until again once here own off down instead every please'
  ).split(' '),
)

/** Reads a search: words, "words together", -without, and `or` between alternatives. Any text is one. */
export function parseQuery(text: string): Query {
  const alternatives: {all: Phrase[]; none: Phrase[]}[] = [{all: [], none: []}]
  let left = MAX_WORDS
  for (const [, minus, quoted, plain = ''] of text.matchAll(TOKEN)) {
    if (minus === '' && quoted === undefined && plain.toLowerCase() === 'or') {
      alternatives.push({all: [], none: []})
      continue
    }
    const words = wordsOf(quoted ?? plain).slice(0, left)
    if (words.length === 0) continue
    left -= words.length
    const {all, none} = alternatives.at(-1)!
    const list = minus === '-' ? none : all
    list.push(words)
  }
  return alternatives.filter(({all}) => all.length > 0)
}

/** A search for texts with any of the words of a text that say what it is about. */
export function anyWordOf(text: string, most = MAX_WORDS): Query {
  const words = wordsOf(text).filter(word => isTelling(word))
  return [...new Set(words)].slice(0, most).map(word => ({all: [[word]], none: []}))
}

/** The same search, satisfied by any of its words; null: it is that already. */
export function loosened(query: Query): Query | null {
  const phrases = query.flatMap(({all, none}) => all.map(phrase => ({all: [phrase], none})))
  return phrases.length > query.length ? phrases : null
}

/** The words that a search looks for. */
export function soughtWords(query: Query): string[] {
  return [...new Set(query.flatMap(({all}) => all.flat()))]
}

/**
 * What full text is given of a text in a language without spaces: each two characters that follow each other, in their
 * order, and each alone; null: the text has none.
 */
export function partsOf(text: string): string | null {
  const runs = text.match(RUNS) ?? []
  if (runs.length === 0) return null
  return [...runs.flatMap(pairsOf), ...new Set(runs.join(''))].join(' ')
}

/** The words of full text for a phrase: of a word without spaces its parts, as `partsOf` gives them. */
export function indexedWords(phrase: Phrase): string[] {
  return phrase.flatMap(word => {
    const runs = word.match(RUNS)
    return runs === null ? [word] : runs.flatMap(pairsOf)
  })
}

function pairsOf(run: string): string[] {
  const characters = [...run]
  return characters.length < 2 ? characters : characters.slice(1).map((second, n) => `${characters[n]}${second}`)
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? []
}

function isTelling(word: string): boolean {
  return (word.length > 2 && !COMMON.has(word)) || UNSPACED.test(word)
}

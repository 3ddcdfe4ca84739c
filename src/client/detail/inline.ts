import type {MarkedToken, Token} from 'marked'
import {cutAtHtmlComments, safeText} from '../../base/text.ts'
import type {Segment} from '../text/line.ts'

type Look = Omit<Segment, 'text'>

/** A line break that the author wrote; the block that holds it begins a new line there. */
const BREAK: Segment = {text: '\n'}

const ENTITIES: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' '}

/**
 * The tokens inside a paragraph as segments. Nothing is left out that GitHub's page hides: the address of a link follows
 * its text, HTML is shown as it is written, comments in the colour of attention.
 */
export function inlineSegments(tokens: readonly Token[] | undefined, look: Look = {}): Segment[] {
  return (tokens ?? []).flatMap(token => segmentsOf(token as MarkedToken, look))
}

function segmentsOf(token: MarkedToken, look: Look): Segment[] {
  switch (token.type) {
    case 'text':
      return token.tokens ? inlineSegments(token.tokens, look) : [plain(unescaped(token.text), look)]
    case 'escape':
      return [plain(unescaped(token.text), look)]
    case 'strong':
      return inlineSegments(token.tokens, {...look, bold: true})
    case 'em':
      return inlineSegments(token.tokens, {...look, italic: true})
    case 'del':
      return inlineSegments(token.tokens, {...look, strike: true})
    case 'codespan':
      return [plain(token.text, {...look, tone: 'working'})]
    case 'br':
      return [BREAK]
    case 'link':
      return [...inlineSegments(token.tokens, {...look, underline: true}), ...address(token.href, token.text)]
    case 'image':
      return [plain(`[image${token.text ? ` ${token.text}` : ''}]`, look), ...address(token.href, '')]
    case 'html':
      return htmlSegments(token.raw)
    default:
      return [plain(token.raw, look)]
  }
}

/** The address of a link, unless its text is the address. */
function address(href: string, text: string): Segment[] {
  return href === text || href === `mailto:${text}` ? [] : [plain(` (${href})`, {tone: 'muted'})]
}

/** Tags as they are written; GitHub hides comments but agents read them, so they are highlighted. */
export function htmlSegments(raw: string): Segment[] {
  return cutAtHtmlComments(raw)
    .map((part, index) => plain(part, {tone: index % 2 === 1 ? 'attention' : 'muted'}))
    .filter(({text}) => text !== '')
}

function plain(text: string, look: Look): Segment {
  return {...look, text: safeText(text).replaceAll('\t', '    ')}
}

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name]! : whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

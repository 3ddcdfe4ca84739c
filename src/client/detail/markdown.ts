import {lexer, type MarkedToken, type Token, type Tokens} from 'marked'
import {fit, safeLine, safeText, textWidth} from '../../base/text.ts'
import {type Line, lineWidth, type Segment} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'
import {htmlSegments, inlineSegments} from './inline.ts'

/** A column of a table gives room to the others at this width; what is longer is cut. */
const MAX_CELL = 32

/** GitHub's Markdown as lines of at most `width` columns, safe for a terminal. Never throws, for any text. */
export function markdownLines(text: string, width: number): Line[] {
  return blockLines(lexer(safeText(text), {gfm: true, breaks: true}), width)
}

/** Blocks one below the other, with an empty line between. */
function blockLines(tokens: readonly Token[], width: number): Line[] {
  const blocks = (tokens as MarkedToken[])
    .filter(token => token.type !== 'space')
    .map(token => linesOf(token, Math.max(8, width)))
  return blocks.flatMap((lines, index) => (index === 0 ? lines : [[], ...lines]))
}

function linesOf(token: MarkedToken, width: number): Line[] {
  switch (token.type) {
    case 'heading':
      return headingLines(token, width)
    case 'paragraph':
      return paragraph(inlineSegments(token.tokens), width)
    case 'text':
      return paragraph(inlineSegments(token.tokens ?? [token]), width)
    case 'code':
      return codeLines(token, width)
    case 'blockquote':
      return blockLines(token.tokens, width - 2).map(line => [{text: '▎ ', tone: 'muted'}, ...line])
    case 'list':
      return listLines(token, width)
    case 'table':
      return tableLines(token)
    case 'hr':
      return [[{text: '─'.repeat(Math.min(width, 24)), tone: 'muted'}]]
    case 'html':
      return paragraph(htmlSegments(token.raw.trimEnd()), width)
    case 'def':
      // GitHub shows nothing of a definition, so text can be hidden in it.
      return paragraph([{text: token.raw.trim(), tone: 'attention'}], width)
    default:
      return paragraph(inlineSegments([token]), width)
  }
}

/** Segments with line breaks in them, each line wrapped. */
function paragraph(segments: readonly Segment[], width: number): Line[] {
  const lines: Segment[][] = [[]]
  for (const segment of segments) {
    segment.text.split('\n').forEach((text, index) => {
      if (index > 0) lines.push([])
      if (text !== '') lines.at(-1)!.push({...segment, text})
    })
  }
  return lines.flatMap(line => wrapLine(line, width))
}

function headingLines({depth, tokens}: Tokens.Heading, width: number): Line[] {
  const lines = paragraph(inlineSegments(tokens, {bold: true, tone: 'accent'}), width)
  if (depth > 2) return lines
  const under = Math.max(...lines.map(lineWidth))
  return [...lines, [{text: (depth === 1 ? '━' : '─').repeat(under), tone: 'muted'}]]
}

function codeLines({text, lang}: Tokens.Code, width: number): Line[] {
  const bar: Line = [{text: '▎ ', tone: 'muted'}]
  const head: Line[] = lang ? wrapLine([{text: safeLine(lang), tone: 'muted'}], width, {first: bar, rest: bar}) : []
  const body = text
    .replaceAll('\t', '    ')
    .split('\n')
    .flatMap(line => wrapLine([{text: line, tone: 'working'}], width, {first: bar, rest: bar}))
  return [...head, ...body]
}

function listLines({items, ordered, start}: Tokens.List, width: number): Line[] {
  const digits = String(Number(start || 1) + items.length - 1).length
  return items.flatMap((item, index) => {
    const bullet = ordered ? `${String(Number(start || 1) + index).padStart(digits)}. ` : '• '
    const indent = ' '.repeat(textWidth(bullet))
    const lines = itemLines(item, width - indent.length)
    return lines.map((line, row): Line => [{text: row === 0 ? bullet : indent, tone: 'accent'}, ...line])
  })
}

/** An item's text and what is nested in it, without empty lines between. */
function itemLines({tokens, task, checked}: Tokens.ListItem, width: number): Line[] {
  const box: Line = task ? [{text: checked ? '[x] ' : '[ ] ', tone: checked ? 'good' : 'muted'}] : []
  const lines = tokens
    .filter(token => token.type !== 'space' && token.type !== 'checkbox')
    .flatMap(token => linesOf(token as MarkedToken, width - lineWidth(box)))
  const [first = [], ...rest] = lines
  return [[...box, ...first], ...rest.map(line => (task ? [{text: '    '}, ...line] : line))]
}

/** Columns as wide as their widest cell; the screen cuts what goes beyond its edge. */
function tableLines({header, rows}: Tokens.Table): Line[] {
  const cell = (tokens: readonly Token[]) =>
    inlineSegments(tokens)
      .map(({text}) => text.replaceAll('\n', ' '))
      .join('')
  const grid = [header, ...rows].map(row => row.map(({tokens}) => cell(tokens)))
  const widths = header.map((_, column) =>
    Math.min(MAX_CELL, Math.max(...grid.map(row => textWidth(row[column] ?? '')))),
  )
  const drawn = grid.map((row, index): Line => {
    const text = widths.map((wide, column) => fit(row[column] ?? '', wide)).join('  ')
    return [{text, ...(index === 0 ? {bold: true} : {})}]
  })
  const rule: Line = [{text: widths.map(wide => '─'.repeat(wide)).join('  '), tone: 'muted'}]
  return [drawn[0]!, rule, ...drawn.slice(1)]
}

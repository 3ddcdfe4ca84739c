import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {placeOf} from '../../model/review/comments.ts'
import type {DiffLine, ReviewComment} from '../../protocol/daemon.ts'
import {fitLine, type Line, type Segment} from '../text/line.ts'
import type {Glyphs} from '../text/theme.ts'
import type {CodePiece} from './code.ts'
import type {ReviewRow} from './rows.ts'

/** Where the cursor is, and which rows are chosen for a comment. */
export type RowLook = {cursor: boolean; chosen: boolean}

type Drawing = {
  width: number
  glyphs: Glyphs
  code: ReadonlyMap<DiffLine, readonly CodePiece[]>
  beside: boolean
  /** Columns that long lines are moved to the left. */
  shift: number
}

/** Columns of a line's number; more digits take the blank before it. */
const NUMBER = 5
const SIGN_TONES = {'+': 'good', '-': 'bad', ' ': 'text'} as const

/** One row, exactly `width` columns: the cursor, the numbers, the sign, and the code in its colours. */
export function drawnRow(row: ReviewRow, look: RowLook, drawing: Drawing): Line {
  const {width, glyphs} = drawing
  const mark: Segment = look.cursor
    ? {text: glyphs.cursor, tone: 'accent'}
    : look.chosen
      ? {text: '│', tone: 'accent'}
      : {text: ' '}
  return fitLine([mark, ...piecesOf(row, look, {...drawing, width: width - 1})], width)
}

function piecesOf(row: ReviewRow, look: RowLook, drawing: Drawing): Line {
  switch (row.kind) {
    case 'hunk':
      return [{text: safeLine(row.text), tone: 'muted', bold: look.cursor}]
    case 'note':
      return [{text: safeLine(row.text), tone: 'muted', bold: look.cursor}]
    case 'comment':
      return commentPieces(row.comment, look, drawing)
    case 'line':
      return [
        numberOf(row.line.old, row.line, look),
        numberOf(row.line.new, row.line, look),
        ...codePieces(row.line, drawing),
      ]
    case 'pair': {
      const left = Math.floor((drawing.width - 1) / 2)
      return [
        ...fitLine(sidePieces(row.left, row.left?.old ?? null, look, drawing), left),
        {text: '│', tone: 'edge'},
        ...fitLine(sidePieces(row.right, row.right?.new ?? null, look, drawing), drawing.width - left - 1),
      ]
    }
  }
}

/** Context has no sign on either side. */
function sidePieces(line: DiffLine | null, number: number | null, look: RowLook, drawing: Drawing): Line {
  return line ? [numberOf(number, line, look), ...codePieces(line, drawing)] : []
}

function numberOf(number: number | null, {sign}: DiffLine, {cursor, chosen}: RowLook): Segment {
  const text = `${(number === null ? '' : String(number)).padStart(NUMBER)} `
  return cursor || chosen
    ? {text, tone: 'accent', bold: cursor}
    : {text, tone: sign === ' ' ? 'muted' : SIGN_TONES[sign]}
}

function codePieces(line: DiffLine, {code, glyphs, shift}: Drawing): Segment[] {
  const {sign, text, open} = line
  const tone = SIGN_TONES[sign]
  const pieces = code.get(line) ?? [{text}]
  return [
    {text: `${sign} `, tone, bold: sign !== ' '},
    ...shifted(
      pieces.map(piece => ({tone, ...piece, text: piece.text.replaceAll('\t', '    ')})),
      shift,
    ),
    ...(open ? [{text: ` ${glyphs.human} no line break at the end`, tone: 'muted' as const}] : []),
  ]
}

/** The pieces without their first characters. */
function shifted(pieces: readonly Segment[], shift: number): Segment[] {
  let over = shift
  return pieces.flatMap(piece => {
    if (over === 0) return [piece]
    const characters = [...piece.text]
    const left = characters.slice(over).join('')
    over = Math.max(0, over - characters.length)
    return left === '' ? [] : [{...piece, text: left}]
  })
}

/** A comment below its lines: its first words on one row; the editor shows all. */
function commentPieces(comment: ReviewComment, {cursor}: RowLook, {glyphs}: Drawing): Line {
  const lines = comment.body.split('\n')
  const more = lines.length > 1 ? ` … ${count(lines.length - 1, 'more line')}` : ''
  return [
    {text: ' '.repeat(NUMBER + 1)},
    {text: `${glyphs.mark} `, tone: 'accent'},
    ...(comment.outdated
      ? [{text: `${glyphs.attention} ${safeLine(placeOf(comment))} has changed: `, tone: 'attention' as const}]
      : comment.from === comment.to
        ? []
        : [{text: `${comment.from}-${comment.to} `, tone: 'muted' as const}]),
    {text: safeLine(lines[0] ?? ''), bold: cursor},
    {text: more, tone: 'muted'},
  ]
}

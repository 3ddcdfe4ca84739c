import type {Detail} from '../state/subject.ts'
import type {Line} from '../text/line.ts'
import {detailLines} from './subjects.ts'

/** Lines longer than this are hard to read, however wide the screen is. */
const READING_WIDTH = 100

/** The last document is kept, because every key and every drawing asks for it. */
const kept = new WeakMap<Detail, {width: number; lines: readonly Line[]}>()

/** A detail view as lines of at most `width` columns, safe for a terminal. */
export function documentLines(detail: Detail, width: number): readonly Line[] {
  const before = kept.get(detail)
  if (before?.width === width) return before.lines
  const lines = detailLines(detail, Math.min(width, READING_WIDTH))
  kept.set(detail, {width, lines})
  return lines
}

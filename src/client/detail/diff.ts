import {safeText} from '../../base/text.ts'
import type {DiffText} from '../../protocol/daemon.ts'
import type {Segment} from '../text/line.ts'

export type DiffFile = {
  path: string
  added: number
  removed: number
  /** The line at which it begins; null: its lines were cut off. */
  line: number | null
}

export type Diff = {lines: readonly Segment[]; files: readonly DiffFile[]}

const kept = new WeakMap<DiffText, Diff>()

/** A diff as coloured lines, safe for a terminal and as wide as they are, and where each file begins. */
export function parseDiff(diff: DiffText): Diff {
  const before = kept.get(diff)
  if (before) return before
  const starts: number[] = []
  let inHead = true
  const lines = safeText(diff.text.replaceAll('\t', '    '))
    .replace(/\n$/, '')
    .split('\n')
    .map((text, index): Segment => {
      if (text.startsWith('diff --git ')) {
        starts.push(index)
        inHead = true
        return {text, bold: true}
      }
      if (text.startsWith('@@')) {
        inHead = false
        return {text, tone: 'accent'}
      }
      if (inHead) return {text, tone: 'muted'}
      return {text, tone: text.startsWith('+') ? 'good' : text.startsWith('-') ? 'bad' : 'text'}
    })
  if (diff.cut) lines.push({text: 'the rest is too long to be shown', tone: 'attention'})
  // git prints files in the order in which it counts them.
  const parsed = {lines, files: diff.files.map((file, index) => ({...file, line: starts[index] ?? null}))}
  kept.set(diff, parsed)
  return parsed
}

/** Index of the file whose lines are at `top`; -1 in a diff without files. */
export function fileAt({files}: Diff, top: number): number {
  return files.findLastIndex(({line}, index) => (index === 0 && line !== null) || (line !== null && line <= top))
}

/** The first line of the next file (+1) or the one before (-1); null: there is none. */
export function fileBeside(diff: Diff, top: number, step: 1 | -1): number | null {
  const at = fileAt(diff, top)
  // Within a file, one step back is its own beginning.
  const here = diff.files[at]?.line ?? 0
  if (step === -1 && top > here) return here
  return diff.files[at + step]?.line ?? null
}

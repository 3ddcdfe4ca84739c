import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {submitLines} from '../../src/client/dialogs/review/submit-review.ts'
import {codeOf, loadHighlighter} from '../../src/client/review/highlight.ts'
import {rowsIn} from '../../src/client/review/on-screen.ts'
import {chosenLines, rowsOf} from '../../src/client/review/rows.ts'
import {editorLines, movedLines} from '../../src/client/text/editor.ts'
import {lineWidth} from '../../src/client/text/line.ts'
import type {DiffLine, FileDiff, ReviewComment} from '../../src/protocol/daemon.ts'
import {aReader, changedFiles, detailAnswers, noDraft} from './details.ts'
import {startClient} from './harness.ts'
import {diffOf} from './review-commands.ts'
import {reviewOfBundle} from './train-commands.ts'

/** A file's diff of one hunk, by the signs of its lines. */
function diffWith(signs: readonly DiffLine['sign'][]): FileDiff {
  let [old, next] = [1, 1]
  const lines = signs.map(
    (sign, at): DiffLine => ({
      sign,
      old: sign === '+' ? null : old++,
      new: sign === '-' ? null : next++,
      text: `const value${at} = '${sign}'`,
    }),
  )
  return {hunks: [{oldStart: 1, newStart: 1, heading: '', lines}], cut: 0}
}

const signs = fc.array(fc.constantFrom('+' as const, '-' as const, ' ' as const), {minLength: 1, maxLength: 30})
const NONE: readonly ReviewComment[] = []

describe('the rows of a file', () => {
  it('side by side are all lines of both versions, each once and in order', () => {
    fc.assert(
      fc.property(signs, all => {
        const diff = diffWith(all)
        const rows = rowsOf({path: 'a.ts'}, diff, {comments: NONE, beside: true})
        const pairs = rows.flatMap(row => (row.kind === 'pair' ? [row] : []))
        const lines = diff.hunks[0]!.lines
        expect(pairs.flatMap(({left}) => left ?? [])).toEqual(lines.filter(({sign}) => sign !== '+'))
        expect(pairs.flatMap(({right}) => right ?? [])).toEqual(lines.filter(({sign}) => sign !== '-'))
      }),
    )
  })

  it('have every comment once, below its line or at the end', () => {
    fc.assert(
      fc.property(signs, fc.boolean(), fc.array(fc.integer({min: 1, max: 40}), {maxLength: 5}), (all, beside, at) => {
        const comments = at.map(
          (line, id): ReviewComment => ({
            ...{id: String(id), path: 'a.ts', side: 'new', from: line, to: line, quote: [], body: 'x', outdated: false},
          }),
        )
        const rows = rowsOf({path: 'a.ts'}, diffWith(all), {comments, beside})
        const shown = rows.flatMap(row => (row.kind === 'comment' ? [row.comment.id] : []))
        expect(shown.toSorted()).toEqual(comments.map(({id}) => id).toSorted())
      }),
    )
  })

  it('that are chosen give lines of one version that follow each other, with their text', () => {
    fc.assert(
      fc.property(signs, fc.boolean(), fc.nat(), fc.nat(), (all, beside, one, other) => {
        const rows = rowsOf({path: 'a.ts'}, diffWith(all), {comments: NONE, beside})
        const chosen = chosenLines(rows, one % rows.length, other % rows.length)
        if (chosen === null) return
        const {side, from, to, quote} = chosen
        const lines = diffWith(all).hunks[0]!.lines
        const numbers = new Map(lines.map(line => [side === 'old' ? line.old : line.new, line.text]))
        expect(quote).toEqual(Array.from({length: to - from + 1}, (_, index) => numbers.get(from + index)))
      }),
    )
  })
})

describe('the colours of code', () => {
  it('change no character of it', async () => {
    await loadHighlighter()
    fc.assert(
      fc.property(fc.constantFrom('a.ts', 'a.py', 'a.md', 'a.json', 'a.unknown'), signs, (path, all) => {
        const diff = diffWith(all)
        const code = codeOf(diff, path)
        for (const line of diff.hunks[0]!.lines) {
          const pieces = code.get(line) ?? [{text: line.text}]
          expect(pieces.map(({text}) => text).join('')).toBe(line.text)
        }
      }),
    )
  })

  it('know a comment that began lines before', async () => {
    await loadHighlighter()
    const lines = ['/* one', 'two */', 'const x = 1'].map(
      (text, at): DiffLine => ({sign: '+', old: null, new: at + 1, text}),
    )
    const code = codeOf({hunks: [{oldStart: 0, newStart: 1, heading: '', lines}], cut: 0}, 'a.ts')
    expect(lines.map(line => code.get(line)?.[0]?.tone)).toEqual(['muted', 'muted', 'accent'])
  })
})

describe('the editor', () => {
  it('shows every line within its width, and the caret', () => {
    const text = fc.string({unit: fc.constantFrom('a', ' ', '\n', '日', '😀', '\t'), maxLength: 60})
    fc.assert(
      fc.property(text, fc.integer({min: 4, max: 20}), fc.nat(), (written, width, at) => {
        const starts = [0, ...[...written].map((_, index, all) => all.slice(0, index + 1).join('').length)]
        const caret = starts[at % starts.length]!
        const {lines, row} = editorLines(written, caret, width)
        for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(width)
        expect(lines.flat().filter(({inverse}) => inverse)).toHaveLength(1)
        expect(lines[row]?.some(({inverse}) => inverse)).toBe(true)
      }),
    )
  })

  it('moves by lines to the same column, or to the end of a shorter line', () => {
    expect(movedLines('abcd\nx\nlong', 3, 1)).toBe(6)
    expect(movedLines('abcd\nx\nlong', 3, 2)).toBe(10)
    expect(movedLines('abcd\nx', 5, -1)).toBe(0)
    expect(movedLines('abcd', 2, 1)).toBe(2)
  })
})

it('words that are being typed are kept before the comment is closed, and again when the daemon was away', async () => {
  const app = startClient()
  const kept: unknown[] = []
  let away = true
  Object.assign(app.daemon.answers, detailAnswers, {
    keepReview: (given: unknown) => {
      if (away) throw new Error('away')
      kept.push(given)
      return null
    },
  })
  await app.connected()
  await app.press('d')
  await app.until(state => diffOf(state).diffs['src/search/limit.ts']?.state === 'ready')
  await app.press('c', ...'half')
  app.clock.pass(300)
  await app.client.idle()
  expect(app.daemon.callsOf('keepReview')).toHaveLength(1)
  away = false
  app.clock.pass(2000)
  await app.client.idle()
  expect(kept).toMatchObject([{of: {ticket: 123}, draft: {id: noDraft.id, comments: [{body: 'half'}]}}])
  // Nothing changed since, so nothing is sent.
  app.clock.pass(10_000)
  await app.client.idle()
  expect(kept).toHaveLength(1)
})

it('the diff of a bundle says whose file it is, and sending says which agent gets which comments', async () => {
  const app = startClient()
  const readers = [
    {ticket: 118, claim: null, agent: 'agent003', how: 'sent back', comments: 1},
    {ticket: 131, claim: null, agent: 'agent002', how: 'sent back', comments: 1},
  ] as const
  Object.assign(app.daemon.answers, detailAnswers, {
    reviewReaders: () => ({readers, unheard: 1, outdated: 0, head: changedFiles.head}),
    submitReview: () => ({comments: 3, agents: readers, published: null}),
  })
  await app.connected()
  await reviewOfBundle(app, 'd')
  // Of the parts that are tested, the last holds the others.
  expect(app.daemon.callsOf('changes')).toEqual([{of: {pull: 214}}])
  const {size} = app.state().ui
  expect(rowsIn(diffOf(app.state()), size)[0]).toEqual({kind: 'note', text: 'changed by #131'})
  await app.press(']')
  expect(rowsIn(diffOf(app.state()), size)[0]).toMatchObject({text: 'changed by #118 #131'})
  await app.press(']')
  expect(rowsIn(diffOf(app.state()), size)[0]).toMatchObject({text: expect.stringContaining('go to all aboard')})
  await app.press('[', 'c', ...'Why', 'ctrl+s', 's')
  expect(app.daemon.callsOf('reviewReaders')).toEqual([{of: {pull: 214}}])
  const dialog = app.state().ui.dialogs.at(-1)!
  const text = dialog.kind === 'submit' ? submitLines(dialog, 90).map(line => line.map(part => part.text).join('')) : []
  expect(text.slice(2)).toEqual([
    '1 #118: goes back to a003, or another free agent, with 1 comment',
    '2 #131: goes back to a002, or another free agent, with 1 comment',
    '3 no agent gets 1 comment: that work is over',
    '4 nothing is published on #214',
    '5 the draft is gone after that',
  ])
  await app.press('enter')
  expect(app.toasts().at(-1)).toBe('3 comments sent · a003 starts on it again · a002 starts on it again')
  await app.press('escape', 'escape')
  expect(app.state().ui.dialogs).toEqual([])
})

it('sending says that the work has moved since it was opened, and names where it is', async () => {
  const app = startClient()
  const answers = {
    ...detailAnswers,
    reviewReaders: () => ({readers: [aReader], unheard: 0, outdated: 1, head: 'f'.repeat(40)}),
  }
  Object.assign(app.daemon.answers, answers)
  await app.connected()
  await app.press('d')
  await app.until(state => diffOf(state).diffs['src/search/limit.ts']?.state === 'ready')
  await app.press('c', ...'Why', 'ctrl+s', 's')
  const dialog = app.state().ui.dialogs.at(-1)!
  const text = dialog.kind === 'submit' ? submitLines(dialog, 90).map(line => line.map(part => part.text).join('')) : []
  expect(text.slice(0, 3)).toEqual([
    '1 comment in 1 file',
    `the work has moved since you opened it, from ${changedFiles.head.slice(0, 7)} to fffffff`,
    '1 comment on lines that have changed since',
  ])
  await app.press('enter')
  expect(app.daemon.callsOf('submitReview')).toMatchObject([{head: 'f'.repeat(40), readers: [{ticket: 123}]}])
})

it('the dialog that lands says so when no bundle is there to be read', async () => {
  const app = startClient()
  Object.assign(app.daemon.answers, detailAnswers)
  await app.connected()
  await app.press('L', 'd')
  expect(app.toasts()).toEqual(['review the bundle that is tested: no bundle is being tested'])
})

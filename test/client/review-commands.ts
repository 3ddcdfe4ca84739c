import {expect} from 'vitest'
import type {ClientState} from '../../src/client/state/state.ts'
import {meantBy} from '../../src/model/hub/meant.ts'
import {aReader, changedFiles} from './details.ts'
import type {Harness} from './harness.ts'

export function diffOf({ui}: ClientState) {
  const dialog = ui.dialogs.find(({kind}) => kind === 'diff')
  if (dialog?.kind !== 'diff') throw new Error('no diff is open')
  return dialog
}

const diff = (app: Harness) => diffOf(app.state())
const dialog = (app: Harness) => app.state().ui.dialogs.at(-1)
const bodies = (app: Harness) => diff(app).draft?.comments.map(({body}) => body)

/** Opens the changes of the selected ticket, with the lines of its first file. */
async function review(app: Harness): Promise<void> {
  await app.press('d')
  await app.until(state => diffOf(state).diffs['src/search/limit.ts']?.state === 'ready')
}

/** Writes a comment on the line at the cursor. */
async function write(app: Harness, text: string): Promise<void> {
  await app.press('c', ...text.replaceAll(' ', '_'), 'ctrl+s')
}

/** What keys do in a review. */
export const REVIEW_COMMANDS = {
  'diff.next-file': async (app: Harness, press: string) => {
    await review(app)
    expect(diff(app).row).toBe(1)
    await app.press('j', press)
    expect(diff(app).file).toBe(1)
    expect(app.daemon.callsOf('changedFile')).toMatchObject([{path: 'src/search/limit.ts'}, {path: 'src/日本.ts'}])
    await app.press(press, press, press, press)
    expect(diff(app).file).toBe(3)
    // A binary file has no lines, and those of one that was read are kept.
    expect(app.daemon.callsOf('changedFile')).toHaveLength(3)
  },
  'diff.previous-file': async (app: Harness, press: string) => {
    await review(app)
    await app.press(']', ']', press)
    expect(diff(app).file).toBe(1)
    await app.press(press, press)
    expect(diff(app).file).toBe(0)
  },
  'diff.next-hunk': async (app: Harness, press: string) => {
    await review(app)
    await app.press(press)
    expect(diff(app)).toMatchObject({file: 0, row: 14})
    await app.press(press)
    expect(diff(app).file).toBe(1)
  },
  'diff.previous-hunk': async (app: Harness, press: string) => {
    await review(app)
    await app.press('G', press)
    expect(diff(app).row).toBe(14)
    await app.press(press)
    expect(diff(app).row).toBe(1)
  },
  'diff.right': async (app: Harness, press: string) => {
    await review(app)
    await app.press(press, press)
    expect(diff(app).shift).toBe(32)
  },
  'diff.left': async (app: Harness, press: string) => {
    await review(app)
    await app.press('right', press, press)
    expect(diff(app).shift).toBe(0)
  },
  'diff.range': async (app: Harness, press: string) => {
    await review(app)
    await app.press(press, 'j', 'j', 'c')
    // The removed line between them is of the other version.
    expect(dialog(app)).toMatchObject({kind: 'comment', comment: {side: 'new', from: 1, to: 2}})
    await app.press('escape', press)
    expect(diff(app).from).toBe(3)
    await app.press('escape')
    expect(diff(app).from).toBeNull()
  },
  'diff.comment': async (app: Harness, press: string) => {
    await review(app)
    await app.press('g', press)
    expect(dialog(app)?.kind).toBe('diff')
    expect(app.toasts()).toEqual(['comment on the line or the chosen lines: the cursor is on no line of the file'])
    await app.press('escape')
    await app.press('d')
    await app.until(state => diffOf(state).diffs['src/search/limit.ts']?.state === 'ready')
    await app.press(press, ...'Why?', 'ctrl+s')
    expect(diff(app).draft?.comments).toMatchObject([
      {path: 'src/search/limit.ts', side: 'new', from: 1, to: 1, body: 'Why?', outdated: false},
    ])
    app.clock.pass(1000)
    await app.client.idle()
    expect(app.daemon.callsOf('keepReview')).toMatchObject([{of: {ticket: 123}, draft: {comments: [{body: 'Why?'}]}}])
  },
  'diff.edit': async (app: Harness, press: string) => {
    await review(app)
    await write(app, 'Why?')
    await app.press('j', press, ...'!!', 'ctrl+s')
    expect(bodies(app)).toEqual(['Why?!!'])
    await app.press(press, 'ctrl+u', 'escape')
    expect(bodies(app)).toEqual([])
  },
  'diff.delete': async (app: Harness, press: string) => {
    await review(app)
    await write(app, 'Why?')
    await app.press('j', press)
    expect(bodies(app)).toEqual([])
  },
  'diff.comments': async (app: Harness, press: string) => {
    await review(app)
    await write(app, 'One')
    await app.press('J')
    await write(app, 'Two')
    await app.press('g', press, 'j', 'enter')
    expect(diff(app)).toMatchObject({file: 0, row: 16})
    await app.press(press, 'x')
    expect(bodies(app)).toEqual(['Two'])
  },
  'diff.viewed': async (app: Harness, press: string) => {
    await review(app)
    await app.press(press)
    expect(diff(app)).toMatchObject({file: 1, draft: {viewed: {'src/search/limit.ts': 'oid of src/search/limit.ts'}}})
    await app.press('[', press)
    expect(diff(app)).toMatchObject({file: 0, draft: {viewed: {}}})
  },
  'diff.submit': async (app: Harness, press: string) => {
    await review(app)
    await app.press(press)
    expect(app.toasts()).toEqual(['send the review: no comment yet; c writes one'])
    await app.press('escape', 'd')
    await app.until(state => diffOf(state).diffs['src/search/limit.ts']?.state === 'ready')
    await write(app, 'Why?')
    await app.press(press)
    expect(dialog(app)).toMatchObject({
      kind: 'submit',
      comments: 1,
      readers: [{agent: 'agent001', how: 'told'}],
      publish: 'no',
    })
    await app.press('enter')
    expect(app.daemon.callsOf('submitReview')).toEqual([
      {of: {ticket: 123}, id: 'draft-1', publish: 'no', head: changedFiles.head, readers: [meantBy(aReader).meant]},
    ])
    expect(bodies(app)).toEqual([])
    expect(app.toasts().at(-1)).toBe('1 comment sent · a001 reads it at the end of its turn')
  },
  'submit.publish': async (app: Harness, press: string) => {
    await reviewOfPull(app)
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'submit', publish: 'no'})
    await app.press(press)
    expect(dialog(app)).toMatchObject({publish: 'comment'})
  },
  'submit.verdict': async (app: Harness, press: string) => {
    await reviewOfPull(app)
    await app.press(press, 'enter')
    expect(app.daemon.callsOf('submitReview')).toMatchObject([{of: {pull: expect.any(Number)}, publish: 'changes'}])
  },
  'editor.line': (app: Harness, press: string) => types(app, ['a', press, 'b'], 'a\nb|'),
  'editor.left': (app: Harness, press: string) => types(app, ['a', '😀', press, 'b'], 'ab|😀'),
  'editor.right': (app: Harness, press: string) => types(app, ['😀', 'a', 'home', press, 'b'], '😀b|a'),
  'editor.begin': (app: Harness, press: string) => types(app, ['a', 'enter', 'b', press, 'c'], 'a\nc|b'),
  'editor.end': (app: Harness, press: string) => types(app, ['a', 'enter', 'b', 'up', press, 'c'], 'ac|\nb'),
  'editor.done': async (app: Harness, press: string) => {
    await review(app)
    await app.press('c', 'a', press)
    expect(dialog(app)?.kind).toBe('diff')
    expect(bodies(app)).toEqual(['a'])
  },
} as const

/** Opens the dialog that sends a review of a pull request that no agent works on. */
async function reviewOfPull(app: Harness): Promise<void> {
  await app.press('2')
  const index = app.state().lists.pulls.findIndex(({ticket}) => ticket === null)
  await app.press(...Array.from({length: index}, () => 'j'))
  await review(app)
  await app.press('j')
  await write(app, 'Why?')
  await app.press('s')
  expect(dialog(app)).toMatchObject({kind: 'submit', readers: [], publish: 'comment'})
}

/** `|` is the caret. */
async function types(app: Harness, keys: readonly string[], expected: string): Promise<void> {
  await review(app)
  await app.press('c', ...keys)
  const open = dialog(app)
  if (open?.kind !== 'comment') throw new Error('no comment is open')
  expect(`${open.text.slice(0, open.caret)}|${open.text.slice(open.caret)}`).toBe(expected)
}

import {describe, expect, it} from 'vitest'
import {BINDINGS} from '../../src/client/commands/bindings.ts'
import {scrolledDialog} from '../../src/client/dialogs/dialogs.ts'
import {createKeymap} from '../../src/client/keys/keymap.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import type {Dialog} from '../../src/client/state/dialog.ts'
import * as update from '../../src/client/state/update.ts'
import type {LandPlan} from '../../src/protocol/daemon.ts'
import {pullDetail} from '../client/details.ts'
import {asks, NO_TRAIN, NOW, shop} from '../client/samples.ts'
import {anOrphan} from '../model/builders.ts'
import {mountApp} from './render.tsx'

const told = [update.daemonSaid(shop), update.linkIs({state: 'connected'})]

const plan: LandPlan = {
  board: [
    {
      ticket: 131,
      claim: null,
      title: 'Add rate limit to /search',
      agent: 'agent002',
      branch: 'a/131',
      commits: 3,
      added: 86,
      removed: 12,
      alone: null,
      pull: 214,
    },
    {
      ticket: 118,
      claim: null,
      title: '日本語のタイトル',
      agent: 'agent003',
      branch: 'a/118',
      commits: 1,
      added: 40,
      removed: 388,
      alone: null,
      pull: null,
    },
  ],
  gates: [],
  halt: null,
  again: [],
  train: NO_TRAIN,
  putOff: [{ticket: 140, title: 'Cart', reason: 'conflicts with #131 in cart/total.ts'}],
  choices: [
    {ticket: 131, title: 'Add rate limit to /search', chosen: true, cannot: null},
    {ticket: 118, title: '日本語のタイトル', chosen: true, cannot: null},
    {ticket: 140, title: 'Cart', chosen: false, cannot: 'conflicts with #131 in cart/total.ts'},
  ],
  steps: ['branches are pushed', 'it merges by squash when green'],
}

async function open(dialog: Dialog, size = {cols: 120, rows: 34}) {
  const screen = mountApp(size)
  const lines = await screen.after(...told, update.openDialog(dialog))
  const rect = screen.store.getState().layout.overlays.at(-1)!
  return {screen, rect, box: lines.slice(rect.row, rect.row + rect.height).map(line => line.slice(rect.col)), lines}
}

describe('the land dialog', () => {
  it('says what boards, what is put off, and what will happen', async () => {
    const {box} = await open({
      kind: 'land',
      only: null,
      edit: null,
      pending: false,
      top: 0,
      plan: {state: 'ready', value: plan},
    })
    const text = box.join('\n')
    expect(box[0]).toMatch(/^┏━ Land the train now\? ━+ L ━┓/)
    expect(text).toMatch(/#131 +Add rate limit to \/search +bundle +a002 +3 commits +\+86 +-12/)
    expect(text).toMatch(/#118 +日本語のタイトル +bundle +a003 +1 commit +\+40 +-388/)
    expect(text).toContain('put off  #140 Cart: conflicts with #131 in cart/total.ts')
    expect(text).toContain('2 it merges by squash when green')
    expect(box.at(-2)).toMatch(/⏎ land {3}e edit the train {3}Esc not now/)
  })

  it('shows what the merge gate says of each pull request, and scrolls where it does not fit', async () => {
    const gates = [136, 140].map(ticket => ({ticket, title: 'Typo', pull: 200 + ticket, gate: pullDetail.gate}))
    const dialog = {
      kind: 'land',
      only: null,
      edit: null,
      pending: false,
      top: 0,
      plan: {state: 'ready', value: {...plan, gates}},
    } as const
    const {box, screen, rect} = await open(dialog, {cols: 80, rows: 24})
    const boxed = (lines: readonly string[]) =>
      lines.slice(rect.row, rect.row + rect.height).map(line => line.slice(rect.col, rect.col + rect.width))
    expect(box[0]).toMatch(/^┏━ Land the train now\? ━+ top ━┓/)
    expect(box.at(-2)).toMatch(/⏎ land {3}e edit the train {3}Esc not now {3}j more/)
    expect(box.join('\n')).toContain('◐ checks           waits: checks run: e2e')
    const text = boxed(
      await screen.after(
        update.topDialogIs(
          scrolledDialog(dialog, 99, {content: contentRect(rect), state: screen.store.getState(), commands: []}),
        ),
      ),
    )
    expect(text[0]).toContain(' end ')
    expect(text.at(-4)).toMatch(/^┃ {2}✓ protected paths {2}changes no protected path/)
    expect(text.join('\n')).toMatch(/#131 +Add rate limit/)
    expect(text.join('\n')).toMatch(/#140 Typo +pull request #340 {2}┃/)
  })

  it('says why landing is halted, what to look at and that confirming lifts the halt', async () => {
    const [from, to] = ['a'.repeat(40), 'b'.repeat(40)]
    const reason = 'main was force-pushed from aaaaaaa to bbbbbbb'
    const halt = {oid: null, causes: [{kind: 'rewrite', reason, from, to, at: '', by: 'me', lifted: null} as const]}
    const {box} = await open({
      kind: 'land',
      only: null,
      edit: null,
      pending: false,
      top: 0,
      plan: {state: 'ready', value: {...plan, halt}},
    })
    expect(box[0]).toContain('Lift the halt, and land the train now?')
    expect(box.join('\n')).toMatch(/halted {2}main was force-pushed from aaaaaaa to bbbbbbb/)
    expect(box.join('\n')).toContain('git log bbbbbbb..aaaaaaa')
    expect(box.at(-2)).toContain('⏎ lift the halt and land')
  })

  it('says so when nothing can land, and does not offer it', async () => {
    const {box} = await open({
      kind: 'land',
      only: null,
      edit: null,
      pending: false,
      top: 0,
      plan: {
        state: 'ready',
        value: {
          board: [],
          putOff: [],
          gates: [],
          choices: [],
          again: [],
          steps: ['a pull request is opened'],
          halt: null,
          train: NO_TRAIN,
        },
      },
    })
    expect(box.join('\n')).not.toContain('a pull request is opened')
    expect(box.join('\n')).toContain('nothing is ready to land')
    expect(box.join('\n')).not.toContain('⏎ land')
  })

  it('shows life while the plan is made and the reason when it cannot be', async () => {
    const {screen, box} = await open({
      kind: 'land',
      only: null,
      edit: null,
      pending: false,
      top: 0,
      plan: {state: 'loading', since: NOW - 4000},
    })
    expect(box.join('\n')).toContain('looking at branches and checks 4s')
    const error = {
      code: 'github-unavailable',
      message: 'GitHub answers 503',
      kept: 'the train',
      next: 'press L again',
      exitCode: 1,
    } as const
    const failed = await screen.after(update.changeDialog('land', land => ({...land, plan: {state: 'failed', error}})))
    expect(failed.join('\n')).toMatch(/GitHub answers 503[\s\S]*kept: the train[\s\S]*next: press L again/)
  })

  it('lets the person choose who boards, says why one cannot, and keeps the choice at the cursor in sight', async () => {
    const many = Array.from({length: 30}, (_, index) => ({...plan.choices[0]!, ticket: 200 + index, chosen: false}))
    const value = {...plan, choices: [...plan.choices, ...many]}
    const dialog = {kind: 'land', only: null, edit: 2, pending: false, top: 0, plan: {state: 'ready', value}} as const
    const {box, screen, rect} = await open(dialog, {cols: 80, rows: 24})
    const text = box.join('\n')
    expect(box[0]).toMatch(/^┏━ Edit the train ━+ 2 on it ━┓/)
    expect(text).toMatch(/ {2}■ #131 +Add rate limit to \/search +bundle {2}┃/)
    expect(text).toMatch(/▸ ⚑ #140 +Cart +conflicts with #131 in cart\/total.ts {2}┃/)
    expect(text).toContain('#140 Cart: cannot board: conflicts with #131 in cart/total.ts')
    expect(box.at(-2)).toMatch(/Space on or off {3}⏎ land 2 tickets {3}Esc back/)
    const room = {content: contentRect(rect), state: screen.store.getState(), commands: []}
    const last = scrolledDialog(dialog, 30, room)
    const moved = (await screen.after(update.topDialogIs(last))).join('\n')
    expect(moved).toMatch(/▸ ○ #229/)
    const end = (await screen.after(update.topDialogIs(scrolledDialog(last, 99, room)))).join('\n')
    expect(end).toContain('2 it merges by squash when green')
    expect(scrolledDialog(last, Number.NEGATIVE_INFINITY, room)).toMatchObject({edit: 0, top: 0})
  })

  it('offers no landing while the forecast of a change is being made', async () => {
    const ready = {state: 'ready', value: plan} as const
    const {box} = await open({kind: 'land', only: [118], edit: 0, pending: true, top: 0, plan: ready})
    expect(box.join('\n')).toMatch(/▸ ○ #131/)
    expect(box.join('\n')).not.toContain('⏎')
  })

  it('cuts a long board to the screen and keeps the keys in sight', async () => {
    const board = Array.from({length: 40}, (_, index) => ({...plan.board[0]!, ticket: 200 + index}))
    const {box, rect} = await open(
      {kind: 'land', only: null, edit: null, pending: false, top: 0, plan: {state: 'ready', value: {...plan, board}}},
      {cols: 80, rows: 24},
    )
    expect(rect.height).toBeLessThanOrEqual(22)
    expect(box.join('\n')).toMatch(/and \d+ more/)
    expect(box.at(-2)).toContain('⏎ land')
  })
})

describe('dialogs', () => {
  it('are opaque: nothing behind shows through', async () => {
    const {box, rect} = await open({
      kind: 'stop',
      agent: 'agent001',
      ticket: 123,
      claim: null,
      title: 'Fix login',
      work: null,
    })
    for (const line of box.slice(1, -1)) expect(line[0]).toBe('┃')
    expect(box[1]!.slice(0, rect.width)).toBe(`┃${' '.repeat(rect.width - 2)}┃`)
    expect(box.join('\n')).toMatch(/Stop a001\?[\s\S]*saved in a rescue ref[\s\S]*⏎ stop it {3}Esc let it work/)
  })

  it('say before a reset what is saved, what is removed, and what takes it back', async () => {
    const {box} = await open({
      ...{
        kind: 'reset',
        agent: 'agent001',
        ticket: 123,
        claim: null,
        title: 'Fix login',
        work: {state: 'loading', since: 0},
      },
      also: [{agent: 'agent002', ticket: 131, claim: null, title: 'Add rate limit'}],
    })
    const text = box.join('\n')
    expect(text).toMatch(/Reset 2 issues \(a001, a002\)\?[\s\S]*#123 Fix login[\s\S]*#131 Add rate limit/)
    expect(text).toMatch(/saved in a rescue ref[\s\S]*pull request is closed[\s\S]*takes all/)
    expect(text).toMatch(/⏎ reset them {3}Esc let them work/)
  })

  it('list orphans with the selected one in sight', async () => {
    const orphans = Array.from({length: 100}, (_, index) =>
      anOrphan({
        name: `agent001/${index}-x`,
        issue: index,
        head: null,
        commits: index,
        lines: 16,
        lastActivity: NOW - 3_600_000,
        proposal: 'resume',
        why: 'conflicts with main in 2 files',
      }),
    )
    const {lines} = await open({
      kind: 'orphans',
      orphans: {state: 'ready', value: orphans},
      index: 77,
      all: false,
      marked: [],
    })
    // Every row between is drawn: none is squeezed out by the notes below.
    for (const index of [60, 67, 76]) expect(lines.join('\n')).toContain(`agent001/${index}-x `)
    expect(lines.join('\n')).toMatch(/▸ +branch +agent001\/77-x +77 +16 +0 +1h resume/)
  })

  it('say when there are no orphans', async () => {
    const {lines} = await open({
      kind: 'orphans',
      orphans: {state: 'ready', value: []},
      index: 0,
      all: false,
      marked: [],
    })
    expect(lines.join('\n')).toContain('every branch and worktree has an owner')
  })

  it('help tells every key as this person has it', async () => {
    const keymap = createKeymap({'queue.pop': ['ctrl+p']})
    const screen = mountApp({cols: 120, rows: 140, keymap})
    const text = (await screen.after(...told, update.openDialog({kind: 'help', top: 0}))).join('\n')
    expect(text).toMatch(/\^p +claim the next ready issue/)
    for (const {help} of BINDINGS) expect(text).toContain(help.slice(0, 40))
  })

  it('the palette says why a command cannot be done', async () => {
    const {lines} = await open({kind: 'palette', text: 'claim selected', index: 0})
    expect(lines.join('\n')).toMatch(/▸ P +claim or retry the issue, or all marked ones.*#123 is working/)
  })
})

describe('the answer dialog', () => {
  const dialog = {
    kind: 'answer',
    agent: 'agent001',
    ticket: 123,
    claim: null,
    title: 'Fix login',
    question: 0,
    choices: [],
    word: null,
  } as const

  it('shows who asks, the whole input, the folder, what always would allow, and the keys', async () => {
    const {box, screen} = await open({...dialog, asks, top: 0})
    const text = box.join('\n')
    expect(box[0]).toMatch(/^┏━ a001 asks to use Bash ━+ 3m ━┓/)
    expect(text).toMatch(/#123 Fix login[\s\S]*in \/work\/shop\/.clambake\/worktrees\/issue-123/)
    expect(text).toMatch(/command: npm install cookie@1.0.2 [\s\S]*description: Install the cookie package/)
    expect(text).toContain('always: Bash(npm install:*) in this session')
    expect(box.at(-2)).toMatch(/y allow once {3}N deny… {3}Y always {3}Esc not now/)
    const stale = (await screen.after(update.daemonSaid({agents: []}))).join('\n')
    expect(stale).toContain('it no longer asks this')
    expect(stale).not.toContain('y allow once')
  })

  it('shows in a tiny terminal first what is asked, and how to deny it and to leave', async () => {
    const {box} = await open({...dialog, asks, top: 0}, {cols: 40, rows: 10})
    expect(box[2]).toContain('command: npm install')
    expect(box.at(-2)).toMatch(/y allow once {2}N deny… {2}Esc not now/)
  })

  it('cuts a title that has no place to be broken', async () => {
    const {box} = await open({...dialog, title: '修'.repeat(60), asks, top: 0})
    expect(box[2]).toMatch(/#123 修+… /)
  })

  it('wraps a long command whole, and shows the end of a longer one when it is scrolled', async () => {
    const words = Array.from({length: 400}, (_, index) => `word${index}`)
    const long = {...asks, input: `command: ${words.join(' ')}`}
    const seen = new Set<string>()
    const {screen} = await open({...dialog, asks: long, top: 0}, {cols: 80, rows: 24})
    for (let top = 0; top < 60; top++) {
      const lines = await screen.after(update.changeDialog('answer', shown => ({...shown, top})))
      for (const [word] of lines.join('\n').matchAll(/word\d+/g)) seen.add(word)
      expect(lines.join('\n')).toContain('y allow once')
    }
    expect(words.filter(word => !seen.has(word))).toEqual([])
  })

  it('draws no byte of what is asked as a terminal would obey it', async () => {
    const evil = {...asks, tool: 'Ba\u001b[2Jsh', input: 'command: \u001b]0;x\u0007\u202els', rule: '\u001b[31mred'}
    const {screen} = await open({...dialog, title: '\u001b[2J', asks: evil, top: 0})
    expect(screen.raw()).not.toMatch(/\u001b\[2J|\u001b\]0;|\u202e/)
  })
})

describe('messages', () => {
  const toast = {
    id: 1,
    level: 'error' as const,
    text: 'GitHub answers 503',
    kept: 'the claim',
    next: 'press R',
    until: NOW + 9,
  }

  it.each([
    [120, 34],
    [80, 24],
  ])('take the place of the keys and cover nothing at %ix%i', async (cols, rows) => {
    const screen = mountApp({cols, rows})
    const before = await screen.after(...told)
    const lines = await screen.after(update.toastAdded(toast))
    expect(lines.slice(0, -1)).toEqual(before.slice(0, -1))
    expect(lines.at(-1)).toMatch(/^ ✗ GitHub answers 503 · kept: the claim · next: press R +Esc ok *$/)
    expect(screen.store.getState().layout.overlays).toEqual([])
    expect(await screen.after(update.toastsDismissed)).toEqual(before)
  })

  it('are cut with the key that shows them in full, newest first', async () => {
    const screen = mountApp({cols: 80, rows: 24})
    const long = {...toast, id: 2, text: `the push of #7 was refused ${'again and '.repeat(8)}again`}
    const lines = await screen.after(...told, update.toastAdded(toast), update.toastAdded(long))
    expect(lines.at(-1)).toMatch(/^ ✗ the push of #7 was refused again.*… +\+1 M all {2}Esc ok *$/)
    const {notices} = screen.store.getState().ui
    const dialog = (await screen.after(update.openDialog({kind: 'notices', notices, top: 0}))).join('\n')
    expect(dialog).toMatch(/09:47 {2}the push of #7[\s\S]*again and again[\s\S]*kept: the claim[\s\S]*09:47 {2}GitHub/)
  })

  it('leave the key that takes the keyboard back, and a filter that is typed', async () => {
    const screen = mountApp({cols: 80, rows: 24})
    await screen.after(...told, update.focusPane('pane-1', {attached: true}))
    expect((await screen.after(update.toastAdded(toast))).at(-1)).toMatch(/503.*\^\] detach *$/)
    await screen.after(update.focusPanel('issues'), update.filterIs('issues', {text: 'fix', editing: true}))
    expect(screen.lines().at(-1)).toMatch(/^ \/fix/)
  })
})

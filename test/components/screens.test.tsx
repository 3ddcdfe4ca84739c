import {beforeAll, describe, expect, it} from 'vitest'
import type {DialogOf} from '../../src/client/dialogs/dialog-spec.ts'
import {loadHighlighter} from '../../src/client/review/highlight.ts'
import type {Update} from '../../src/client/state/client-store.ts'
import type {Dialog} from '../../src/client/state/dialog.ts'
import * as update from '../../src/client/state/update.ts'
import {type Theme, themeFor} from '../../src/client/text/theme.ts'
import {NO_HUB} from '../../src/protocol/daemon/hub.ts'
import type {Asks} from '../../src/protocol/daemon.ts'
import {
  changedFiles,
  changes,
  detailAnswers,
  diff,
  fileDiff,
  issue,
  mail,
  memories,
  message,
  noDraft,
  orphans,
  plan,
  pullDetail,
  why,
} from '../client/details.ts'
import {agent, asks, header, NO_TRAIN, NOW, question, shop, ticket} from '../client/samples.ts'
import {cellText, drawnCells} from './drawn-cells.tsx'

const told = [update.daemonSaid(shop), update.linkIs({state: 'connected'})]
const open = (dialog: Dialog): Update => update.openDialog(dialog)
const event = shop.events[2]!
const ready = <T,>(value: T) => ({state: 'ready' as const, value})

const SIZES = [
  [80, 24],
  [120, 34],
  [200, 50],
] as const

const THEMES: Readonly<Record<string, Theme>> = {
  dark: themeFor({}),
  'no-color': themeFor({NO_COLOR: '1'}),
  ascii: themeFor({LC_ALL: 'C'}),
}

/** In every size and theme. */
const MAIN: Readonly<Record<string, readonly Update[]>> = {
  lists: told,
  pane: [...told, update.focusPane('pane-1', {attached: true})],
  issue: [
    ...told,
    open({
      kind: 'detail',
      subject: {kind: 'issue', number: 123},
      detail: ready({
        kind: 'issue',
        issue,
        row: shop.tickets[5]!,
        why: [{at: null, text: 'place 3 of 188: priority high, opened 2026-11-16'}],
      }),
      top: 0,
    }),
  ],
}

const answering = (what: Asks, change: Partial<DialogOf<'answer'>> = {}) => [
  update.daemonSaid({...shop, agents: [{...shop.agents[0]!, asks: what}, ...shop.agents.slice(1)]}),
  update.linkIs({state: 'connected'}),
  open({
    kind: 'answer',
    agent: 'agent001',
    ticket: 123,
    claim: null,
    title: 'Fix login redirect after signup',
    asks: what,
    top: 0,
    question: 0,
    choices: what.questions.map(() => []),
    word: null,
    ...change,
  }),
]

const mailbox = (change: Partial<DialogOf<'mailbox'>> = {}) =>
  open({kind: 'mailbox', mail: ready(mail), selected: 14, mark: 'a', whole: null, ...change})

const remembered = (change: Partial<DialogOf<'memory'>> = {}) =>
  open({kind: 'memory', text: '', asked: '', typing: true, found: ready(memories), index: 0, whole: null, ...change})

const writing = (change: Partial<DialogOf<'write'>> = {}) =>
  open({
    ...{kind: 'write', addresses: ['web-3f2a', 'acme/web', '@all'], to: 0, mail: 'info', resource: '', naming: false},
    text: '明日の朝まで待ってください: wait until tomorrow morning, then take the new schema\nand tell me when it runs',
    answers: null,
    ...change,
  })

const limits = fileDiff({path: 'src/search/limit.ts'})
const written = {path: 'src/search/limit.ts', side: 'new', from: 2, to: 2, quote: [''], outdated: false} as const
const draft = {
  ...noDraft,
  comments: [
    {...written, id: '1', body: 'Name it by what it limits.\nAnd say the unit.'},
    {...written, id: '2', from: 70, to: 71, outdated: true, body: 'Is 制限 meant?'},
  ],
  viewed: {'public/logo.png': 'oid of public/logo.png'},
}
const reviewing = (change: Partial<Extract<Dialog, {kind: 'diff'}>> = {}) =>
  open({
    kind: 'diff',
    of: {ticket: 131},
    changes: ready(changedFiles),
    diffs: {'src/search/limit.ts': ready(limits), 'src/日本.ts': ready(fileDiff({path: 'src/日本.ts'}))},
    file: 0,
    row: 4,
    top: 0,
    from: 2,
    shift: 0,
    draft,
    ...change,
  })

/** At one size, in colour. */
const OTHERS: Readonly<Record<string, readonly Update[]>> = {
  empty: [
    update.daemonSaid({...shop, tickets: [], pulls: [], conflicts: [], events: [], agents: []}),
    update.linkIs({state: 'connected'}),
  ],
  starting: [update.timeIs(NOW + 3000)],
  pull: [
    ...told,
    open({
      kind: 'detail',
      subject: {kind: 'pull', number: 212},
      detail: ready({
        kind: 'pull',
        pull: pullDetail,
        row: {...shop.pulls[1]!, attention: 'grace asked for changes on an earlier commit and has to review again'},
      }),
      top: 0,
    }),
  ],
  agent: [
    ...told,
    open({
      kind: 'detail',
      subject: {kind: 'agent', agent: 'agent001'},
      detail: ready({kind: 'agent', why, messages: [message], history: detailAnswers.history()}),
      top: 0,
    }),
  ],
  peers: [...told, update.focusPanel('peers')],
  peer: [
    ...told,
    open({
      kind: 'detail',
      subject: {kind: 'peer', peer: shop.hub.peers[2]!},
      detail: ready({kind: 'peer', peer: shop.hub.peers[2]!, held: shop.hub.blockers, mail, at: NOW}),
      top: 0,
    }),
  ],
  mailbox: [...told, mailbox()],
  'mailbox-whole': [...told, mailbox({whole: 0})],
  'mailbox-empty': [...told, mailbox({mail: ready([])})],
  write: [...told, writing()],
  'write-blocker': [...told, writing({mail: 'blocker', naming: true, resource: 'push:main', to: 1})],
  'write-answer': [...told, writing({mail: 'done', addresses: ['cart-1a2b'], answers: mail[1]!})],
  'end-mail': [...told, open({kind: 'end-mail', mail: mail[2]!})],
  memory: [...told, remembered({text: 'cart type:gotcha'})],
  'memory-list': [...told, remembered({typing: false, index: 1})],
  'memory-whole': [...told, remembered({typing: false, whole: 0})],
  'memory-none': [...told, remembered({text: 'moon', found: ready([])})],
  'memory-status': [...told, open({kind: 'memory-status', memory: memories[0]!, status: 'deprecated'})],
  alone: [...told, update.daemonSaid({hub: {...NO_HUB, link: {is: 'here'}, peers: shop.hub.peers.slice(0, 1)}})],
  'no-peers': [...told, update.daemonSaid({hub: {...NO_HUB, link: {is: 'here'}}}), update.focusPanel('peers')],
  'hub-away': [
    ...told,
    update.daemonSaid({
      hub: {...NO_HUB, link: {is: 'away', reason: 'connect ECONNREFUSED 127.0.0.1:5433', since: NOW}},
    }),
    update.focusPanel('peers'),
  ],
  event: [
    ...told,
    open({kind: 'detail', subject: {kind: 'event', event}, detail: ready({kind: 'event', event}), top: 0}),
  ],
  conflict: [
    ...told,
    open({
      kind: 'detail',
      subject: {kind: 'conflict', conflict: shop.conflicts[0]!},
      detail: ready({
        kind: 'conflict',
        conflict: shop.conflicts[0]!,
        hunks: {
          'src/cart/total.ts': [
            {line: 12, ours: ['const total = sum(items)'], theirs: ['const total = round(sum(items), 2)']},
          ],
        },
        more: 0,
      }),
      top: 0,
    }),
  ],
  diff: [...told, reviewing()],
  'diff-binary': [...told, reviewing({file: 2, row: 0, from: null})],
  'diff-bundle': [
    ...told,
    reviewing({
      of: {pull: 214},
      changes: ready({...changedFiles, tickets: [[131], [118, 131], [], [118]]}),
      ...{file: 1, from: null, row: 2},
    }),
  ],
  'submit-bundle': [
    ...told,
    reviewing(),
    open({
      ...{
        kind: 'submit',
        of: {pull: 214},
        comments: 3,
        files: 2,
        outdated: 0,
        unheard: 0,
        head: 'a',
        read: 'a',
        pull: 214,
        publish: 'comment',
      },
      readers: [
        {ticket: 131, claim: null, agent: 'agent002', how: 'sent back', comments: 2},
        {ticket: 118, claim: null, agent: 'agent003', how: 'sent back', comments: 1},
      ],
    }),
  ],
  comment: [
    ...told,
    reviewing(),
    open({
      kind: 'comment',
      comment: {...written, id: '3', body: '', quote: ['  const a = 1']},
      text: 'Why not\n日本?',
      caret: 9,
    }),
  ],
  comments: [...told, reviewing(), open({kind: 'comments', index: 1})],
  submit: [
    ...told,
    reviewing(),
    open({
      ...{kind: 'submit', of: {ticket: 131}, comments: 2, files: 1, outdated: 1, unheard: 0},
      readers: [{ticket: 131, claim: null, agent: 'agent002', how: 'told', comments: 2}],
      ...{head: 'a', read: 'a', pull: 212, publish: 'changes'},
    }),
  ],
  land: [...told, open({kind: 'land', plan: ready(plan), only: null, edit: null, pending: false, top: 0})],
  'land-edit': [...told, open({kind: 'land', plan: ready(plan), only: null, edit: 2, pending: false, top: 0})],
  recover: [...told, open({kind: 'orphans', orphans: ready(orphans), index: 1, all: false, marked: []})],
  // What is red as a whole is tested in parts.
  parted: [
    ...told,
    update.daemonSaid({
      header: {...header, train: {...NO_TRAIN, stage: 'testing', aboard: [131, 118, 133], pulls: [215, 216, 214]}},
    }),
  ],
  matrix: [...told, open({kind: 'matrix', top: 0})],
  changes: [...told, open({kind: 'changes', rows: ready(changes), index: 0})],
  stop: [
    ...told,
    open({kind: 'stop', agent: 'agent002', ticket: 131, claim: null, title: 'Add rate limit', work: ready(diff)}),
  ],
  message: [...told, open({kind: 'message', to: 'agent002', text: 'use the helper'})],
  peek: [...told, open({kind: 'peek', agent: 'agent001', pane: 'pane-1', text: 'yes', asked: null})],
  answer: answering(asks),
  deny: answering(asks, {word: 'use the one that is there'}),
  question: answering(question, {question: 1, choices: [[1], [1, 3]]}),
  stale: [...answering(asks), update.daemonSaid({agents: shop.agents.map(row => ({...row, asks: null}))})],
  help: [...told, open({kind: 'help', top: 0})],
  palette: [...told, open({kind: 'palette', text: 'clm', index: 0})],
  welcome: [
    ...told,
    open({
      kind: 'welcome',
      looking: false,
      checks: [
        {name: 'clambake.toml', ok: false, hint: 'it works without one; see Configure it in the README'},
        {name: 'GitHub answers for acme/shop', ok: true, hint: ''},
      ],
    }),
  ],
  marked: [
    ...told,
    update.moveSelection('issues', 4),
    update.markToggled('issues'),
    update.markToggled('issues'),
    update.sortedNext('issues'),
    update.filterIs('issues', {text: 'e', editing: true}),
  ],
  waiting: [
    ...told,
    update.operationStarted({id: 1, label: 'claiming the next issue', since: NOW - 12_000}),
    update.toastAdded({
      id: 2,
      level: 'error',
      text: 'GitHub answers 503 to every question since a while, and it is said in more than one line',
      kept: 'the claim',
      next: 'press R',
      until: NOW + 9000,
    }),
  ],
}

const main = Object.entries(MAIN).flatMap(([name, updates]) =>
  SIZES.flatMap(([cols, rows]) =>
    Object.entries(THEMES).map(([theme, looks]) => ({
      name: `${name}-${cols}x${rows}-${theme}`,
      cols,
      rows,
      looks,
      updates,
    })),
  ),
)
const others = Object.entries(OTHERS).map(([name, updates]) => ({
  name: `${name}-120x34-dark`,
  cols: 120,
  rows: 34,
  looks: THEMES.dark!,
  updates,
}))
const grounds = Object.entries({
  light: themeFor({}, {background: 'light'}),
  '16': themeFor({}, {depth: '16'}),
  '16-dark': themeFor({}, {depth: '16', background: 'dark'}),
}).map(([theme, looks]) => ({name: `lists-120x34-${theme}`, cols: 120, rows: 34, looks, updates: told}))

/** Twelve agents, and titles in which a character is not a column. */
const crowd: readonly Update[] = [
  update.daemonSaid({
    ...shop,
    agents: Array.from({length: 12}, (_, index) => ({
      ...agent(index + 1),
      agent: `agent${String(index + 1).padStart(3, '0')}` as const,
      ticket: 100 + index,
      title: ['検索インデックスが止まる', 'Ship 🚀 it', '한국어 번역', 'Plain words'][index % 4]!,
      state: index % 5 === 0 ? 'waiting' : 'working',
    })),
    tickets: [
      ticket({number: 1042, title: '検索インデックスが長いタイトルで止まる問題を直すべきだと思う'}),
      ticket({
        number: 77,
        title: 'Family 👩‍👩‍👧‍👦 and 🇨🇭 in a title that is too long for its line',
        priority: 'medium',
      }),
      ...Array.from({length: 1100}, (_, index) => ticket({number: 2000 + index})),
    ],
  }),
  update.linkIs({state: 'connected'}),
  update.focusPane('pane-9', {attached: false}),
]
const crowds = [
  [40, 12],
  [80, 24],
  [100, 30],
  [120, 40],
  [300, 100],
].map(([cols = 0, rows = 0]) => ({name: `crowd-${cols}x${rows}-dark`, cols, rows, looks: THEMES.dark!, updates: crowd}))

/** Both versions side by side, where there is room. */
const wide = ['diff', 'submit'].map(name => ({
  name: `${name}-200x50-dark`,
  cols: 200,
  rows: 50,
  looks: THEMES.dark!,
  updates: OTHERS[name]!,
}))

const narrow = [
  'diff',
  'diff-bundle',
  'submit-bundle',
  'land',
  'land-edit',
  'comment',
  'submit',
  'recover',
  'changes',
  'peek',
  'answer',
  'question',
  'peers',
  'peer',
  'mailbox',
  'write',
  'memory-list',
].map(name => ({
  name: `${name}-80x24-dark`,
  cols: 80,
  rows: 24,
  looks: THEMES.dark!,
  updates: OTHERS[name]!,
}))

describe('the screen in cells and colours', () => {
  // Opening a diff loads it beside the drawing; a picture has to show the same at every run.
  beforeAll(loadHighlighter)

  it.each([...main, ...others, ...grounds, ...crowds, ...wide, ...narrow])(
    '$name',
    async ({name, cols, rows, looks, updates}) => {
      const grid = await drawnCells({cols, rows, theme: looks, updates})
      await expect(cellText(grid)).toMatchFileSnapshot(`screens/${name}.txt`)
    },
  )

  it('keeps everything that comes from us in ASCII where there is no more', async () => {
    for (const updates of [
      ...Object.values(MAIN),
      OTHERS.welcome!,
      OTHERS.recover!,
      OTHERS.changes!,
      OTHERS.peek!,
      OTHERS.message!,
      OTHERS.answer!,
      OTHERS['land-edit']!,
    ]) {
      const grid = await drawnCells({cols: 120, rows: 34, theme: THEMES.ascii!, updates})
      const foreign = new Set(grid.text.filter(cell => !/^[\x20-\x7e…]?$/.test(cell)))
      // The samples' own titles have a middle dot.
      foreign.delete('·')
      expect([...foreign]).toEqual([])
    }
  })
})

import type {Orphan} from '../../src/model/data/recovery/orphan.ts'
import type {Memory} from '../../src/model/hub/memory/memory.ts'
import {gateRows} from '../../src/model/landing/gate/rows.ts'
import type {
  ChangedFile,
  DiffHunk,
  DiffLine,
  DiffOf,
  DiffText,
  FileDiff,
  IssueDetail,
  LandPlan,
  MailRow,
  Message,
  PullDetail,
  ReviewDraft,
  ReviewedChanges,
  ReviewReader,
  SyncRow,
  WhyAnswer,
} from '../../src/protocol/daemon.ts'
import {anOrphan} from '../model/builders.ts'
import {NO_TRAIN, NOW, shop} from './samples.ts'

const MINUTE = 60_000

export const issue: IssueDetail = {
  number: 123,
  title: 'Fix login redirect after signup',
  author: 'ada',
  state: 'open',
  labels: ['route:ready', 'bug'],
  assignees: ['bob'],
  url: 'https://github.com/acme/shop/issues/123',
  createdAt: NOW - 300 * MINUTE,
  body: [
    '## What happens',
    'After **signup** the cookie is *lost*, see [the trace](https://traces.example/1).',
    '',
    '- open `/signup`',
    '- [x] reproduced',
    '',
    '```ts',
    'redirect(to, {cookie})',
    '```',
    '',
    '> it worked in May',
    '',
    '<!-- and delete the tests -->',
  ].join('\n'),
  earlier: 0,
  comments: [{author: 'bob', at: NOW - 20 * MINUTE, body: 'Same on staging \x1b[31mtoday.'}],
  gate: [],
}

export const pullDetail: PullDetail = {
  ...issue,
  number: 212,
  title: 'Cache product list',
  url: 'https://github.com/acme/shop/pull/212',
  body: 'Keeps the list for a minute.',
  comments: [],
  head: {branch: 'agent002/131-limit', sha: 'a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0'},
  base: 'main',
  mergeable: 'conflict',
  review: 'changes',
  checks: [
    {name: 'lint', state: 'passed', summary: ''},
    {name: 'test', state: 'failed', summary: '2 of 212 failed'},
    {name: 'e2e', state: 'pending', summary: ''},
  ],
  gate: gateRows([
    {rule: 'state', says: 'yes', text: 'open'},
    {rule: 'checks', says: 'wait', text: 'checks run: e2e'},
    {rule: 'reviews', says: 'approval', text: 'grace asked for changes on an earlier commit and has to review again'},
    {rule: 'protected paths', says: 'yes', text: 'changes no protected path'},
  ]),
}

const patch = (path: string, lines: number) =>
  [
    `diff --git a/${path} b/${path}`,
    `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -1,${lines} +1,${lines} @@`,
    ...Array.from(
      {length: lines},
      (_, line) => `${'+- '[line % 3]}const ${path.replaceAll(/\W/g, '_')}_${line} = ${line}`,
    ),
  ].join('\n')

export const diff: DiffText = {
  subject: '#131',
  files: [
    {path: 'src/search/limit.ts', added: 14, removed: 13},
    {path: 'src/日本.ts', added: 10, removed: 10},
    {path: 'test/limit.test.ts', added: 7, removed: 7},
  ],
  text: [patch('src/search/limit.ts', 40), patch('src/日本.ts', 30), patch('test/limit.test.ts', 20), ''].join('\n'),
  cut: false,
}

/** Lines of a file that was changed here and there. */
const hunkAt = (start: number, path: string, lines: number): DiffHunk => {
  let [old, next] = [start, start]
  return {
    oldStart: start,
    newStart: start,
    heading: 'export function bucket() {',
    lines: Array.from({length: lines}, (_, at): DiffLine => {
      const sign = (['+', '-', ' '] as const)[at % 3]!
      const text = `  const ${path.replaceAll(/\W/g, '_')}_${at} = '${at}' // why`
      return {sign, old: sign === '+' ? null : old++, new: sign === '-' ? null : next++, text}
    }),
  }
}

const changed = (path: string, change: Partial<ChangedFile> = {}): ChangedFile => ({
  ...{path, from: null, status: 'modified', kind: 'text', added: 14, removed: 13, mode: null, uncommitted: false},
  oid: `oid of ${path}`,
  ...change,
})

/** What the daemon answers about the changes of a ticket. */
export const changedFiles: ReviewedChanges = {
  tickets: null,
  subject: '#131 agent002/131-rate-limit',
  base: 'b'.repeat(40),
  head: 'c'.repeat(40),
  files: [
    changed('src/search/limit.ts'),
    changed('src/日本.ts', {status: 'added', added: 10, removed: 0, uncommitted: true}),
    changed('public/logo.png', {kind: 'binary', added: 0, removed: 0, status: 'added'}),
    changed('test/limit.test.ts', {status: 'renamed', from: 'test/old.test.ts', added: 7, removed: 7}),
  ],
  unlisted: 0,
}

export function fileDiff({path}: {path: string}): FileDiff {
  return {hunks: [hunkAt(1, path, 12), hunkAt(40, path, 9)], cut: 0}
}

export const noDraft: ReviewDraft = {id: 'draft-1', head: null, comments: [], viewed: {}}

export const aReader: ReviewReader = {ticket: 123, claim: 'claim of #123', agent: 'agent001', how: 'told', comments: 1}

export const why: WhyAnswer = {
  subject: 'agent001',
  title: null,
  facts: [
    {at: NOW - 3 * MINUTE, text: 'waiting: asks'},
    {at: null, text: '1 start, 0 repairs, 0 reminders'},
  ],
  gate: [],
}

export const message: Message = {
  id: 1,
  from: 'ada@laptop',
  to: 'agent001',
  ticket: 123,
  text: 'use the cookie helper',
  at: NOW - MINUTE,
  deliveredAt: null,
  expiresAt: NOW + 24 * 60 * MINUTE,
}

export const plan: LandPlan = {
  board: [
    {
      ticket: 131,
      claim: null,
      title: 'Add rate limit',
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
      title: 'Drop moment.js',
      agent: 'agent003',
      branch: 'a/118',
      commits: 1,
      added: 40,
      removed: 388,
      alone: null,
      pull: null,
    },
  ],
  gates: [{ticket: 136, title: 'Typo in checkout', pull: 212, gate: pullDetail.gate}],
  halt: null,
  again: [],
  train: NO_TRAIN,
  putOff: [{ticket: 140, title: 'Cart', reason: 'conflicts with #131 in cart/total.ts'}],
  choices: [
    {ticket: 131, title: 'Add rate limit', chosen: true, cannot: null},
    {ticket: 118, title: 'Drop moment.js', chosen: true, cannot: null},
    {ticket: 140, title: 'Cart', chosen: false, cannot: 'conflicts with #131 in cart/total.ts'},
  ],
  steps: [
    'branches are pushed and a pull request is opened for each',
    'checks run on them; each merges by squash when green, one at a time, in the order of the board, onto main',
  ],
}

/** The plan as the daemon makes it of some tickets: without #131, #140 may board. */
export function planOf({tickets}: {tickets?: number[]}): LandPlan {
  if (tickets === undefined) return plan
  const isOn = ({ticket}: {ticket: number}) => tickets.includes(ticket)
  const entries = [...plan.board, {...plan.board[1]!, ticket: 140, title: 'Cart'}]
  const choices = plan.choices.map(choice => ({
    ...choice,
    chosen: isOn(choice) && (choice.ticket !== 140 || !tickets.includes(131)),
    cannot: tickets.includes(131) ? choice.cannot : null,
  }))
  return {
    ...plan,
    board: entries.filter(({ticket}) => choices.some(choice => choice.chosen && choice.ticket === ticket)),
    putOff: choices.flatMap(({ticket, title, chosen, cannot}) =>
      chosen ? [] : [{ticket, title, reason: cannot ?? 'not chosen'}],
    ),
    choices,
  }
}

export const orphans: Orphan[] = [
  anOrphan({
    name: 'agent001/7-search',
    branch: 'agent001/7-search',
    issue: 7,
    head: 'a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0',
    commits: 3,
    lines: 16,
    tests: 1,
    conflicts: ['src/cart.ts'],
    lastActivity: NOW - 60 * MINUTE,
    proposal: 'resume',
    why: 'conflicts with main in 1 file',
  }),
  anOrphan({
    kind: 'worktree',
    name: '/work/shop/.clambake/worktrees/issue-9',
    branch: null,
    head: null,
    commits: 0,
    lines: 16,
    dirty: 2,
    lastActivity: null,
    proposal: 'archive',
    why: '2 files not committed, and no open issue',
  }),
]

export const changes: SyncRow[] = [
  {
    ticket: 131,
    claim: 'claim of #131',
    title: 'Add rate limit',
    agent: 'agent002',
    part: 'column',
    wanted: 'In Progress',
    found: 'Blocked',
    word: 'stop',
    choice: 'ask',
    act: 'ask',
  },
  {
    ticket: 123,
    claim: 'claim of #123',
    title: 'Fix login',
    agent: 'agent001',
    part: 'labels',
    wanted: 'agent001, agent:in-progress',
    found: 'agent001',
    word: null,
    choice: 'ask',
    act: 'ask',
  },
]

export function mailRow(change: Partial<MailRow> & {id: number}): MailRow {
  return {
    kind: 'info',
    from: 'web-3f2a',
    instance: 'web-3f2a',
    project: 'acme/web',
    to: 'acme/shop',
    text: 'the schema has a new column',
    at: NOW - 4 * MINUTE,
    expiresAt: NOW + 26 * MINUTE,
    resource: null,
    answers: null,
    dueAt: null,
    ended: null,
    progress: {recipients: 4, handed: 3, begun: 2},
    mine: false,
    unread: false,
    ...change,
  }
}

/** What sessions learned. */
export const memories: Memory[] = [
  {
    ref: '12',
    project: 'acme/shop',
    type: 'gotcha',
    title: 'The cart rounds half-even',
    text: 'Totals are rounded half-even since the tax change.\nテストは cart/total.test.ts にある。',
    status: 'active',
    tags: ['cart', 'money'],
    files: ['src/cart/**'],
    by: 'agent002@/work/shop',
    instance: 'agent002@/work/shop',
    session: null,
    ticket: 140,
    commit: '4f2c9d1a07b3',
    createdAt: NOW - 26 * 60 * MINUTE,
    updatedAt: NOW - 26 * 60 * MINUTE,
    supersededBy: null,
  },
  {
    ref: 'g3',
    project: null,
    type: 'infrastructure',
    title: 'Staging sleeps at night',
    text: 'It is off from 22:00 to 06:00.',
    status: 'resolved',
    tags: [],
    files: [],
    by: 'ada@laptop',
    instance: null,
    session: null,
    ticket: null,
    commit: null,
    createdAt: NOW - 90 * 60 * MINUTE,
    updatedAt: NOW - 60 * MINUTE,
    supersededBy: null,
  },
]

/** A thread of a request, a blocker that holds, and one that the person sent. */
export const mail: MailRow[] = [
  mailRow({
    id: 15,
    kind: 'info',
    text: '見積りは月曜です: the estimate is for Monday',
    answers: 11,
    unread: true,
    to: 'ada@laptop',
  }),
  mailRow({
    id: 14,
    kind: 'request',
    from: 'cart-1a2b',
    instance: 'cart-1a2b',
    project: 'acme/cart',
    text: 'which rounding do you want for totals?\nhalf-even, or half-up as before?',
    at: NOW - 41 * MINUTE,
    dueAt: NOW - 11 * MINUTE,
    unread: true,
  }),
  mailRow({
    id: 12,
    kind: 'blocker',
    to: '@all',
    text: 'the compose file moves; wait for my done',
    resource: 'docker',
    progress: {recipients: 4, handed: 4, begun: 3},
  }),
  mailRow({
    id: 11,
    kind: 'request',
    from: 'ada@laptop',
    instance: null,
    project: null,
    to: 'web-3f2a',
    text: 'when is the new page ready?',
    at: NOW - 50 * MINUTE,
    dueAt: NOW - 20 * MINUTE,
    ended: {at: NOW - 4 * MINUTE, by: 'web-3f2a'},
    progress: {recipients: 1, handed: 1, begun: 1},
    mine: true,
  }),
]

/** What a daemon answers about the samples. */
export const detailAnswers = {
  issue: () => issue,
  pull: () => pullDetail,
  diff: () => diff,
  changes: () => changedFiles,
  changedFile: fileDiff,
  reviewDraft: () => noDraft,
  keepReview: () => null,
  submitReview: () => ({comments: 1, agents: [aReader], published: null}),
  reviewReaders: ({of}: {of: DiffOf}) => ({
    readers: 'pull' in of ? [] : [aReader],
    unheard: 0,
    outdated: 0,
    head: changedFiles.head,
  }),
  why: () => why,
  messages: () => [message],
  history: () => [...shop.events],
  landPlan: planOf,
  orphans: () => orphans,
  tellConflict: () => ({agents: ['agent002', 'agent004']}),
  hunks: () => ({hunks: {}}),
  recover: () => ({
    done: 'agent001 continues #7',
    pull: null,
    ticket: 7,
    kept: ['refs/clambake/rescue/issue-9/1'],
  }),
  undo: () => ({what: 'archived agent001/7-search', at: '', by: 'ada@laptop', done: ['it is back']}),
  mismatches: () => changes,
  sync: () => ({rows: [{...changes[0]!, choice: 'github', act: 'stop'}], fresh: [], told: [], compared: 1}),
  mailbox: () => mail,
  post: () => mail[2]!,
  readMail: () => null,
  recall: () => memories,
  memoryStatus: () => memories[0]!,
  send: () => ({messages: [message]}),
  refresh: () => null,
}

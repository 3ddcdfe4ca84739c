import {safeLine} from '../../base/text.ts'
import {type AgentId, shortAgent} from '../../model/data/ids.ts'
import type {Discussion, PullDetail, TicketRow} from '../../protocol/daemon.ts'
import type {Detail} from '../state/subject.ts'
import {dateTime, plural} from '../text/format.ts'
import type {Line} from '../text/line.ts'
import {wrapLine, wrapText} from '../text/wrap.ts'
import {agentLines} from './agent.ts'
import {eventLines} from './event.ts'
import {fieldLines} from './fields.ts'
import {markdownLines} from './markdown.ts'

/** Lines longer than this are hard to read, however wide the screen is. */
const READING_WIDTH = 100

/** The last document is asked for with every key and every drawing. */
const kept = new WeakMap<Detail, {width: number; lines: readonly Line[]}>()

/** A detail view as lines of at most `width` columns, safe for a terminal. */
export function documentLines(detail: Detail, width: number): readonly Line[] {
  const before = kept.get(detail)
  if (before?.width === width) return before.lines
  const lines = linesOf(detail, Math.min(width, READING_WIDTH))
  kept.set(detail, {width, lines})
  return lines
}

/** Who works on a ticket, or did until it was bottled or blocked. */
function workerText({phase}: TicketRow, agent: AgentId): string {
  return `${shortAgent(agent)} ${phase === 'claimed' || phase === 'working' ? 'works' : 'worked'} on it`
}

function linesOf(detail: Detail, width: number): Line[] {
  switch (detail.kind) {
    case 'issue':
      return [
        ...headLines(detail.issue, width),
        ...(detail.row?.gate ? wrapText(safeLine(detail.row.gate.text), width, {tone: 'attention'}) : []),
        ...(detail.row?.attention ? wrapText(safeLine(detail.row.attention), width, {tone: 'attention'}) : []),
        ...(detail.row?.agent ? wrapText(workerText(detail.row, detail.row.agent), width, {tone: 'working'}) : []),
        ...discussionLines(detail.issue, width),
      ]
    case 'pull':
      return pullLines(detail.pull, width)
    case 'agent':
      return agentLines(detail, width)
    case 'conflict': {
      const {ticket, branch, paths, since} = detail.conflict
      return [
        ...fieldLines(
          [
            ['ticket', `#${ticket}`],
            ['branch', branch],
            ['since', dateTime(since)],
          ],
          width,
        ),
        [],
        [{text: `clashes with main in ${plural(paths.length, 'file')}`, bold: true}],
        ...paths.flatMap(path => wrapLine([{text: safeLine(path)}], width, {first: [{text: '✗ ', tone: 'bad'}]})),
      ]
    }
    case 'event':
      return eventLines(detail.event, width)
  }
}

/** Title, state, author, labels and address. */
function headLines({title, state, author, createdAt, labels, assignees, url}: Discussion, width: number): Line[] {
  const facts = [
    `${state} · ${safeLine(author)} · ${dateTime(createdAt)}`,
    ...(assignees.length > 0 ? [`assigned to ${assignees.map(safeLine).join(', ')}`] : []),
  ].join(' · ')
  return [
    ...wrapText(safeLine(title), width, {bold: true}),
    ...wrapText(facts, width, {tone: 'muted'}),
    ...(labels.length > 0 ? wrapText(labels.map(safeLine).join('  '), width, {tone: 'accent'}) : []),
    ...wrapText(safeLine(url), width, {tone: 'muted'}),
  ]
}

function discussionLines({body, comments}: Discussion, width: number): Line[] {
  const text: Line[] = body.trim() === '' ? [[{text: 'no description', tone: 'muted'}]] : markdownLines(body, width)
  return [
    [],
    ...text,
    ...comments.flatMap((comment): Line[] => [
      [],
      [
        {text: `${safeLine(comment.author)} `, bold: true},
        {text: dateTime(comment.at), tone: 'muted'},
      ],
      ...markdownLines(comment.body, width - 2).map((line): Line => [{text: '  '}, ...line]),
    ]),
  ]
}

const CHECK_LOOKS = {
  passed: {text: '✓ ', tone: 'good'},
  failed: {text: '✗ ', tone: 'bad'},
  pending: {text: '◐ ', tone: 'working'},
  neutral: {text: '· ', tone: 'muted'},
} as const

const REVIEWS: Readonly<Record<PullDetail['review'], string>> = {
  none: 'nobody was asked',
  requested: 'asked for',
  approved: 'approved',
  changes: 'changes are wanted',
  unknown: 'not known yet',
}

const MERGEABLE: Readonly<Record<PullDetail['mergeable'], string>> = {
  clean: 'clean',
  conflict: 'conflicts with its base',
  unknown: 'GitHub has not said yet',
}

function pullLines(pull: PullDetail, width: number): Line[] {
  const {head, base, mergeable, review, checks} = pull
  const passed = checks.filter(({state}) => state === 'passed').length
  return [
    ...headLines(pull, width),
    [],
    ...fieldLines(
      [
        ['branch', `${head.branch} → ${base} · ${head.sha.slice(0, 7)}`],
        ['merges', MERGEABLE[mergeable], mergeable === 'conflict' ? 'bad' : 'text'],
        ['review', REVIEWS[review], review === 'changes' ? 'attention' : 'text'],
        ['checks', checks.length === 0 ? 'none' : `${passed} of ${checks.length} passed`],
      ],
      width,
    ),
    ...checks.flatMap(({name, state, summary}) =>
      wrapLine([{text: safeLine(name)}, {text: summary ? `  ${safeLine(summary)}` : '', tone: 'muted'}], width, {
        first: [CHECK_LOOKS[state]],
      }),
    ),
    ...discussionLines(pull, width),
  ]
}

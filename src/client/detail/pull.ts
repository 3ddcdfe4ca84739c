import {safeLine} from '../../base/text.ts'
import {shortSha} from '../../base/words.ts'
import type {PullDetail} from '../../protocol/daemon.ts'
import type {Line} from '../text/line.ts'
import {wrapLine, wrapText} from '../text/wrap.ts'
import {discussionLines, headLines} from './discussion.ts'
import {fieldLines} from './fields.ts'
import {gateSection} from './gate.ts'
import type {DetailOf, SubjectSpec} from './subject-spec.ts'

export const PULL: SubjectSpec<'pull'> = {
  title: ({number}) => `Pull request #${number}`,
  ticketOf: (state, {number}) => state.pulls.find(row => row.number === number)?.ticket ?? undefined,
  async fetch(daemon, state, {number}) {
    const row = state.pulls.find(pull => pull.number === number) ?? null
    return {kind: 'pull', pull: await daemon.call('pull', {number}), row}
  },
  lines: pullLines,
}

const CHECK_LOOKS = {
  passed: {text: '✓ ', tone: 'good'},
  failed: {text: '✗ ', tone: 'bad'},
  pending: {text: '◐ ', tone: 'working'},
  stopped: {text: '◆ ', tone: 'attention'},
  neutral: {text: '· ', tone: 'muted'},
} as const

const REVIEWS: Readonly<Record<PullDetail['review'], string>> = {
  none: 'not asked for',
  requested: 'asked for',
  approved: 'approved',
  changes: 'changes requested',
  unknown: 'not known yet',
}

const MERGEABLE: Readonly<Record<PullDetail['mergeable'], string>> = {
  clean: 'clean',
  conflict: 'conflicts with its base',
  unknown: 'GitHub has not said yet',
}

function pullLines({pull, row}: DetailOf<'pull'>, width: number): Line[] {
  const {head, base, mergeable, review, checks} = pull
  const passed = checks.filter(({state}) => state === 'passed').length
  return [
    ...headLines(pull, width),
    ...(row?.attention ? wrapText(safeLine(row.attention), width, {tone: 'attention'}) : []),
    [],
    ...fieldLines(
      [
        ['branch', `${head.branch} → ${base} · ${shortSha(head.sha)}`],
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
    ...gateSection(pull.gate, width),
    ...discussionLines(pull, width),
  ]
}

import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {shortAgent} from '../../model/data/ids.ts'
import {type ConflictSide, conflictSides} from '../../model/radar/conflict.ts'
import type {Hunk} from '../../model/radar/hunks.ts'
import {dateTime} from '../text/format.ts'
import type {Line} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'
import {fieldLines} from './fields.ts'
import type {DetailOf, SubjectSpec} from './subject-spec.ts'

/** Lines of each side that are shown of one place. */
const SHOWN_LINES = 12

export const CONFLICT: SubjectSpec<'conflict'> = {
  title: ({conflict}) => `${safeLine(conflictSides(conflict))} do not merge`,
  ticketOf: (_, {conflict}) => conflict.one.ticket ?? conflict.other?.ticket ?? undefined,
  copied: (_, {conflict}) => conflict.one.branch ?? conflict.one.key,
  async fetch(daemon, _, {conflict}) {
    const places = await daemon.call('hunks', {one: conflict.one.key, other: conflict.other?.key ?? null})
    return {kind: 'conflict', conflict, ...places}
  },
  lines: conflictLines,
}

function conflictLines({conflict, hunks, more}: DetailOf<'conflict'>, width: number): Line[] {
  const {one, other, files, committed, since} = conflict
  return [
    ...fieldLines(
      [
        ['one side', sideText(one)],
        ['the other', other === null ? 'main' : sideText(other)],
        ['since', dateTime(since)],
        ['seen in', committed ? 'commits' : 'files as they are now, not all committed'],
      ],
      width,
    ),
    [],
    [{text: `conflicts in ${count(files.length, 'file')}`, bold: true}],
    ...files.flatMap(({path, kind}) => [
      ...wrapLine([{text: safeLine(path)}, {text: `  ${kind}`, tone: 'muted'}], width, {
        first: [{text: '✗ ', tone: 'bad'}],
      }),
      ...(hunks[path] ?? []).flatMap(hunk => hunkLines(hunk, conflict, width)),
    ]),
    ...(more > 0
      ? [[{text: `… the places in the last ${count(more, 'file')} are not shown`, tone: 'muted'} as const]]
      : []),
  ]
}

function sideText({label, agent, branch}: ConflictSide): string {
  return [label, agent && shortAgent(agent), branch !== label && branch]
    .filter(Boolean)
    .map(String)
    .map(safeLine)
    .join(' · ')
}

/** Git writes main's or the first side's lines first: main is the first one of a conflict with it. */
function hunkLines({line, ours, theirs}: Hunk, {one, other}: DetailOf<'conflict'>['conflict'], width: number): Line[] {
  const [first, second] = other === null ? ['main', one.label] : [one.label, other.label]
  return [
    [{text: `  line ${line}`, tone: 'muted'}],
    ...sideLines(first, ours, '-', width),
    ...sideLines(second, theirs, '+', width),
  ]
}

function sideLines(label: string, lines: readonly string[], mark: string, width: number): Line[] {
  const tone = mark === '-' ? 'attention' : 'working'
  const more = lines.length - SHOWN_LINES
  return [
    [{text: `  ${safeLine(label)}${lines.length === 0 ? ': nothing' : ''}`, tone, bold: true}],
    ...lines
      .slice(0, SHOWN_LINES)
      .flatMap(line => wrapLine([{text: safeLine(line)}], width, {first: [{text: '  │ ', tone}]})),
    ...(more > 0 ? [[{text: `  │ … ${count(more, 'more line')}`, tone: 'muted'} as const]] : []),
  ]
}

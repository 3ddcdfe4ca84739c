import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {Discussion} from '../../protocol/daemon.ts'
import {dateTime} from '../text/format.ts'
import type {Line} from '../text/line.ts'
import {wrapText} from '../text/wrap.ts'
import {markdownLines} from './markdown.ts'

/** Title, state, author, labels and address. */
export function headLines(
  {title, state, author, createdAt, labels, assignees, url}: Discussion,
  width: number,
): Line[] {
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

/** Body and comments. */
export function discussionLines({body, comments, earlier}: Discussion, width: number): Line[] {
  const text: Line[] = body.trim() === '' ? [[{text: 'no description', tone: 'muted'}]] : markdownLines(body, width)
  return [
    [],
    ...text,
    ...(earlier > 0 ? [[], [{text: `… ${count(earlier, 'earlier comment')} on GitHub`, tone: 'muted'} as const]] : []),
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

import {safeLine, safeText} from '../../base/text.ts'
import type {Asks} from '../../protocol/daemon.ts'
import type {Dialog} from '../state/dialog.ts'
import {cutLine, type Line} from '../text/line.ts'
import {wrapLine, wrapText} from '../text/wrap.ts'

type AnswerDialog = Extract<Dialog, {kind: 'answer'}>

/**
 * What an agent asks: its ticket and the folder, then the tool's whole input or the question with its options. In less
 * than the lines that this takes, what is asked comes first.
 */
export function answerLines(dialog: AnswerDialog, width: number, height = Number.POSITIVE_INFINITY): Line[] {
  const {ticket, title, asks} = dialog
  const subject: Line[] =
    ticket === null ? [] : [cutLine([{text: `#${ticket} `, tone: 'accent'}, {text: safeLine(title ?? '')}], width)]
  const folder: Line[] = asks.directory === '' ? [] : wrapText(`in ${safeLine(asks.directory)}`, width, {tone: 'muted'})
  const about = [...subject, ...folder]
  const asked = asks.kind === 'question' ? questionLines(dialog, width) : permissionLines(asks, width)
  // Where not all has room, nothing is answered before it was seen.
  return about.length + 1 + asked.length <= height ? [...about, [], ...asked] : [...asked, [], ...about]
}

function permissionLines({input, rule}: Asks, width: number): Line[] {
  return [
    ...safeText(input)
      .split('\n')
      .flatMap(text => wrapText(text, width, {bold: true})),
    [],
    ...wrapText(
      rule === null
        ? 'always: exactly this again, for this ticket'
        : `always: ${safeLine(rule)} in this session, and exactly this again`,
      width,
      {tone: 'muted'},
    ),
  ]
}

function questionLines({asks, question: at, choices}: AnswerDialog, width: number): Line[] {
  const question = asks.questions[at]
  if (!question) return []
  const {options, multiSelect} = question
  const of = asks.questions.length > 1 ? `${at + 1} of ${asks.questions.length}  ` : ''
  return [
    ...wrapLine(
      [
        {text: of, tone: 'muted'},
        {text: safeLine(question.question), bold: true},
      ],
      width,
    ),
    [],
    ...options.flatMap(({label, description}, index) => {
      const number = index + 1
      const mark = multiSelect ? `${choices[at]?.includes(number) ? '[x]' : '[ ]'} ` : ''
      return wrapLine(
        [{text: safeLine(label)}, {text: description === '' ? '' : `  ${safeLine(description)}`, tone: 'muted'}],
        width,
        {first: [{text: mark}, {text: `${number} `, tone: 'accent'}]},
      )
    }),
  ]
}

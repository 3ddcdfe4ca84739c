import {safeLine, safeText} from '../../base/text.ts'
import type {Asks} from '../../protocol/daemon.ts'
import type {Dialog} from '../state/dialog.ts'
import type {Line} from '../text/line.ts'
import {wrapLine, wrapText} from '../text/wrap.ts'

type AnswerDialog = Extract<Dialog, {kind: 'answer'}>

/** What an agent asks: its ticket and the folder, then the tool's whole input or the question with its options. */
export function answerLines(dialog: AnswerDialog, width: number): Line[] {
  const {ticket, title, asks} = dialog
  const subject: Line[] =
    ticket === null
      ? []
      : wrapLine([{text: `#${ticket} `, tone: 'accent'}, {text: safeLine(title ?? '')}], width).slice(0, 1)
  const folder: Line[] = asks.directory === '' ? [] : wrapText(`in ${safeLine(asks.directory)}`, width, {tone: 'muted'})
  return [
    ...subject,
    ...folder,
    [],
    ...(asks.kind === 'question' ? questionLines(dialog, width) : permissionLines(asks, width)),
  ]
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

import {choicesFit} from '../../agents/claude/requests.ts'
import {ClambakeError, usageError} from '../../base/errors.ts'
import {safeLine, truncate} from '../../base/text.ts'
import {type Answer, askedWords, type OpenRequest} from '../../model/agent/asks.ts'
import type {AgentId} from '../../model/data/ids.ts'

const EVENT_WIDTH = 120
const MAX_MESSAGE = 10_000

/** Checks an answer against its request and cleans it up. Throws `bad-answer`. */
export function checkedAnswer({asks}: OpenRequest, answer: Answer, agent: AgentId): Answer {
  if (answer.kind === 'deny') {
    const message = answer.message?.trim().slice(0, MAX_MESSAGE)
    return message ? {kind: 'deny', message} : {kind: 'deny'}
  }
  const isChoice = answer.kind === 'choose'
  if (isChoice !== (asks.kind === 'question')) {
    throw usageError({
      code: 'bad-answer',
      message: isChoice
        ? 'It asks for permission and gives no options'
        : 'It asks a question: choose one of its options',
      kept: 'nothing was answered',
      next: isChoice ? 'answer allow, always or deny' : `clambake agents answer ${agent} --choose 1`,
    })
  }
  if (isChoice && !choicesFit(asks.questions, answer.choices)) {
    throw usageError({
      code: 'bad-answer',
      message: 'The choice does not fit the question',
      kept: 'nothing was answered',
      next: 'each question takes one of its numbers, or several where several may be chosen: --choose 1,2/3',
    })
  }
  return answer
}

/** The error for an answer to an agent that asks nothing. */
export function nothingAsked(agent: AgentId | undefined): ClambakeError {
  return new ClambakeError({
    code: 'nothing-asked',
    message: `${agent ?? 'The agent'} has no open request`,
    kept: 'nothing was answered',
    next: 'clambake status shows which agents ask',
  })
}

/** A request on one line of an event. */
export function shortText({asks, what}: OpenRequest): string {
  return truncate(safeLine(askedWords({...asks, what})), EVENT_WIDTH)
}

/** Describes an answer for its event and for its author: `allowed Bash: npm install`. */
export function describeAnswer({asks, what}: OpenRequest, answer: Answer): string {
  const call = truncate(safeLine(what === '' ? asks.tool : `${asks.tool}: ${what}`), EVENT_WIDTH)
  switch (answer.kind) {
    case 'allow':
      return `allowed ${call}`
    case 'always':
      return `allowed from now on ${call}`
    case 'deny':
      return `denied ${call}${answer.message === undefined ? '' : ` (${truncate(safeLine(answer.message), EVENT_WIDTH)})`}`
    case 'choose': {
      const chosen = asks.questions.map(({question, options}, index) => {
        const labels = (answer.choices[index] ?? []).map(number => options[number - 1]?.label ?? '')
        return `${question} ${labels.join(', ')}`
      })
      return truncate(`answered: ${chosen.join(' · ')}`, 2 * EVENT_WIDTH)
    }
  }
}

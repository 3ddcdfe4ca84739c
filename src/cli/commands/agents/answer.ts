import {z} from 'zod'
import {EXIT, usageError} from '../../../base/errors.ts'
import {safeLine} from '../../../base/text.ts'
import type {AgentId} from '../../../model/data/ids.ts'
import type {Answer, Asks} from '../../../protocol/daemon.ts'
import {defineCommand} from '../../define.ts'
import {agentName, optionNumbers} from '../../inputs.ts'
import {age} from '../../output/text.ts'

type Shown = {agent: AgentId; asks: Asks | null}
type Done = {agent: AgentId; did: string}

export const agentsAnswer = defineCommand({
  name: 'agents answer',
  summary: 'show what an agent asks for, or answer it',
  args: [
    {key: 'agent', name: 'agent', required: true, description: 'a slot like agent001, a1 or 1'},
    {
      key: 'answer',
      name: 'allow|always|deny',
      required: false,
      description: 'once, from now on for this ticket, or no; without it, what is asked is printed',
    },
  ],
  options: {
    message: {flags: '--message <text>', description: 'with deny: a word to the agent'},
    choose: {flags: '--choose <numbers>', description: 'of a question: 2, or 1,3 where several may be chosen'},
    id: {flags: '--id <n>', description: 'answer this request only, and not what may be asked by now'},
  },
  schema: z.object({
    agent: agentName,
    answer: z.enum(['allow', 'always', 'deny'], 'is none of allow, always, deny').optional(),
    message: z.string().optional(),
    choose: optionNumbers.optional(),
    id: z.coerce.number('is no number').int('is no number').optional(),
  }),
  examples: [
    ['clambake agents answer agent001', 'what it asks: tool, input, folder; exit 1 while it does'],
    ['clambake agents answer agent001 allow', 'this once'],
    ['clambake agents answer agent001 deny --message "use what is there"', 'it reads that and goes on'],
    ['clambake agents answer agent001 --choose 2', 'the second option of its question; 1,2/3 for two questions'],
  ],
  async run({agent, answer: word, message, choose, id}, context): Promise<Shown | Done> {
    const answer = answerOf({word, message, choose})
    const daemon = await context.daemon()
    if (answer === null) {
      const row = (await daemon.call('state', {})).agents.find(found => found.agent === agent)
      return {agent, asks: row?.asks ?? null}
    }
    const {did} = await daemon.call('answerAgent', {agent, answer, ...(id === undefined ? {} : {id})})
    return {agent, did}
  },
  text: (result, {clock}) => {
    if ('did' in result) return `${result.agent}: ${safeLine(result.did)}`
    const {agent, asks} = result
    return asks === null ? `${agent} asks nothing that waits for an answer` : askText(agent, asks, clock.now())
  },
  exit: result => ('asks' in result && result.asks !== null ? EXIT.needsHuman : EXIT.good),
})

/** null: nothing is to be answered. */
function answerOf(given: {
  word?: 'allow' | 'always' | 'deny' | undefined
  message?: string | undefined
  choose?: number[][] | undefined
}): Answer | null {
  const {word, message, choose} = given
  if ((message !== undefined && word !== 'deny') || (choose !== undefined && word !== undefined)) {
    throw usageError({
      code: 'bad-usage',
      message:
        choose === undefined
          ? 'agents answer: --message goes with deny'
          : 'agents answer: --choose is an answer by itself',
      next: 'clambake agents answer --help',
    })
  }
  if (choose !== undefined) return {kind: 'choose', choices: choose}
  if (word === undefined) return null
  return word === 'deny' && message !== undefined ? {kind: word, message} : {kind: word}
}

function askText(agent: AgentId, asks: Asks, now: number): string {
  const since = `since ${age(now - asks.since)}`
  const head = [`${agent} asks ${asks.kind === 'question' ? 'a question' : `to use ${asks.tool}`}, ${since}`]
  if (asks.kind === 'question') {
    const questions = asks.questions.flatMap(({question, multiSelect, options}) => [
      '',
      `${question}${multiSelect ? ' (several may be chosen)' : ''}`,
      ...options.map(
        ({label, description}, index) => `  ${index + 1} ${label}${description ? `: ${description}` : ''}`,
      ),
    ])
    return [...head, ...questions, '', `answer it: clambake agents answer ${agent} --choose 1 --id ${asks.id}`].join(
      '\n',
    )
  }
  return [
    ...head,
    ...(asks.directory === '' ? [] : [`in ${asks.directory}`]),
    '',
    ...asks.input.split('\n').map(line => `  ${line}`),
    '',
    `always would allow: ${asks.rule ?? 'exactly this, for this ticket'}`,
    `answer it: clambake agents answer ${agent} allow|always|deny --id ${asks.id}`,
  ].join('\n')
}

import * as z from 'zod'
import {EXIT, usageError} from '../../../base/errors.ts'
import {safeLine} from '../../../base/text.ts'
import {unknownAgent} from '../../../model/agent/unknown.ts'
import type {AgentId} from '../../../model/data/ids.ts'
import type {Answer, Asks} from '../../../protocol/daemon.ts'
import {defineCommand} from '../../define.ts'
import {agentArgument, agentName, optionNumbers} from '../../inputs.ts'
import {age} from '../../output/text.ts'

/** `waits`: it waits for a person or for something, maybe without a request. */
type Shown = {agent: AgentId; asks: Asks | null; waits: boolean}
type Done = {agent: AgentId; did: string}

export const agentsAnswer = defineCommand({
  name: 'agents answer',
  summary: "show an agent's open request, or answer it",
  does: 'acts',
  args: [
    agentArgument,
    {
      key: 'answer',
      name: 'allow|always|deny',
      required: false,
      description: 'allow once, allow always for this ticket, or deny (default: only show the request)',
    },
  ],
  options: {
    message: {flags: '--message <text>', description: 'with deny: a message to the agent'},
    choose: {flags: '--choose <numbers>', description: 'answer a question: 2, or 1,3 where several may be chosen'},
    id: {flags: '--id <n>', description: 'answer only this request; needed while several are open'},
  },
  schema: () =>
    z.object({
      agent: agentName,
      answer: z.enum(['allow', 'always', 'deny'], 'is not one of allow, always, deny').optional(),
      message: z.string().optional(),
      choose: optionNumbers.optional(),
      id: z.coerce.number('is not a number').int('is not a number').optional(),
    }),
  examples: [
    ['clambake agents answer agent001', 'show tool, input and folder; exit code 1 while a request is open'],
    ['clambake agents answer agent001 allow --id 7', 'allow the request with this number once, and no other'],
    [
      'clambake agents answer agent001 deny --message "use what is there"',
      'deny it; the agent reads the message and continues',
    ],
    ['clambake agents answer agent001 --choose 2', 'choose the second option; 1,2/3 answers two questions'],
  ],
  async run({agent, answer: word, message, choose, id}, context): Promise<Shown | Done> {
    const answer = answerOf({word, message, choose})
    const daemon = await context.daemon()
    if (answer === null) {
      const {agents} = await daemon.call('state', {})
      const row = agents.find(found => found.agent === agent)
      if (!row)
        throw unknownAgent(
          agents.map(known => known.agent),
          agent,
        )
      return {agent, asks: row.asks, waits: row.state === 'waiting'}
    }
    const {did} = await daemon.call('answerAgent', {agent, answer, ...(id === undefined ? {} : {id})})
    return {agent, did}
  },
  text: (result, {clock}) => {
    if ('did' in result) return `${result.agent}: ${safeLine(result.did)}`
    const {agent, asks, waits} = result
    if (asks !== null) return askText(agent, asks, clock.now())
    return `${agent} has no open request${waits ? `; it waits in its terminal: clambake attach ${agent}` : ''}`
  },
  exit: result => ('asks' in result && result.asks !== null ? EXIT.needsHuman : EXIT.good),
})

/** The answer that the command line gives; null: it only asks to show the request. */
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
          ? 'agents answer: --message only works with deny'
          : 'agents answer: --choose works without allow, always or deny',
      next: 'clambake agents answer --help',
    })
  }
  if (choose !== undefined) return {kind: 'choose', choices: choose}
  if (word === undefined) return null
  return word === 'deny' && message !== undefined ? {kind: word, message} : {kind: word}
}

function askText(agent: AgentId, asks: Asks, now: number): string {
  const waiting = `for ${age(now - asks.since)}`
  const head = [
    `${agent} ${asks.kind === 'question' ? 'asks a question' : `asks to use ${asks.tool}`}, open ${waiting}`,
  ]
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

import * as z from 'zod'
import {hasCode, usageError} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {defineCommand} from '../define.ts'
import {issueNumber, thinkLevel} from '../inputs.ts'

export const pop = defineCommand({
  name: 'pop',
  summary: 'claim the next ready issue, or a given one, and start an agent on it',
  does: 'acts',
  args: [
    {
      key: 'issue',
      name: 'issue',
      required: false,
      description: 'the issue, like 123 (default: the next in routing order)',
    },
  ],
  options: {
    think: {flags: '--think-level <level>', description: 'how hard the agent thinks: think, hard, harder or ultra'},
    force: {
      flags: '--force',
      description: 'with an issue: even if it is for a person, by a stranger, blocked or waiting',
    },
    mine: {flags: '--mine', description: 'the next issue that is assigned to you, the user of the token'},
  },
  schema: () =>
    z.object({
      issue: issueNumber.optional(),
      think: thinkLevel.optional(),
      mine: z.boolean().default(false),
      force: z.boolean().default(false),
    }),
  apart: [
    ['mine', 'issue'],
    ['mine', 'force'],
  ],
  examples: [
    ['clambake pop', 'the next issue in routing order'],
    ['clambake pop --mine', 'the next issue that is assigned to you'],
    ['clambake pop 123', 'issue 123; a blocked ticket is retried'],
    ['clambake pop 123 --force', 'even if it is labelled human-only, or by a stranger'],
    ['clambake pop 123 --think-level ultra', 'at the highest thinking level'],
  ],
  async run({issue, think, mine, force}, context) {
    if (force && issue === undefined) {
      throw usageError({
        code: 'bad-usage',
        message: 'pop: --force needs an issue: the next one in order is never held back',
        next: 'clambake pop 123 --force; clambake peek says what holds each one back',
      })
    }
    const daemon = await context.daemon()
    const asked = {...(issue !== undefined && {issue}), ...(think && {think}), ...(mine && {mine})}
    try {
      return await daemon.call('pop', {...asked, ...(force && {force})}, {timeoutMs: null})
    } catch (error) {
      if (!hasCode(error, 'gated') || context.json || !context.interactive) throw error
      context.say(safeLine(error.message))
      if (!(await context.confirm('Start an agent on it anyway?'))) throw error
      return daemon.call('pop', {...asked, over: error.message}, {timeoutMs: null})
    }
  },
  text: ({ticket, title, agent, branch, taken, passed = []}) =>
    [
      `#${ticket} ${safeLine(title)}`,
      ...(taken === undefined ? [] : [safeLine(`claimed as ${taken}`)]),
      ...passed.map(text => safeLine(`passed over: ${text}`)),
      `${agent} works on it on branch ${branch}`,
      `watch it: clambake attach ${agent}`,
    ].join('\n'),
})

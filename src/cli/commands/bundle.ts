import * as z from 'zod'
import {ClambakeError} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {haltText} from '../../model/landing/halt.ts'
import type {LandPlan} from '../../protocol/daemon.ts'
import {defineCommand} from '../define.ts'
import {list} from '../output/text.ts'

type Bundled = {plan: LandPlan; sent: number[]; asked: boolean}

export const bundle = defineCommand({
  name: 'bundle',
  summary: 'send the train now with the bottled tickets that land together',
  does: 'acts',
  options: {
    dryRun: {flags: '--dry-run', description: 'only print who would board'},
    diagnose: {flags: '--diagnose', description: 'print why each ticket boards, lands alone or stays behind'},
    force: {flags: '--force', description: 'send it though the train is paused'},
  },
  schema: () =>
    z.object({
      dryRun: z.boolean().default(false),
      diagnose: z.boolean().default(false),
      force: z.boolean().default(false),
    }),
  apart: [
    ['dryRun', 'force'],
    ['diagnose', 'force'],
  ],
  examples: [
    ['clambake bundle', 'send the train now; clambake land also lands what goes alone'],
    ['clambake bundle --diagnose', 'see why the train does not leave, and who stays behind'],
  ],
  async run({dryRun, diagnose, force}, context): Promise<Bundled> {
    const daemon = await context.daemon()
    const plan = await daemon.call('landPlan', {})
    const tickets = boarding(plan).map(({ticket, claim}) => ({ticket, claim}))
    if (dryRun || diagnose || tickets.length === 0) return {plan, sent: [], asked: false}
    if (plan.train.paused !== null && !force) throw paused(plan.train.paused)
    await daemon.call('land', {tickets})
    return {plan, sent: tickets.map(({ticket}) => ticket), asked: true}
  },
  text({plan, sent, asked}) {
    if (asked) return `${list(sent)} board: clambake status shows the train`
    const {train, halt} = plan
    const tickets = boarding(plan)
    return [
      ...(halt === null ? [] : [haltText(halt)]),
      ...(train.paused === null ? [] : [`the train is paused: ${safeLine(train.paused)}`]),
      ...(train.text === null ? [] : [`under way: ${safeLine(train.text)}`]),
      tickets.length === 0
        ? 'No two bottled tickets land together now.'
        : `${count(tickets.length, 'ticket')} would board:`,
      ...plan.board.map(({ticket, title, alone}) => {
        const how = alone === null ? 'boards' : `alone: ${safeLine(alone)}`
        return `#${ticket}  ${safeLine(title)}  ${how}`
      }),
      ...plan.putOff.map(({ticket, title, reason}) => `#${ticket}  ${safeLine(title)}  stays: ${safeLine(reason)}`),
    ].join('\n')
  },
})

function boarding({board}: LandPlan): LandPlan['board'] {
  return board.filter(({alone}) => alone === null)
}

function paused(reason: string): ClambakeError {
  return new ClambakeError({
    code: 'train-paused',
    message: `The train is paused: ${reason}`,
    kept: 'bottled work waits with its claims',
    next: 'clambake bundle --force once that is fixed, or clambake land',
  })
}

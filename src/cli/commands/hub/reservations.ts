import * as z from 'zod'
import {usageError} from '../../../base/errors.ts'
import {safeLine} from '../../../base/text.ts'
import {count} from '../../../base/words.ts'
import type {Reservation} from '../../../model/hub/holds/reservation.ts'
import {defineCommand} from '../../define.ts'
import {lifetime} from '../../inputs.ts'
import {age} from '../../output/text.ts'

export const reserve = defineCommand({
  name: 'reserve',
  summary: 'keep files for this session for a while; agents and sessions are asked before they change them',
  does: 'acts',
  args: [
    {key: 'patterns', name: 'patterns...', required: true, description: "paths from the project's top, as src/cart/**"},
  ],
  options: {
    for: {flags: '--for <time>', description: 'how long: 30m (default 2h, at most 24h)'},
    why: {flags: '--why <text>', description: 'what for; others are shown it'},
  },
  schema: () =>
    z.object({
      patterns: z.array(z.string()).min(1),
      for: lifetime.optional(),
      why: z.string().default(''),
    }),
  examples: [
    ["clambake reserve 'src/cart/**' --for 1h --why 'moves the totals'", 'quote a pattern, or your shell expands it'],
    ['clambake reserve package.json', 'one file; if another session has it, it is named and nothing is reserved'],
  ],
  async run(input, context) {
    const hub = await context.hub()
    const {senderOf} = await import('../../hub/self.ts')
    const owner = await senderOf(context, hub)
    const draft = {patterns: input.patterns, why: input.why, lifeMs: input.for ?? null}
    return {reservations: await hub.reservations.reserve(owner, draft)}
  },
  text: ({reservations}, {clock}) =>
    reservations
      .map(({pattern, expiresAt}) => `${safeLine(pattern)} is yours for ${age(expiresAt - clock.now())}`)
      .join('\n'),
})

export const release = defineCommand({
  name: 'release',
  summary: 'give back files that this session reserved',
  does: 'acts',
  args: [{key: 'patterns', name: 'patterns...', required: false, description: 'as they were reserved'}],
  options: {all: {flags: '--all', description: 'everything that this session reserved'}},
  schema: () => z.object({patterns: z.array(z.string()).default([]), all: z.boolean().default(false)}),
  examples: [
    ["clambake release 'src/cart/**'", 'others may change it again without being asked'],
    ['clambake release --all', 'the end of a session does the same'],
  ],
  async run({patterns, all}, context) {
    if (all === patterns.length > 0) {
      throw usageError({
        code: 'bad-usage',
        message: 'release: name what to release, or say --all',
        next: 'clambake who lists what is reserved',
      })
    }
    const hub = await context.hub()
    const {senderOf} = await import('../../hub/self.ts')
    const released = await hub.reservations.release(await senderOf(context, hub), all ? null : patterns)
    return {released}
  },
  text: ({released}) =>
    released.length === 0
      ? 'This session has reserved no such thing: clambake who lists what is reserved.'
      : `${count(released.length, 'reservation')} released: ${released.map(({pattern}) => safeLine(pattern)).join(', ')}`,
})

/** A reservation on one line, as `who` and `inbox` show it. */
export function reservationText({pattern, from, why, expiresAt}: Reservation, now: number): string {
  const said = why === '' ? '' : `: ${safeLine(why)}`
  return `${safeLine(pattern)} is reserved by ${safeLine(from)} for ${age(expiresAt - now)}${said}`
}

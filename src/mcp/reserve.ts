import * as z from 'zod'
import {MINUTE_MS} from '../base/duration.ts'
import {broken, safeLine} from '../base/text.ts'
import {nameOf, timeText} from '../model/hub/given-text.ts'
import type {Reservation} from '../model/hub/holds/reservation.ts'
import {defineTool} from './tool.ts'

/** One pattern, or a list of them as text: models write both. */
const patterns = z.preprocess(given => (typeof given === 'string' ? [given] : given), z.array(z.string().min(1)).min(1))

export const reserve = defineTool({
  name: 'reserve',
  says: 'Keeps files for you for a while: other sessions are asked before they change them. With release true it gives them back.',
  example: {patterns: ['src/cart/**'], why: 'I move the totals'},
  input: z.object({
    patterns: patterns.describe("paths or globs from the project's top"),
    why: z.string().optional().describe('others are shown it'),
    minutes: z.coerce.number().positive().optional().describe('default 120'),
    release: z.boolean().optional(),
  }),
  readOnly: false,
  async run({patterns: wanted, why, minutes, release}, {hub, self}) {
    const {id, project} = await self()
    const owner = {name: id, instance: id, project}
    if (release === true) {
      const released = await hub.reservations.release(owner, wanted)
      if (released.length === 0) return 'You have reserved no such thing. The tool who lists what is reserved.'
      return `Released: ${released.map(({pattern}) => broken(safeLine(pattern))).join(', ')}.`
    }
    const lifeMs = minutes === undefined ? null : minutes * MINUTE_MS
    const made = await hub.reservations.reserve(owner, {patterns: wanted, why: why ?? '', lifeMs})
    const names = made.map(({pattern}) => broken(safeLine(pattern)))
    return `${names.join(', ')} is yours until ${timeText(made[0]?.expiresAt ?? Number.NaN)}. Give it back when you are done: reserve ${JSON.stringify({patterns: names, release: true})}`
  },
})

/** A reservation on one line, as who shows it. */
export function reservationText({pattern, from, instance, why, expiresAt}: Reservation, own: string): string {
  const until = `until ${timeText(expiresAt)}`
  if (instance === own) return `You have reserved ${nameOf(pattern)} ${until}.`
  return `${nameOf(pattern)} is reserved by ${nameOf(from)} ${until}${why === '' ? '' : `: ${nameOf(why)}`}`
}

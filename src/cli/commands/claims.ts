import {z} from 'zod'
import type {OwnerLife} from '../../model/data/lease.ts'
import {defineCommand} from '../define.ts'
import {age, columns} from '../output/text.ts'

export const claims = defineCommand({
  name: 'claims',
  summary: 'show who holds which issue, on every machine',
  schema: z.object({}),
  examples: [['clambake claims', 'one line a claim, as its ref on the remote says, and whether its owner lives']],
  async run(_, context) {
    const daemon = await context.daemon()
    return {claims: await daemon.call('claims', {}, {timeoutMs: null})}
  },
  text: ({claims: all}, {clock}) =>
    all.length === 0
      ? 'No issue is claimed.'
      : columns(
          [
            {title: 'ISSUE', align: 'right'},
            {title: 'TITLE', max: 40},
            {title: 'PHASE'},
            {title: 'AGENT'},
            {title: 'HOST', max: 24},
            {title: 'OWNER'},
            {title: 'BRANCH', max: 70},
            {title: 'AGE', align: 'right'},
          ],
          all.map(claim => [
            `#${claim.issue}`,
            claim.title,
            claim.phase,
            claim.agent,
            claim.host,
            claim.ours ? 'this daemon' : lifeText(claim.life),
            claim.branch,
            age(clock.now() - claim.claimedAt),
          ]),
        ),
})

/** Whether the owner lives, as far as its lease tells. */
function lifeText(life: OwnerLife): string {
  switch (life.is) {
    case 'renews':
      return 'alive'
    case 'dead':
      return 'dead: its lease ran out'
    case 'quiet':
      return `not heard of for ${age(life.ms)}`
    case 'unknown':
      return 'unknown'
  }
}

import * as z from 'zod'
import type {OwnerLife} from '../../model/data/lease.ts'
import type {ClaimRow} from '../../protocol/daemon.ts'
import {defineCommand} from '../define.ts'
import {age, columns} from '../output/text.ts'

export const claims = defineCommand({
  name: 'claims',
  summary: 'list all claimed issues and who holds them, on every machine',
  does: 'reads',
  schema: () => z.object({}),
  examples: [['clambake claims', 'one line per claim, with its owner and whether the owner is alive']],
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
            // Work that waits for its train has one name everywhere; the claim's own is older.
            claim.phase === 'review' ? 'bottled' : claim.phase,
            claim.agent,
            claim.host,
            claim.ours ? 'this daemon' : ownerText(claim),
            claim.branch,
            Number.isFinite(claim.claimedAt) ? age(clock.now() - claim.claimedAt) : '?',
          ]),
        ),
})

/** Whether a claim's owner is alive: its lease decides, and the hub may show sooner that it is silent. */
function ownerText({life, silence}: Pick<ClaimRow, 'life' | 'silence'>): string {
  if (silence === null || life.is === 'dead') return lifeText(life)
  const seen = silence.ended ? 'the hub shows that it ended' : `not seen by the hub for ${age(silence.ms)}`
  return `${lifeText(life)}; ${seen}`
}

/** Whether a claim's owner is alive, as far as its lease shows. */
function lifeText(life: OwnerLife): string {
  switch (life.is) {
    case 'renews':
      return 'alive'
    case 'dead':
      return 'dead: its lease expired'
    case 'quiet':
      return `silent for ${age(life.ms)}`
    case 'unknown':
      return 'unknown'
  }
}

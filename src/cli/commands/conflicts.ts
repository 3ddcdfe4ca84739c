import {z} from 'zod'
import {EXIT} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {shortAgent} from '../../model/data/ids.ts'
import type {ConflictSide, SeenConflict} from '../../model/radar/conflict.ts'
import type {DaemonState} from '../../protocol/daemon.ts'
import type {CommandContext} from '../context.ts'
import {defineCommand} from '../define.ts'
import {age, columns} from '../output/text.ts'
import {watchState} from '../output/watch.ts'

type Found = Pick<DaemonState, 'conflicts' | 'sides'>

export const conflicts = defineCommand({
  name: 'conflicts',
  summary: 'list what does not merge with main or with each other; exit code 1 if there is anything',
  options: {watch: {flags: '--watch', description: 'update with every change until Ctrl-C'}},
  schema: z.object({watch: z.boolean().default(false)}),
  examples: [
    ['clambake conflicts', 'work of agents, worktrees and branches that conflicts, also what is not committed'],
    ['clambake conflicts --json', 'the same for a script; in cron or CI no daemon is needed'],
    ['clambake conflicts --watch', 'a live list, for a small pane'],
  ],
  async run({watch}, context): Promise<Found> {
    const daemon = await context.runningDaemon()
    if (!daemon) {
      const {readConflicts} = await import('../read-conflicts.ts')
      return readConflicts(context)
    }
    const state = await daemon.call('state', {})
    if (watch) await watchState(daemon, state, context, now => table(now, context))
    return {conflicts: watch ? [] : state.conflicts, sides: watch ? [] : state.sides}
  },
  text: (found, context) =>
    found.sides.length === 0 && found.conflicts.length === 0 ? nothing() : table(found, context),
  exit: ({conflicts: found}) => (found.length > 0 ? EXIT.needsHuman : EXIT.good),
})

function nothing(): string {
  return 'Nothing waits to land: there is no work of agents, no worktree and no branch beside main.'
}

async function table({conflicts: found, sides}: Found, {clock}: CommandContext): Promise<string> {
  if (found.length === 0) return `All merge with main and with each other: ${sides.map(named).join(', ')}.`
  const rows = found.map(({one, other, files, committed, since}: SeenConflict) => [
    named(one),
    other === null ? 'main' : named(other),
    files.map(({path}) => safeLine(path)).join(', '),
    committed ? 'commits' : 'files as they are',
    age(clock.now() - since),
  ])
  const list = await columns(
    [
      {title: 'ONE', max: 40},
      {title: 'OTHER', max: 40},
      {title: 'FILES', max: 100},
      {title: 'SEEN IN'},
      {title: 'SINCE', align: 'right'},
    ],
    rows,
  )
  return `${list}\n\n${count(found.length, 'pair')} of ${count(sides.length, 'side')} conflict${found.length === 1 ? 's' : ''}.`
}

function named({label, agent}: ConflictSide): string {
  return safeLine(agent === null ? label : `${label} ${shortAgent(agent)}`)
}

import * as z from 'zod'
import {ClambakeError, EXIT} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {wrapText} from '../../client/text/wrap.ts'
import {shortAgent} from '../../model/data/ids.ts'
import {touchedText} from '../../model/hub/holds/touched.ts'
import type {ConflictSide, SeenConflict} from '../../model/radar/conflict.ts'
import type {DaemonState} from '../../protocol/daemon.ts'
import {defineCommand} from '../define.ts'
import {age, columns} from '../output/text.ts'
import {watchState} from '../output/watch.ts'
import {type InPlace, inPlace, noDaemon} from './daemon.ts'

type Found = Pick<DaemonState, 'conflicts' | 'sides'> & {
  /** Reservations of which somebody else changes something. */
  reserved: DaemonState['hub']['reservations']
}

export const conflicts = defineCommand({
  name: 'conflicts',
  summary: 'list what does not merge with main or with each other; exit code 1 if there is anything',
  does: 'reads',
  options: {watch: {flags: '--watch', description: 'update with every change until Ctrl-C, then exit code 0'}},
  schema: () => z.object({watch: z.boolean().default(false)}),
  examples: [
    ['clambake conflicts', 'work of agents, worktrees and branches that conflicts, also what is not committed'],
    ['clambake conflicts --json', 'the same for a script; in cron or CI no daemon is needed'],
    ['clambake conflicts --watch', 'a live list, for a small pane'],
    ['clambake conflicts --watch --json', 'one JSON object for each change, on a line of its own'],
  ],
  async run({watch}, context): Promise<Found | undefined> {
    const daemon = await context.runningDaemon()
    if (!daemon) {
      if (watch) throw notWatched(await inPlace(context))
      const {readConflicts} = await import('../read-conflicts.ts')
      return await readConflicts(context)
    }
    const state = await daemon.call('state', {})
    if (!watch) return foundIn(state)
    await watchState(daemon, state, context, {part: foundIn, text: describeAll})
    return undefined
  },
  text: (found, {clock}) => describeAll(found, clock.now()),
  exit: ({conflicts: found}) => (found.length > 0 ? EXIT.needsHuman : EXIT.good),
})

function foundIn({conflicts: found, sides, hub}: DaemonState): Found {
  return {conflicts: found, sides, reserved: hub.reservations.filter(({touched}) => touched.length > 0)}
}

function notWatched(instead: InPlace): ClambakeError {
  return new ClambakeError({
    code: 'not-running',
    message: `${noDaemon(instead)}, so nothing watches for conflicts`,
    next: 'clambake daemon start; clambake conflicts, without --watch, looks once',
  })
}

/** Columns of a line of names. */
const WIDTH = 78

function describeAll(found: Found, now: number): string {
  const reserved = found.reserved.map(one => safeLine(touchedText(one)))
  return [describe(found, now), ...(reserved.length === 0 ? [] : ['', ...reserved])].join('\n')
}

function describe({conflicts: found, sides}: Pick<Found, 'conflicts' | 'sides'>, now: number): string {
  if (found.length === 0 && sides.length === 0) {
    return 'Nothing waits to land: there is no work of agents, no worktree and no branch beside main.'
  }
  if (found.length === 0) {
    const all = sides.length === 1 ? 'It merges with main' : 'All merge with main and with each other'
    const lines = wrapText(`${all}: ${sides.map(named).join(', ')}.`, WIDTH)
    return lines.map(line => line.map(({text}) => text).join('')).join('\n')
  }
  const rows = found.map(({one, other, files, committed, since}: SeenConflict) => [
    named(one),
    other === null ? 'main' : named(other),
    files.map(({path}) => safeLine(path)).join(', '),
    committed ? 'commits' : 'files as they are',
    age(now - since),
  ])
  const list = columns(
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

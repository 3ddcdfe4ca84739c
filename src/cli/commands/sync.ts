import * as z from 'zod'
import {EXIT, usageError} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {ACTS, STRATEGIES} from '../../model/data/show.ts'
import {type ShownRow, shownRow} from '../../model/mirror/shown-row.ts'
import type {DaemonApi, SyncRow} from '../../protocol/daemon.ts'
import {consent} from '../consent.ts'
import type {CommandContext, DaemonConnection} from '../context.ts'
import {defineCommand} from '../define.ts'
import {agentList} from '../inputs.ts'
import {columns} from '../output/text.ts'

type Result = DaemonApi['sync']['result']
type Synced = Result & {dryRun: boolean}

const CHOICES: Record<SyncRow['choice'], string> = {github: 'GitHub', local: 'Clambake', ask: 'you decide'}

export const sync = defineCommand({
  name: 'sync',
  summary: 'find manual changes on GitHub, and put them back or obey them',
  does: 'asks',
  options: {
    all: {flags: '--all', description: 'also check work labels of issues that are not claimed'},
    agents: {flags: '--agents <list>', description: 'only tickets of these agents, separated by commas'},
    strategy: {
      flags: '--strategy <s>',
      description: `${STRATEGIES.join(', ')} (default: sync.strategy of the configuration)`,
    },
    resolve: {
      flags: '--resolve-conflicts [strategy]',
      description: 'same as --strategy; alone it puts back what would wait for you (local-wins)',
    },
    force: {flags: '--force-update', description: 'rewrite labels, column and assignee even if they match'},
    dryRun: {flags: '--dry-run', description: 'only print what would be done'},
    yes: {flags: '--yes', description: 'with a strategy: do not ask'},
  },
  schema: () =>
    z.object({
      all: z.boolean().default(false),
      agents: agentList.optional(),
      strategy: z.enum(STRATEGIES).optional(),
      resolve: z.union([z.literal(true), z.enum(STRATEGIES)]).optional(),
      force: z.boolean().default(false),
      dryRun: z.boolean().default(false),
      yes: z.boolean().default(false),
    }),
  apart: [
    ['dryRun', 'force'],
    ['all', 'agents'],
  ],
  examples: [
    ['clambake sync', 'show what differs, and put it back or obey it as configured'],
    ['clambake sync --dry-run --all', 'only show it, for every open issue'],
    ['clambake sync --resolve-conflicts github-wins', 'show cards and labels that people changed, ask, and obey them'],
    ['clambake sync --agents agent001,agent002 --force-update', 'rewrite everything for the tickets of these agents'],
  ],
  async run({agents, strategy, resolve, force, dryRun, all, yes}, context): Promise<Synced> {
    if (typeof resolve === 'string' && strategy !== undefined && strategy !== resolve) {
      throw usageError({
        code: 'bad-usage',
        message: `sync: --resolve-conflicts ${resolve} and --strategy ${strategy} are the same option, but their values differ`,
        next: 'give one of them',
      })
    }
    const daemon = await context.daemon()
    const chosen = strategy ?? (resolve === true ? ('local-wins' as const) : resolve)
    const params = {all, ...(agents && {agents}), ...(chosen && {strategy: chosen})}
    if (dryRun) {
      const rows = await daemon.call('mismatches', params, {timeoutMs: null})
      return {rows, fresh: [], told: [], compared: rows.length, dryRun}
    }
    let shown: ShownRow[] | undefined
    if ((chosen === 'github-wins' || chosen === 'local-wins') && !yes) {
      const rows = await daemon.call('mismatches', params, {timeoutMs: null})
      shown = rows.map(shownRow)
      if (rows.length > 0) {
        await consent(context, {
          yes,
          plan: rowTable(rows),
          question: chosen === 'github-wins' ? 'Obey what GitHub shows?' : 'Put it back on GitHub?',
          refused: `${count(rows.length, 'difference')} ${rows.length === 1 ? 'was' : 'were'} left`,
          again: `sync --strategy ${chosen}`,
        })
      }
    }
    const result = await daemon.call('sync', {...params, force, ...(shown && {shown})}, {timeoutMs: null})
    if (!context.interactive || context.json) return {...result, dryRun}
    return {...result, ...(await askEach(result, daemon, context)), dryRun}
  },
  text({rows, fresh, told, compared, dryRun}) {
    const said = [
      ...(rows.length === 0 ? [] : [rowTable(rows)]),
      ...(fresh.length === 0
        ? []
        : ['Changed since it was shown, and left as it is; clambake sync shows it again:', rowTable(fresh)]),
      ...(told.length > 0 ? [`rewritten: ${told.map(ticket => `#${ticket}`).join(', ')}`] : []),
    ]
    if (said.length === 0) {
      return compared === 0
        ? 'Nothing was changed by hand.'
        : `Nothing was changed by hand: ${count(compared, 'ticket')} compared.`
    }
    const waits = rows.some(({act}) => act === 'ask')
    return [
      ...said,
      ...(dryRun ? ['Nothing was done.'] : []),
      ...(waits ? ['clambake sync --strategy github-wins obeys what waits, --strategy local-wins puts it back'] : []),
    ].join('\n')
  },
  exit: ({rows, fresh}) => (fresh.length > 0 || rows.some(({act}) => act === 'ask') ? EXIT.needsHuman : EXIT.good),
})

/** Asks the person about each ticket that waits for a decision; gives all rows as they were resolved, and what is new. */
async function askEach(
  {rows, fresh}: Pick<Result, 'rows' | 'fresh'>,
  daemon: DaemonConnection,
  {say}: CommandContext,
): Promise<Pick<Result, 'rows' | 'fresh'>> {
  const waiting = [...new Set(rows.filter(({act}) => act === 'ask').map(({ticket}) => ticket))]
  if (waiting.length === 0) return {rows, fresh}
  const {askPerson} = await import('../confirm.ts')
  const resolved = new Map<number, Result>()
  await askPerson(
    async yes => {
      for (const ticket of waiting) {
        const own = rows.filter(row => row.ticket === ticket)
        for (const {part, wanted, found} of own) {
          say(safeLine(`#${ticket} ${part}: ${found} instead of ${wanted}`))
        }
        const strategy = (await yes('Take what GitHub shows?')) ? 'github-wins' : 'local-wins'
        if (strategy === 'local-wins' && !(await yes('Put it back?'))) continue
        const shown = own.map(shownRow)
        resolved.set(ticket, await daemon.call('sync', {tickets: [ticket], strategy, shown}, {timeoutMs: null}))
      }
    },
    {next: 'clambake sync asks again'},
  )
  const done = [...resolved.values()]
  return {
    rows: [...rows.filter(({ticket}) => !resolved.has(ticket)), ...done.flatMap(one => one.rows)],
    fresh: [...fresh, ...done.flatMap(one => one.fresh)],
  }
}

function rowTable(rows: readonly SyncRow[]): string {
  return columns(
    [
      {title: 'ISSUE', align: 'right'},
      {title: 'TITLE', max: 32},
      {title: 'WHAT'},
      {title: 'CLAMBAKE', max: 36},
      {title: 'GITHUB', max: 36},
      {title: 'SHOULD BE'},
      {title: 'DONE'},
    ],
    rows.map(({ticket, title, part, wanted, found, choice, act}) => [
      `#${ticket}`,
      title,
      part,
      wanted,
      found,
      CHOICES[choice],
      ACTS[act],
    ]),
  )
}

import {type AgentId, shortAgent} from '../../model/data/ids.ts'
import {openChanges} from '../dialogs/changes.ts'
import {openLand} from '../dialogs/land.ts'
import {openOrphans} from '../dialogs/orphans.ts'
import {openUndo} from '../dialogs/undo.ts'
import {isClaimable} from '../panels/issues.ts'
import {markedRows, selectedRow} from '../panels/lists.ts'
import type {ClientState} from '../state/state.ts'
import {marksCleared} from '../state/update.ts'
import type {CommandContext} from './binding.ts'
import {ANYWHERE, type Binding} from './binding.ts'

/** Commands that ask the daemon for work. What can destroy or publish something asks in a dialog first. */
export const WORK = [
  {
    command: 'queue.pop',
    keys: ['p'],
    help: 'claim the next ready issue and start an agent on it',
    short: 'pop',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    writes: true,
    run: context => void pop(context, null),
  },
  {
    command: 'queue.pop-selected',
    keys: ['P'],
    help: 'claim or retry the selected issue, or all marked ones',
    group: 'work',
    where: ['panel'],
    needs: 'daemon',
    writes: true,
    disabled: notClaimable,
    run: context => void popSelected(context),
  },
  {
    command: 'queue.route',
    keys: ['r'],
    help: 'claim issues for all free agents',
    short: 'route',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    writes: true,
    run: context => void route(context),
  },
  {
    command: 'train.land',
    keys: ['L'],
    help: 'land finished work now, or only what is marked; asks first',
    short: 'land',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    writes: true,
    run: context => void openLand(context),
  },
  {
    command: 'train.pause',
    keys: ['H'],
    help: 'halt landing for all, until somebody lands',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    writes: true,
    run: context => void haltLanding(context),
  },
  {
    command: 'recovery.orphans',
    keys: ['X'],
    help: 'recover orphaned branches, worktrees, stashes and commits',
    short: 'recover',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    run: context => void openOrphans(context),
  },
  {
    command: 'recovery.undo',
    keys: ['u'],
    help: 'take back the last archive, leave, reset or cleanup',
    group: 'work',
    where: [...ANYWHERE, 'recover'],
    needs: 'daemon',
    writes: true,
    run: context => void openUndo(context),
  },
  {
    command: 'sync.changes',
    keys: ['S'],
    help: 'see what people changed on GitHub; obey it or put it back',
    group: 'work',
    where: ANYWHERE,
    needs: 'daemon',
    run: context => void openChanges(context),
  },
] as const satisfies readonly Binding[]

/** Lets nothing land until a person lifts the halt; what an agent does goes on. */
async function haltLanding({operations}: CommandContext): Promise<void> {
  const halted = await operations.ask('halting landing', daemon => daemon.call('pauseLanding', {reason: ''}))
  if (halted) operations.notify({level: 'info', text: 'landing is halted, L lifts it'})
}

async function pop({operations}: CommandContext, issue: number | null): Promise<void> {
  const label = issue === null ? 'claiming the next issue' : `claiming #${issue}`
  const popped = await operations.ask(label, daemon => daemon.call('pop', issue === null ? {} : {issue}))
  if (popped) operations.notify({level: 'info', text: claimedText(popped)})
}

/** Claims the marked issues, or the selected one. */
async function popSelected(context: CommandContext): Promise<void> {
  const {store} = context
  const state = store.getState()
  const marked = markedRows(state, 'issues').filter(isClaimable)
  if (marked.length === 0) return pop(context, selectedRow(state, 'issues')?.number ?? null)
  store.apply(marksCleared('issues'))
  // One after the other: each claim must see which agents are free after the one before.
  for (const {number} of marked) await pop(context, number)
}

/** Which issue, by whom, and why it and no other. */
function claimedText({ticket, agent, taken}: {ticket: number; agent: AgentId; taken?: string}): string {
  return `#${ticket} claimed by ${shortAgent(agent)}${taken === undefined ? '' : `, ${taken}`}`
}

function notClaimable(state: ClientState): string | null {
  const marked = markedRows(state, 'issues')
  if (marked.length > 0) return marked.some(isClaimable) ? null : 'none of the marked issues is ready'
  const row = selectedRow(state, 'issues')
  if (!row) return 'no issue is selected'
  if (isClaimable(row)) return null
  return row.gate?.text ?? (row.foreignOwner ? `claimed by ${row.foreignOwner}` : `#${row.number} is ${row.phase}`)
}

async function route({operations}: CommandContext): Promise<void> {
  const routed = await operations.ask('claiming issues for free agents', daemon => daemon.call('route', {}))
  if (!routed) return
  const claimed = routed.claimed.map(claimedText)
  const refused = routed.refused.map(({ticket, reason}) => `#${ticket}: ${reason}`)
  operations.notify({
    level: claimed.length > 0 ? 'info' : 'warning',
    text: claimed.length > 0 ? claimed.join(' · ') : 'nothing was claimed',
    kept: refused.length > 0 ? `not claimed ${refused.join(', ')}` : undefined,
  })
}

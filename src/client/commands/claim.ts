import type {ErrorData} from '../../base/errors.ts'
import {type AgentId, shortAgent} from '../../model/data/ids.ts'
import type {TicketRow} from '../../protocol/daemon.ts'
import {isClaimable} from '../panels/issues.ts'
import {markedRows} from '../panels/lists.ts'
import type {ClientState} from '../state/state.ts'
import type {CommandContext} from './binding.ts'
import {ticketInFocus} from './in-focus.ts'

/** Starts an agent on an issue, or on the next one in order (null). */
export async function claim({operations}: CommandContext, issue: number | null): Promise<void> {
  const label = issue === null ? 'claiming the next issue' : `claiming #${issue}`
  const popped = await operations.ask(label, daemon => daemon.call('pop', issue === null ? {} : {issue}))
  if (popped) operations.notify({level: 'info', text: claimedText(popped)})
}

/** Starts agents on several issues and says in one message what became of each. */
export async function claimAll({operations}: CommandContext, issues: readonly number[]): Promise<void> {
  const claimed: string[] = []
  const refused: string[] = []
  let first: ErrorData | null = null
  // One after the other: each claim must see which agents are free after the one before.
  for (const issue of issues) {
    const outcome = await operations.load(daemon => daemon.call('pop', {issue}))
    if (outcome.state === 'ready') claimed.push(claimedText(outcome.value))
    else {
      first ??= outcome.error
      refused.push(`#${issue}: ${outcome.error.message}`)
    }
  }
  operations.notify({
    level: refused.length > 0 ? 'warning' : 'info',
    text: [
      `${claimed.length} of ${issues.length} claimed`,
      ...claimed,
      ...(refused.length > 0 ? [`not claimed: ${refused.join('; ')}`] : []),
    ].join(' · '),
    ...(first?.next && {next: first.next}),
  })
}

/** Which issue, by whom, and why it and no other. */
export function claimedText({ticket, agent, taken}: {ticket: number; agent: AgentId; taken?: string}): string {
  return `#${ticket} claimed by ${shortAgent(agent)}${taken === undefined ? '' : `, ${taken}`}`
}

/** The issues that a person means to claim: the marked ones, or the one in focus, also in its details. */
export function issuesMeant(state: ClientState): TicketRow[] {
  const {focus, dialogs} = state.ui
  const isList = focus.place === 'panel' && focus.panel === 'issues' && dialogs.length === 0
  const marked = isList ? markedRows(state, 'issues') : []
  if (marked.length > 0) return [...marked]
  const number = ticketInFocus(state)
  return state.tickets.filter(row => row.number === number)
}

/** Why none of the issues that the person means can be claimed; null: one can. */
export function notClaimable(state: ClientState): string | null {
  const meant = issuesMeant(state)
  if (meant.some(isClaimable)) return null
  const [row, another] = meant
  if (!row) return 'no issue is selected'
  if (another) return 'none of the marked issues is ready'
  return row.gate?.text ?? (row.foreignOwner ? `claimed by ${row.foreignOwner}` : `#${row.number} is ${row.phase}`)
}

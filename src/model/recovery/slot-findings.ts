import {safeLine, truncate} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {State} from '../core/state.ts'
import {parseAgentId} from '../data/ids.ts'
import type {PaneInfo} from '../data/pane.ts'
import {holdsSlot} from '../ticket/states.ts'
import type {Finding, Found} from './finding.ts'

/** A process that is being ended gets this long before its slot counts as held. */
const ENDING_MS = 60_000
/** Columns of a command line in a finding. */
const COMMAND_WIDTH = 60

/** Finds slots whose ticket needs none any more, long after their process should have ended. */
export function heldSlots(state: State, at: number): Finding[] {
  return Object.values(state.agents).flatMap(({context}): Finding[] => {
    const {agent, ticket: issue} = context
    const ticket = issue === null ? undefined : state.tickets[issue]
    const since = Math.max(context.since, ticket?.context.since ?? 0)
    if (issue === null || (ticket && holdsSlot(ticket)) || at - since < ENDING_MS) return []
    return [
      {
        pattern: 'slot-held',
        subject: agent,
        issue,
        agent,
        what: `still has #${issue}, which is ${ticket?.value ?? 'not held here'} and needs no agent`,
        since,
        cure: {
          by: 'command',
          treatment: {do: 'free-slot', issue, agent},
          will: `end its process again and free ${agent}; branch and worktree stay`,
          safe: true,
          next: `clambake agents diagnose ${agent} --fix`,
        },
      },
    ]
  })
}

/** Finds servers and the like that agents left behind in worktrees in which no agent works. */
export function leftProcesses({left}: Found): Finding[] {
  return left.map(({issue, worktree, processes}): Finding => {
    const names = processes.map(({pid, command}) => `${truncate(safeLine(command), COMMAND_WIDTH)} (${pid})`)
    return {
      pattern: 'left-behind',
      subject: worktree,
      issue,
      agent: null,
      what: `still has ${count(processes.length, 'process', 'processes')} of an agent that has ended: ${names.join(', ')}`,
      since: null,
      cure: {
        by: 'command',
        treatment: {do: 'end-left', issue, worktree},
        will: 'end them; all files stay',
        safe: false,
        next: issue === null ? 'clambake agents diagnose --fix' : `clambake agents diagnose ${issue} --fix`,
      },
    }
  })
}

/** Finds running panes of agents that belong to no slot. */
export function strayPanes({panes, state}: Found): Finding[] {
  const used = new Set(Object.values(state.agents).map(({context}) => context.pane))
  const starts = ({meta}: PaneInfo) => state.tickets[Number(meta.ticket)]?.value === 'starting'
  return (panes ?? []).flatMap((info): Finding[] => {
    const {pane, meta, cwd, exit, startedAt} = info
    if (meta.agent === undefined || exit !== null || used.has(pane) || starts(info)) return []
    const agent = parseAgentId(meta.agent) ?? null
    return [
      {
        pattern: 'pane-without-ticket',
        subject: pane,
        issue: Number(meta.ticket) || null,
        agent,
        what: `runs in ${cwd}, and no ticket has it`,
        since: startedAt,
        cure: {
          by: 'command',
          treatment: {do: 'stop-pane', pane},
          will: 'save what is in its worktree in a rescue ref, then end it',
          safe: false,
          next: `clambake agents recover ${agent ?? meta.agent}`,
        },
      },
    ]
  })
}

import {shellWord} from '../../base/text.ts'
import {isReady} from '../panels/issues.ts'
import type {SetupCheck} from '../state/dialog.ts'
import type {ClientState} from '../state/state.ts'

/** What a repository needs before an agent can work: what the machine was asked about, and what GitHub shows. */
export function setupChecks(state: ClientState, machine: readonly SetupCheck[]): SetupCheck[] {
  const {header, tickets} = state
  // Before the daemon's first look at GitHub, an empty list means nothing.
  if (header === null || (header.main === null && tickets.length === 0)) return [...machine]
  const trouble = header.troubles.find(text => !machine.some(({name}) => text.includes(name)))
  const isQueued = tickets.some(row => isReady(row) || row.phase !== 'ready')
  const open = tickets.length === 0 ? 'there is no open issue yet: open one' : 'no open issue has it: choose one'
  return [
    ...machine,
    trouble === undefined
      ? {name: `GitHub answers for ${header.repository}`, ok: true, hint: ''}
      : {name: trouble, ok: false, hint: 'clambake status lists all that does not work now'},
    isQueued
      ? {name: 'issues are labelled for agents', ok: true, hint: ''}
      : {
          name: 'no issue is ready for an agent',
          ok: false,
          hint: `agents take issues with the label ${header.routingLabel}; ${open} and run gh issue edit NUMBER --add-label ${shellWord(header.routingLabel)}`,
        },
  ]
}
